import { solveScratch, type Views } from '@opt/core'
import { denseMatrix } from '../program/dense-matrix.ts'
import type { Problem } from '../program/problem.ts'
import type { Sizes } from './operators.ts'
import { type Prepared, prepare } from './prepare.ts'
import { factorize, type UpdateU } from './update-u.ts'

const layout = (views: Views, { n, d, P }: Sizes) => ({
  inverse: denseMatrix(views, d, d),
  factor: denseMatrix(views, d, d),
  XB: denseMatrix(views, n, d),
  K: denseMatrix(views, n, n),
  C: denseMatrix(views, P, d),
  Q: denseMatrix(views, P, n),
  q: views.f64(n),
  column: views.f64(P),
  work: views.f64(solveScratch(Math.max(n, d), Math.max(n, d))),
})

/**
 * The update of u through an n x n system. G'G has the same block X'X everywhere, so with B = I +
 * X'X the Woodbury identity leaves rho I + K, K = 2 (X B^-1 X') o (D D').
 */
export const rowsStep = (problem: Problem, rho: number): Prepared<UpdateU> =>
  prepare(problem, layout, ({ ops, state, views }) => {
    const { n, d, P, X, Xt, kernels } = ops
    const { u, v, lambda, U, XU, pull, weights } = state
    const { inverse, factor, XB, K, C, Q, q, column, work } = views
    const D = ops.D.data

    ops.multiply(Xt, X, factor)
    for (let j = 0; j < d; j++) factor.data[j * d + j] += 1
    factorize(factor, kernels, work)
    for (let j = 0; j < d; j++) inverse.data[j * d + j] = 1
    kernels.trsm(factor, inverse, work)
    kernels.trsmT(factor, inverse, work)

    ops.multiply(X, inverse, XB)
    kernels.gemm(2, XB, Xt, K, ops.work)
    for (let k = 0; k < n; k++) {
      for (let i = 0; i < P; i++) column[i] = D[i * n + k]
      q.fill(0)
      kernels.gemvT(ops.D, column, q)
      for (let j = 0; j < n; j++) K.data[k * n + j] *= q[j]
      K.data[k * n + k] += rho
    }
    factorize(K, kernels, work)

    return (target) => {
      // Z = (V - Lambda + pull X) B^-1, in U.
      for (let k = 0; k < v.length; k++) weights.data[k] = v[k] - lambda[k]
      ops.multiply(weights, inverse, U)
      ops.addProduct(pull, XB, U)
      // q = (rho I + K)^-1 (target - F Z), with F Z from the differences C of the halves of Z.
      for (let k = 0, w = P * d; k < P * d; k++, w++) C.data[k] = u[k] - u[w]
      ops.multiply(C, Xt, Q)
      q.set(target)
      for (let i = 0, m = 0; i < P; i++) for (let k = 0; k < n; k++, m++) q[k] -= D[m] * Q.data[m]
      kernels.trsv(K, q)
      kernels.trsvT(K, q)
      // U = Z + F'q B^-1, which adds to the v half what it takes from the w half.
      for (let i = 0, m = 0; i < P; i++) for (let k = 0; k < n; k++, m++) Q.data[m] = D[m] * q[k]
      ops.multiply(Q, XB, C)
      for (let k = 0, w = P * d; k < P * d; k++, w++) {
        u[k] += C.data[k]
        u[w] -= C.data[k]
      }
      ops.multiply(U, Xt, XU)
    }
  })
