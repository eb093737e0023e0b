import { allFinite, allocate, gemmScratch, matrixKernels, matrixView, refuse, transpose } from '@opt/core'
import { type Dense, type HeadAndBatch, ROLES, type Role } from '../head.ts'
import { largest } from './polynomial-task.ts'
import type { Task } from './task.ts'

/** Tokens in kernel memory, with products on both sides. */
export interface Projections {
  /** X_m W_m of each role. */
  readonly products: Readonly<Record<Role, Float64Array>>
  /** Returns dW_m = X_m' d_m. */
  weightGradient(role: Role, d: Float64Array): Float64Array
  /** Returns d_m W_m'. */
  inputGradient(role: Role, d: Float64Array): Float64Array
}

/**
 * Projects the tokens of a head. Tokens stay in kernel memory for the products X' d; the same tokens are copied once.
 *
 * @throws RangeError when a projection overflows.
 */
export function project({ projections }: HeadAndBatch): Projections {
  const all = ROLES.map((role) => projections[role])
  const tokens = [...new Set(all.map(({ X }) => X.data))]
  const work = Math.max(
    ...all.map(({ X, W }) =>
      Math.max(
        gemmScratch(X.rows, W.columns, X.columns),
        gemmScratch(X.columns, W.columns, X.rows),
        gemmScratch(X.rows, X.columns, W.columns),
      ),
    ),
  )
  const most = (size: (p: (typeof all)[number]) => number) => Math.max(...all.map(size))
  const w = allocate([matrixKernels], (views) => ({
    X: tokens.map((data) => views.f64(data.length)),
    W: views.f64(most(({ W }) => W.data.length)),
    d: views.f64(most(({ X, W }) => X.rows * W.columns)),
    products: all.map(({ X, W }) => views.f64(X.rows * W.columns)),
    work: views.f64(work),
  }))
  const { gemm } = w.kernels
  const view = ({ rows, columns }: Omit<Dense, 'data'>, data: Float64Array) => matrixView(data, rows, columns)
  tokens.forEach((data, i) => {
    w.X[i].set(data)
  })
  const tokensOf = (role: Role) => {
    const { X } = projections[role]
    return view(X, w.X[tokens.indexOf(X.data)])
  }
  ROLES.forEach((role, i) => {
    const { X, W } = projections[role]
    w.W.set(W.data)
    gemm(1, tokensOf(role), view(W, w.W), matrixView(w.products[i], X.rows, W.columns), w.work)
    if (!allFinite(w.products[i]))
      refuse(
        `batch.${{ Q: 'query', K: 'key', V: 'value' }[role]}`,
        `of finite projections by head.weights.${role}`,
        'an overflow',
      )
  })
  return {
    products: { Q: w.products[0], K: w.products[1], V: w.products[2] },
    weightGradient(role, d) {
      const { X, W } = projections[role]
      w.d.set(d)
      const out = w.W.fill(0)
      gemm(1, transpose(tokensOf(role)), matrixView(w.d, X.rows, W.columns), view(W, out), w.work)
      return out.slice(0, W.data.length)
    },
    inputGradient(role, d) {
      const { X, W } = projections[role]
      const {
        W: weight,
        d: rows,
        out,
        work,
        kernels,
      } = allocate([matrixKernels], (views) => ({
        W: views.f64(W.data.length),
        d: views.f64(d.length),
        out: views.f64(X.data.length),
        work: views.f64(gemmScratch(X.rows, X.columns, W.columns)),
      }))
      weight.set(W.data)
      rows.set(d)
      kernels.gemm(1, matrixView(rows, X.rows, W.columns), transpose(view(W, weight)), view(X, out), work)
      return out.slice()
    },
  }
}

/** Projects the tokens of a head. */
export function prepare(problem: HeadAndBatch): { projections: Projections; task: Task } {
  const projections = project(problem)
  const { projections: all, beta, causal, upstream } = problem
  const { Q, K, V } = projections.products
  const sizes = { queries: all.Q.X.rows, keys: all.K.X.rows, h: all.Q.W.columns, hv: all.V.W.columns }
  if (!(beta * sizes.h * largest(Q) * largest(K) < Infinity))
    refuse('head.beta', 'small enough for finite logits', 'an overflow')
  return { projections, task: { ...sizes, beta, causal, Q, K, V, upstream: upstream! } }
}
