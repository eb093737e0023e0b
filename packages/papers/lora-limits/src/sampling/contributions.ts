import { dot, type MatrixView, matrixView, transpose } from '@opt/core'
import { softmaxGradient } from '../attention/exact.ts'
import type { PolynomialTask } from '../attention/polynomial-task.ts'
import { rowProducts, rowsOf, type Task } from '../attention/task.ts'
import { type HeadAndBatch, ROLES, type Role } from '../head.ts'
import { derivative, evaluate } from '../polynomial/derivative-errors.ts'
import { logits, probabilities, workspace } from './drawn-rows.ts'

/** Sums over some queries of their parts in the gradients of the weights. */
export interface Contributions {
  /** The sums, d x h. */
  readonly sums: Readonly<Record<Role, Float64Array>>
  /** Sums of squared Frobenius norms of the parts of single queries. */
  readonly squares: Readonly<Record<Role, number>>
}

/** Output and gradient of the output at the drawn queries, a row each. */
export interface DrawnRows {
  readonly output: Float64Array
  readonly G: Float64Array
}

/** An approximation whose parts are subtracted: its task, its method, its output gradient at the drawn queries. */
export interface Subtracted {
  readonly task: PolynomialTask
  readonly method: 'reverse' | 'chained'
  readonly output: Float64Array
  readonly G: Float64Array
}

/**
 * Returns the sums of what the drawn queries put into the gradients of the weights: exactly, less what they put into an
 * approximation. With p_j the gradient of the logits of query j, its parts are
 *
 * W_Q: X_Q,j (x) beta K'p_j, W_K: beta X_K'p_j (x) Q_j, W_V: X_V'F_j (x) G_j.
 */
export function contributions(
  { projections }: HeadAndBatch,
  task: Task,
  drawn: Int32Array,
  exact: DrawnRows,
  less?: Subtracted,
): Contributions {
  const { h, hv, keys, beta } = task
  const [XQ, XK, XV] = ROLES.map((role) => projections[role].X)
  const tokens = [...new Set([XK.data, XV.data])]
  const w = workspace(
    less ? { ...task, K: less.task.centred } : task,
    drawn.length,
    tokens,
    Math.max(XK.columns, XV.columns),
  )
  const { gemm } = w.kernels
  const size = (role: Role) => projections[role].X.columns * projections[role].W.columns
  const sums = { Q: new Float64Array(size('Q')), K: new Float64Array(size('K')), V: new Float64Array(size('V')) }
  const squares = { Q: 0, K: 0, V: 0 }
  const times = (A: Float64Array, n: number, B: Float64Array, columns: number) => {
    const out = matrixView(w.out.fill(0), n, columns)
    gemm(1, matrixView(A, n, keys), matrixView(B, keys, columns), out, w.work)
    return w.out.slice(0, n * columns)
  }
  const resident = ({ data }: typeof XK) => w.X[tokens.indexOf(data)]

  for (let start = 0; start < drawn.length; start += w.rows) {
    const n = Math.min(w.rows, drawn.length - start)
    const rows = (data: Float64Array) => rowsOf(data, hv, start, start + n)
    const F = probabilities(task, drawn, start, n, w)
    gradientOfLogits(F, rows(exact.output), rows(exact.G), w.P)
    if (less) {
      logits(task, drawn, start, n, w, w.K, w.F2)
      approximateLogits(less, rows(less.output), rows(less.G), n)
      for (let i = 0; i < n * keys; i++) w.P[i] -= w.P2[i]
    }
    const byKeys = times(w.P, n, w.K, h)
    const byTokens = times(w.P, n, resident(XK), XK.columns)
    const values = times(w.F, n, resident(XV), XV.columns)
    const approximateValues = less && times(w.F2, n, resident(XV), XV.columns)
    for (let j = 0; j < n; j++) {
      const query = drawn[start + j]
      const row = (data: Float64Array, columns: number, at = j) => rowsOf(data, columns, at, at + 1)
      const Xj = row(XQ.data, XQ.columns, query)
      const Qj = row(task.Q, h, query)
      const Gj = row(rows(exact.G), hv)
      addOuter(sums.Q, beta, Xj, row(byKeys, h))
      addOuter(sums.K, beta, row(byTokens, XK.columns), Qj)
      addOuter(sums.V, 1, row(values, XV.columns), Gj)
      squares.Q += beta * beta * dot(Xj, Xj) * dot(row(byKeys, h), row(byKeys, h))
      squares.K += beta * beta * dot(row(byTokens, XK.columns), row(byTokens, XK.columns)) * dot(Qj, Qj)
      const u = row(values, XV.columns)
      squares.V += dot(u, u) * dot(Gj, Gj)
      if (less && approximateValues) {
        const [v, g] = [row(approximateValues, XV.columns), row(rows(less.G), hv)]
        addOuter(sums.V, -1, v, g)
        squares.V += dot(v, v) * dot(g, g) - 2 * dot(u, v) * dot(Gj, g)
      }
    }
  }
  return { sums, squares }

  /** P = F * (G V' - r), with r_j = G_j . O_j. */
  function gradientOfLogits(F: MatrixView, O: Float64Array, G: Float64Array, into: Float64Array) {
    rowProducts(F.rows, hv, G, O, w.r)
    w.G.set(G)
    const P = matrixView(into.fill(0, 0, F.rows * keys), F.rows, keys)
    gemm(1, matrixView(w.G, F.rows, hv), transpose(matrixView(w.V, keys, hv)), P, w.work)
    softmaxGradient(F, w.r, P)
  }

  /** Writes F~ = p / D~ into F2, and the gradient of its logits, with p' instead of p for 'reverse', into P2. */
  function approximateLogits(
    { task: { coefficients }, method }: Subtracted,
    O: Float64Array,
    G: Float64Array,
    n: number,
  ) {
    const inGradient = method === 'reverse' ? derivative(coefficients) : coefficients
    const [x, gradientF] = [w.F2, w.dF]
    for (let j = 0; j < n; j++) {
      let denominator = 0
      for (let i = j * keys; i < (j + 1) * keys; i++) {
        gradientF[i] = evaluate(inGradient, x[i])
        x[i] = evaluate(coefficients, x[i])
        denominator += x[i]
      }
      for (let i = j * keys; i < (j + 1) * keys; i++) {
        x[i] /= denominator
        gradientF[i] /= denominator
      }
    }
    gradientOfLogits(matrixView(gradientF, n, keys), O, G, w.P2)
  }
}

function addOuter(sums: Float64Array, factor: number, x: Float64Array, y: Float64Array): void {
  for (let i = 0, at = 0; i < x.length; i++) {
    const a = factor * x[i]
    for (let j = 0; j < y.length; j++) sums[at++] += a * y[j]
  }
}
