import { type MatrixView, transpose, type Views } from '@opt/core'
import { type Operators, type OperatorViews, operatorViews, type Sizes } from '../admm/operators.ts'
import { denseMatrix } from '../program/dense-matrix.ts'
import type { Problem } from '../program/problem.ts'
import type { Blocks, Unknowns } from './blocks.ts'

/** The arrays of {@link RobustMap}. */
export interface RobustMapViews {
  ops: OperatorViews
  /** 2 P x n. */
  sides: MatrixView
  /** P x d: v - w, and sum_k D_ki Q_k. */
  T: MatrixView
  /** n x d. */
  Q: MatrixView
}

export function robustMapViews(views: Views, sizes: Sizes): RobustMapViews {
  const { n, d, P } = sizes
  return {
    ops: operatorViews(views, sizes),
    sides: denseMatrix(views, 2 * P, n),
    T: denseMatrix(views, P, d),
    Q: denseMatrix(views, n, d),
  }
}

/** The linear map A of robust training and its adjoint, with Q_k = sum_i D_ki (v_i - w_i) and f_k = x_k . Q_k. */
export class RobustMap {
  readonly ops: Operators
  readonly #problem: Problem
  readonly #views: RobustMapViews
  readonly #Dt: MatrixView

  constructor(problem: Problem, ops: Operators, views: RobustMapViews) {
    this.ops = ops
    this.#problem = problem
    this.#views = views
    this.#Dt = transpose(ops.D)
  }

  /** z = A x. */
  apply({ u, U, tau, sigma }: Unknowns, z: Blocks): void {
    const { y, loss, epsilon, perturbed } = this.#problem
    const { ops } = this
    const { n, d, P, E } = ops
    const { sides: XU, T, Q } = this.#views
    const X = ops.X.data
    const J = perturbed.length
    z.groups.set(u)
    for (let i = 0; i < 2 * P; i++) {
      for (let j = 0; j < J; j++) z.cones[i * (J + 1) + j] = u[i * d + perturbed[j]]
      z.cones[i * (J + 1) + J] = tau[i]
    }
    ops.multiply(U, ops.Xt, XU)
    for (let i = 0; i < 2 * P; i++)
      for (let k = 0, e = (i % P) * n, m = i * n; k < n; k++, e++, m++)
        z.sides[m] = E[e] * XU.data[m] - epsilon * tau[i]

    for (let k = 0, w = P * d; k < P * d; k++, w++) T.data[k] = u[k] - u[w]
    ops.multiply(this.#Dt, T, Q)
    const squared = loss.name === 'squared'
    const width = squared ? J + 2 : J + 1
    for (let k = 0; k < n; k++) {
      const at = k * width
      let f = 0
      for (let j = 0; j < d; j++) f += X[k * d + j] * Q.data[k * d + j]
      for (let j = 0; j < J; j++) z.rows[at + j] = (squared ? epsilon : 1) * Q.data[k * d + perturbed[j]]
      z.rows[at + width - 1] = sigma[k]
      if (squared) z.rows[at + J] = f
      else z.margins[k] = y[k] * f - epsilon * sigma[k]
    }
  }

  /** x = A'z. */
  adjoint(z: Blocks, { u, U, tau, sigma }: Unknowns): void {
    const { y, loss, epsilon, perturbed } = this.#problem
    const { ops } = this
    const { n, d, P, E } = ops
    const { sides, T, Q } = this.#views
    const X = ops.X.data
    const J = perturbed.length
    u.set(z.groups)
    for (let i = 0; i < 2 * P; i++) {
      for (let j = 0; j < J; j++) u[i * d + perturbed[j]] += z.cones[i * (J + 1) + j]
      let sum = 0
      for (let k = 0, e = (i % P) * n, m = i * n; k < n; k++, e++, m++) {
        sides.data[m] = E[e] * z.sides[m]
        sum += z.sides[m]
      }
      tau[i] = z.cones[i * (J + 1) + J] - epsilon * sum
    }
    ops.addProduct(sides, ops.X, U)

    const squared = loss.name === 'squared'
    const width = squared ? J + 2 : J + 1
    for (let k = 0; k < n; k++) {
      const at = k * width
      const pull = squared ? z.rows[at + J] : y[k] * z.margins[k]
      for (let j = 0; j < d; j++) Q.data[k * d + j] = pull * X[k * d + j]
      for (let j = 0; j < J; j++) Q.data[k * d + perturbed[j]] += (squared ? epsilon : 1) * z.rows[at + j]
      sigma[k] = z.rows[at + width - 1] - (squared ? 0 : epsilon * z.margins[k])
    }
    ops.multiply(ops.D, Q, T)
    for (let k = 0, w = P * d; k < P * d; k++, w++) {
      u[k] += T.data[k]
      u[w] -= T.data[k]
    }
  }
}
