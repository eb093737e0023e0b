import { solveScratch, transpose, type Views } from '@opt/core'
import { denseMatrix } from '../program/dense-matrix.ts'
import type { Problem } from '../program/problem.ts'
import type { Sizes } from './operators.ts'
import { type Prepared, prepare } from './prepare.ts'
import { factorize, type UpdateU } from './update-u.ts'

const layout = (views: Views, { n, d, P }: Sizes) => ({
  H: denseMatrix(views, 2 * P * d, 2 * P * d),
  block: denseMatrix(views, d, d),
  DX: denseMatrix(views, n, d),
  work: views.f64(solveScratch(2 * P * d, 2 * P * d)),
})

/** The paper's update of u, by the Cholesky factor of the whole 2 P d x 2 P d matrix H = I + F'F / rho + G'G. */
export const denseStep = (problem: Problem, rho: number): Prepared<UpdateU> =>
  prepare(problem, layout, ({ ops, state, views }) => {
    const { n, d, P, X, Xt, kernels } = ops
    const { u, v, lambda, U, XU, pull } = state
    const { H, block, DX, work } = views
    const D = ops.D.data
    const DXt = transpose(DX)
    /** Adds a multiple of `block` to block (row, column) of H. */
    const add = (row: number, column: number, factor: number) => {
      for (let a = 0; a < d; a++)
        for (let b = 0; b < d; b++) H.data[(row * d + a) * H.stride + column * d + b] += factor * block.data[a * d + b]
    }
    /** block = X' diag(on) X. */
    const gram = (on: (k: number) => number) => {
      for (let k = 0; k < n; k++) for (let a = 0; a < d; a++) DX.data[k * d + a] = on(k) * X.data[k * d + a]
      ops.multiply(DXt, X, block)
    }

    for (let k = 0; k < H.rows; k++) H.data[k * H.stride + k] = 1
    gram(() => 1)
    for (let i = 0; i < 2 * P; i++) add(i, i, 1)
    // The factorisation reads the lower triangle only.
    for (let i = 0; i < P; i++)
      for (let j = 0; j < P; j++) {
        gram((k) => D[i * n + k] * D[j * n + k])
        if (j <= i) {
          add(i, j, 1 / rho)
          add(P + i, P + j, 1 / rho)
        }
        add(P + i, j, -1 / rho)
      }
    factorize(H, kernels, work)

    const scaled = new Float64Array(n)
    return (target) => {
      for (let k = 0; k < n; k++) scaled[k] = target[k] / rho
      ops.spread(scaled, pull)
      for (let k = 0; k < v.length; k++) u[k] = v[k] - lambda[k]
      ops.addProduct(pull, X, U)
      kernels.trsv(H, u)
      kernels.trsvT(H, u)
      ops.multiply(U, Xt, XU)
    }
  })
