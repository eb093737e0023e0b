import { solveScratch, type Views } from '@opt/core'
import type { Problem } from '../program/problem.ts'
import type { Sizes } from './operators.ts'
import { type Prepared, prepare } from './prepare.ts'
import { factorize, type UpdateU } from './update-u.ts'

const layout = (views: Views, { n, d, P }: Sizes) => ({
  inverse: views.f64(d * d),
  factor: views.f64(d * d),
  XB: views.f64(n * d),
  K: views.f64(n * n),
  C: views.f64(P * d),
  Q: views.f64(P * n),
  q: views.f64(n),
  column: views.f64(P),
  work: views.f64(solveScratch(Math.max(n, d), Math.max(n, d))),
})

/**
 * The update of u through an n x n system. G'G has the same block X'X everywhere, so with B = I + X'X the Woodbury identity
 * leaves rho I + K, K = 2 (X B^-1 X') o (D D').
 */
export const rowsStep = (problem: Problem, rho: number): Prepared<UpdateU> =>
  prepare(problem, layout, ({ ops, state, views }) => {
    const { n, d, P, X, D, kernels, scratch } = ops
    const { u, v, lambda, XU, pull, weights } = state
    const { inverse, factor, XB, K, C, Q, q, column, work } = views

    factor.fill(0)
    kernels.gemm(d, d, n, 1, X, 1, d, X, d, 1, factor, d, scratch)
    for (let j = 0; j < d; j++) factor[j * d + j] += 1
    factorize(d, factor, kernels, work)
    inverse.fill(0)
    for (let j = 0; j < d; j++) inverse[j * d + j] = 1
    kernels.trsm(d, d, factor, d, inverse, d, work)
    kernels.trsmT(d, d, factor, d, inverse, d, work)

    XB.fill(0)
    kernels.gemm(n, d, d, 1, X, d, 1, inverse, d, 1, XB, d, scratch)
    K.fill(0)
    kernels.gemm(n, n, d, 2, XB, d, 1, X, 1, d, K, n, scratch)
    for (let k = 0; k < n; k++) {
      for (let i = 0; i < P; i++) column[i] = D[i * n + k]
      q.fill(0)
      kernels.gemvT(P, n, D, n, column, q)
      for (let j = 0; j < n; j++) K[k * n + j] *= q[j]
      K[k * n + k] += rho
    }
    factorize(n, K, kernels, work)

    return (target) => {
      // Z = (V - Lambda + pull X) B^-1, in u.
      for (let k = 0; k < v.length; k++) weights[k] = v[k] - lambda[k]
      u.fill(0)
      kernels.gemm(2 * P, d, d, 1, weights, d, 1, inverse, d, 1, u, d, scratch)
      kernels.gemm(2 * P, d, n, 1, pull, n, 1, XB, d, 1, u, d, scratch)
      // q = (rho I + K)^-1 (target - F Z), with F Z from the differences C of the halves of Z.
      for (let k = 0, w = P * d; k < P * d; k++, w++) C[k] = u[k] - u[w]
      ops.project(C, Q, P)
      q.set(target)
      for (let i = 0, m = 0; i < P; i++) for (let k = 0; k < n; k++, m++) q[k] -= D[m] * Q[m]
      kernels.trsv(n, K, n, q)
      kernels.trsvT(n, K, n, q)
      // u = Z + F'q B^-1, which adds to the v half what it takes from the w half.
      for (let i = 0, m = 0; i < P; i++) for (let k = 0; k < n; k++, m++) Q[m] = D[m] * q[k]
      C.fill(0)
      kernels.gemm(P, d, n, 1, Q, n, 1, XB, d, 1, C, d, scratch)
      for (let k = 0, w = P * d; k < P * d; k++, w++) {
        u[k] += C[k]
        u[w] -= C[k]
      }
      ops.project(u, XU)
    }
  })
