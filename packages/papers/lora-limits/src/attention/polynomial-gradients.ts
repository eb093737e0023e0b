import {
  allocate,
  gemmScratch,
  type MatrixKernels,
  type MatrixView,
  matrixKernels,
  matrixView,
  refuse,
  transpose,
} from '@opt/core'
import { evaluateMonomials, toColumns } from '../polynomial/features.ts'
import { chainedRule } from './chained.ts'
import { blockTokens, type OutOfRange, type PolynomialTask } from './polynomial-task.ts'
import { reverseRule } from './reverse.ts'
import { type AttentionGradients, type LoraReport, localGradient, outputGradient, rowProducts, rowsOf } from './task.ts'

/** Some tokens in work: their variables and monomials, a token a column. */
export interface Block {
  readonly start: number
  readonly n: number
  /** h x n. */
  readonly z: MatrixView
  /** Monomials x n. */
  readonly phi: MatrixView
}

/** What the methods differ in: what is summed over keys and over queries, and how gradients follow from the sums. */
export interface Rule {
  /** Numbers of columns that a key and a query put into the sums. */
  readonly keyColumns: number
  readonly queryColumns: number
  /** Writes what the keys put in, n x keyColumns: values, 1, ... */
  readonly keyRows: (block: Block, Z: MatrixView) => void
  /** Writes dQ, and what the queries put in, n x queryColumns, given Phi(Q) M, the denominators among it, G and r. */
  readonly queryRows: (block: Block, N: MatrixView, G: Float64Array, r: Float64Array, Y: MatrixView) => void
  /** Writes dK and dV, given w * Phi(Q)' Y. */
  readonly keyGradients: (block: Block, dM: MatrixView, Z: MatrixView) => void
}

/** The memory of the loops: O(k_1) for each token in work, O(1) for the others. */
export interface PolynomialSpace {
  readonly kernels: MatrixKernels
  readonly M: MatrixView
  /** Monomials x n, for the gradient of monomials. */
  readonly dPhi: MatrixView
  readonly dz: MatrixView
  readonly work: Float64Array
  readonly answer: AttentionGradients
}

/** More numbers than this in the sums over keys are refused: 268 MB. */
const MOST_SUMS = 33_554_432

function workspace({ h, hv, queries, keys, features: { count } }: PolynomialTask, method: 'reverse' | 'chained') {
  const n = Math.min(Math.max(queries, keys), blockTokens(count))
  const keyColumns = hv + 1 + (method === 'chained' ? h + h * hv : 0)
  const queryColumns = method === 'chained' ? keyColumns - 1 : keyColumns
  if (count * keyColumns > MOST_SUMS)
    refuse(
      'degree',
      `small enough for at most ${MOST_SUMS} sums by '${method}', or the method 'reverse' or 'exact'`,
      `${count} features x ${keyColumns} columns`,
    )
  const work = Math.max(
    gemmScratch(count, Math.max(n, keyColumns), Math.max(n, keyColumns)),
    gemmScratch(n, keyColumns, count),
  )
  const space = allocate([matrixKernels], (views) => ({
    z: views.matrix(h, n),
    dz: views.matrix(h, n),
    phi: views.matrix(count, n),
    dPhi: views.matrix(method === 'reverse' ? count : 0, n),
    M: views.f64(count * keyColumns),
    dM: views.f64(count * queryColumns),
    rows: views.f64(n * keyColumns),
    N: views.f64(n * keyColumns),
    work: views.f64(work),
  }))
  return { ...space, n, keyColumns, queryColumns }
}

/**
 * Computes the output and gradients of a head whose softmax is replaced by F~ = p(x) / D~ with p(x_jt) = sum_a w_a
 * Q_j^a K_t^a: sums over keys, then queries, then keys again, in time O((L_Q + L_K) k_1).
 *
 * Yields after each block; returns undefined when told to stop, and the query where a denominator is not positive.
 */
export function* polynomialGradients(
  task: PolynomialTask,
  method: 'reverse' | 'chained',
): Generator<LoraReport, AttentionGradients | OutOfRange | undefined, boolean> {
  const { queries, keys, h, hv, Q, centred, features, weights, upstream } = task
  const w = workspace(task, method)
  const { gemm } = w.kernels
  const answer = {
    output: new Float64Array(queries * hv),
    dQ: new Float64Array(queries * h),
    dK: new Float64Array(keys * h),
    dV: new Float64Array(keys * hv),
  }
  const M = matrixView(w.M, features.count, w.keyColumns)
  const dM = matrixView(w.dM, features.count, w.queryColumns)
  const space = { kernels: w.kernels, M, dPhi: w.dPhi, dz: w.dz, work: w.work, answer }
  const rule = method === 'reverse' ? reverseRule(task, space) : chainedRule(task, space)
  const passes = upstream.kind === 'function' ? 4 : 3
  let pass = 0
  const report = (end: number, of: number): LoraReport => ({ method, fraction: (pass + end / of) / passes })

  const blocks = function* (data: Float64Array, count: number): Generator<Block, void, void> {
    for (let start = 0; start < count; start += w.n) {
      const n = Math.min(w.n, count - start)
      const z = { ...w.z, columns: n }
      const phi = { ...w.phi, columns: n }
      toColumns(data, start, n, z)
      evaluateMonomials(features, n, z, phi)
      yield { start, n, z, phi }
    }
  }

  for (const block of blocks(centred, keys)) {
    const Z = matrixView(w.rows, block.n, w.keyColumns)
    rule.keyRows(block, Z)
    gemm(1, block.phi, Z, M, w.work)
    if (yield report(block.start + block.n, keys)) return
  }
  scaleRows(M, weights)
  pass++

  let whole: Float64Array | undefined
  for (const last of upstream.kind === 'function' ? [false, true] : [true]) {
    for (const block of blocks(Q, queries)) {
      const { start, n, phi } = block
      const N = matrixView(w.N.fill(0, 0, n * w.keyColumns), n, w.keyColumns)
      gemm(1, transpose(phi), M, N, w.work)
      const O = rowsOf(answer.output, hv, start, start + n)
      const wrong = divide(N, hv, O)
      if (wrong >= 0) return { query: start + wrong, denominator: N.data[wrong * w.keyColumns + hv] }
      if (last) {
        const G = whole ? rowsOf(whole, hv, start, start + n) : new Float64Array(n * hv)
        if (!whole) localGradient(task, start, O, G)
        const r = new Float64Array(n)
        rowProducts(n, hv, G, O, r)
        const Y = matrixView(w.rows, n, w.queryColumns)
        rule.queryRows(block, N, G, r, Y)
        gemm(1, phi, Y, dM, w.work)
      }
      if (yield report(start + n, queries)) return
    }
    if (!last) whole = outputGradient(task, answer.output)
    pass++
  }

  scaleRows(dM, weights)
  for (const block of blocks(centred, keys)) {
    const Z = matrixView(w.rows, block.n, w.keyColumns)
    rule.keyGradients(block, dM, Z)
    if ((yield report(block.start + block.n, keys)) && block.start + block.n < keys) return
  }
  return answer
}

/** Writes O = N_V / N_1; returns the first row whose denominator is no positive finite number, or -1. */
function divide({ data, rows, columns }: MatrixView, hv: number, O: Float64Array): number {
  for (let j = 0; j < rows; j++) {
    const denominator = data[j * columns + hv]
    if (!(denominator > 0 && denominator < Infinity)) return j
    for (let c = 0; c < hv; c++) O[j * hv + c] = data[j * columns + c] / denominator
  }
  return -1
}

/** Multiplies row a by its weight. */
function scaleRows({ data, rows, columns }: MatrixView, weights: Float64Array): void {
  for (let a = 0; a < rows; a++) for (let c = a * columns; c < (a + 1) * columns; c++) data[c] *= weights[a]
}
