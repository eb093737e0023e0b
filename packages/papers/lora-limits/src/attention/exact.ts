import {
  allocate,
  exponentialKernels,
  gemmScratch,
  type MatrixView,
  matrixKernels,
  matrixView,
  transpose,
} from '@opt/core'
import type { ExactState } from './state.ts'
import {
  type AttentionGradients,
  type LoraReport,
  localGradient,
  outputGradient,
  rowProducts,
  rowsOf,
  type Task,
} from './task.ts'

/** At most so many logits are in memory at a time. */
const LOGITS = 262144

/** How many queries are worked on at a time: their logits fit into a cache. */
export const blockRows = (queries: number, keys: number): number =>
  Math.min(queries, Math.max(8, Math.min(512, Math.floor(LOGITS / keys))))

/** The memory of the loops: linear in the numbers of queries and keys. */
function workspace({ queries, keys, h, hv, Q, K, V }: Task, rows: number) {
  const work = Math.max(
    gemmScratch(rows, keys, Math.max(h, hv)),
    gemmScratch(rows, Math.max(h, hv), keys),
    gemmScratch(keys, Math.max(h, hv), rows),
  )
  const space = allocate([matrixKernels, exponentialKernels], (views) => ({
    Q: views.f64(Q.length),
    K: views.f64(K.length),
    V: views.f64(V.length),
    F: views.f64(rows * keys),
    P: views.f64(rows * keys),
    G: views.f64(queries * hv),
    r: views.f64(rows),
    output: views.f64(queries * hv),
    dQ: views.f64(Q.length),
    dK: views.f64(K.length),
    dV: views.f64(V.length),
    work: views.f64(work),
  }))
  space.Q.set(Q)
  space.K.set(K)
  space.V.set(V)
  return space
}

/**
 * Computes the exact output and gradients of a head in blocks of queries:
 *
 * r_j = G_j . O_j, P = F * (G V' - r), dQ = beta P K, dK = beta P' Q, dV = F' G with F = softmax(beta Q K').
 *
 * Memory is linear in the numbers of queries and keys. A loss of the whole output takes two passes, the output first.
 * Yields after each block; when told to stop, returns its state.
 */
export function* exactGradients(
  task: Task,
  start?: ExactState,
): Generator<LoraReport, { gradients: AttentionGradients } | { state: ExactState }, boolean> {
  const { queries, keys, h, hv, beta, causal, upstream } = task
  const rows = blockRows(queries, keys)
  const w = workspace(task, rows)
  const { gemm, softmaxRows } = w.kernels
  const local = upstream.kind !== 'function'
  const state = start ?? { pass: local ? 'both' : 'output', row: 0, ...pick(w) }
  for (const name of ['output', 'dQ', 'dK', 'dV'] as const) w[name].set(state[name])
  let { pass, row } = state
  if (pass === 'gradients') w.G.set(outputGradient(task, w.output))

  for (;;) {
    while (row < queries) {
      const end = Math.min(row + rows, queries)
      const seen = causal ? end : keys
      const block = (data: Float64Array, columns: number) =>
        matrixView(rowsOf(data, columns, row, end), end - row, columns)
      const head = (data: Float64Array, columns: number) => matrixView(data.subarray(0, seen * columns), seen, columns)
      const [Q, G, O] = [block(w.Q, h), block(w.G, hv), block(w.output, hv)]
      const [K, V] = [head(w.K, h), head(w.V, hv)]
      const F = matrixView(w.F.fill(0, 0, (end - row) * seen), end - row, seen)
      gemm(beta, Q, transpose(K), F, w.work)
      if (causal) hideFuture(F, row)
      softmaxRows(F, F)
      if (pass !== 'gradients') gemm(1, F, V, O, w.work)
      if (pass === 'both') localGradient(task, row, O.data, G.data)
      if (pass !== 'output') {
        rowProducts(end - row, hv, G.data, O.data, w.r)
        const P = matrixView(w.P.fill(0, 0, (end - row) * seen), end - row, seen)
        gemm(1, G, transpose(V), P, w.work)
        softmaxGradient(F, w.r, P)
        gemm(beta, P, K, block(w.dQ, h), w.work)
        gemm(beta, transpose(P), Q, head(w.dK, h), w.work)
        gemm(1, transpose(F), G, head(w.dV, hv), w.work)
      }
      row = end
      const done = row / queries
      const fraction = pass === 'both' ? done : pass === 'output' ? done / 3 : (1 + 2 * done) / 3
      if (yield { method: 'exact', fraction }) {
        if (row === queries && pass !== 'output') break
        return { state: { pass, row, ...pick(w) } }
      }
    }
    // A copy: the output is the caller's, and must not keep this memory.
    if (pass !== 'output') return { gradients: { ...pick(w), output: w.output.slice() } }
    w.G.set(outputGradient(task, w.output))
    pass = 'gradients'
    row = 0
  }
}

const pick = ({ output, dQ, dK, dV }: AttentionGradients): AttentionGradients => ({ output, dQ, dK, dV })

/** Sets the logits of keys after their query to -Infinity. */
export function hideFuture({ data, rows, columns }: MatrixView, first: number): void {
  for (let j = 0; j < rows; j++) data.fill(-Infinity, j * columns + first + j + 1, (j + 1) * columns)
}

/** P = F * (P - r), row by row: the gradient of the logits from that of the probabilities. */
export function softmaxGradient(
  { data: F, rows, columns }: MatrixView,
  r: Float64Array,
  { data: P }: MatrixView,
): void {
  for (let j = 0; j < rows; j++) {
    const mean = r[j]
    for (let t = j * columns, end = t + columns; t < end; t++) P[t] = F[t] * (P[t] - mean)
  }
}
