import {
  allocate,
  type ExponentialKernels,
  exponentialKernels,
  gemmScratch,
  type MatrixKernels,
  type MatrixView,
  matrixKernels,
  matrixView,
  transpose,
} from '@opt/core'
import { blockRows, hideFuture } from '../attention/exact.ts'
import { rowsOf, type Task } from '../attention/task.ts'

/** Returns the exact rows of the output at some queries, m L_K work. */
export function drawnOutput(task: Task, drawn: Int32Array): Float64Array {
  const w = workspace(task, drawn.length)
  const output = new Float64Array(drawn.length * task.hv)
  for (let start = 0; start < drawn.length; start += w.rows) {
    const n = Math.min(w.rows, drawn.length - start)
    const F = probabilities(task, drawn, start, n, w)
    const O = matrixView(w.O.fill(0), n, task.hv)
    w.kernels.gemm(1, F, matrixView(w.V, task.keys, task.hv), O, w.work)
    output.set(O.data.subarray(0, n * task.hv), start * task.hv)
  }
  return output
}

type Names = 'K' | 'V' | 'Q' | 'F' | 'P' | 'F2' | 'P2' | 'dF' | 'O' | 'G' | 'r' | 'out' | 'work'

/** Arrays in one memory, for `rows` queries at a time: exact F and P, approximate F2, P2 and p' / D~, resident tokens X. */
export interface DrawnSpace extends Readonly<Record<Names, Float64Array>> {
  readonly X: readonly Float64Array[]
  readonly rows: number
  readonly kernels: MatrixKernels & ExponentialKernels
}

/** The memory for the logits of drawn queries, and for the tokens that their gradients are multiplied by. */
export function workspace(
  { keys, h, hv, K, V }: Task,
  drawn: number,
  tokens: readonly Float64Array[] = [],
  width = 0,
): DrawnSpace {
  const rows = Math.min(drawn, blockRows(drawn, keys))
  const most = Math.max(h, hv, width)
  const space = allocate([matrixKernels, exponentialKernels], (views) => ({
    K: views.f64(K.length),
    V: views.f64(V.length),
    Q: views.f64(rows * h),
    F: views.f64(rows * keys),
    P: views.f64(rows * keys),
    F2: views.f64(tokens.length > 0 ? rows * keys : 0),
    P2: views.f64(tokens.length > 0 ? rows * keys : 0),
    dF: views.f64(tokens.length > 0 ? rows * keys : 0),
    O: views.f64(rows * hv),
    G: views.f64(rows * hv),
    r: views.f64(rows),
    X: tokens.map((data) => views.f64(data.length)),
    out: views.f64(rows * most),
    work: views.f64(Math.max(gemmScratch(rows, keys, most), gemmScratch(rows, most, keys))),
  }))
  space.K.set(K)
  space.V.set(V)
  tokens.forEach((data, i) => {
    space.X[i].set(data)
  })
  return { ...space, rows }
}

/** Writes the exact probabilities of n drawn queries. */
export function probabilities(task: Task, drawn: Int32Array, start: number, n: number, w: DrawnSpace): MatrixView {
  const F = logits(task, drawn, start, n, w, w.K, w.F)
  if (task.causal)
    for (let j = 0; j < n; j++) hideFuture({ ...F, data: F.data.subarray(j * task.keys), rows: 1 }, drawn[start + j])
  w.kernels.softmaxRows(F, F)
  return F
}

/** Writes the logits of n drawn queries. */
export function logits(
  { h, keys, beta, Q }: Task,
  drawn: Int32Array,
  start: number,
  n: number,
  w: DrawnSpace,
  K: Float64Array,
  into: Float64Array,
): MatrixView {
  for (let j = 0; j < n; j++) w.Q.set(rowsOf(Q, h, drawn[start + j], drawn[start + j] + 1), j * h)
  const X = matrixView(into.fill(0, 0, n * keys), n, keys)
  w.kernels.gemm(beta, matrixView(w.Q, n, h), transpose(matrixView(K, keys, h)), X, w.work)
  return X
}
