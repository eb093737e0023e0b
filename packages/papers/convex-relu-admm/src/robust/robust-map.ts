import type { Views } from '@opt/core'
import { type Operators, type OperatorViews, operatorViews, type Sizes } from '../admm/operators.ts'
import type { Problem } from '../program/problem.ts'
import type { Blocks, Unknowns } from './blocks.ts'

/** The arrays of {@link RobustMap}. */
export interface RobustMapViews {
  ops: OperatorViews
  /** 2 P x n. */
  sides: Float64Array
  /** P x d: v - w, and sum_k D_ki Q_k. */
  T: Float64Array
  /** n x d. */
  Q: Float64Array
}

export function robustMapViews(views: Views, sizes: Sizes): RobustMapViews {
  const { n, d, P } = sizes
  return { ops: operatorViews(views, sizes), sides: views.f64(2 * P * n), T: views.f64(P * d), Q: views.f64(n * d) }
}

/** The linear map A of robust training and its adjoint, with Q_k = sum_i D_ki (v_i - w_i) and f_k = x_k . Q_k. */
export class RobustMap {
  readonly ops: Operators
  readonly #problem: Problem
  readonly #views: RobustMapViews

  constructor(problem: Problem, ops: Operators, views: RobustMapViews) {
    this.ops = ops
    this.#problem = problem
    this.#views = views
  }

  /** z = A x. */
  apply({ u, tau, sigma }: Unknowns, z: Blocks): void {
    const { y, loss, epsilon, perturbed } = this.#problem
    const { n, d, P, X, D, E, kernels, scratch } = this.ops
    const { sides, T, Q } = this.#views
    const J = perturbed.length
    z.groups.set(u)
    for (let i = 0; i < 2 * P; i++) {
      for (let j = 0; j < J; j++) z.cones[i * (J + 1) + j] = u[i * d + perturbed[j]]
      z.cones[i * (J + 1) + J] = tau[i]
    }
    this.ops.project(u, sides)
    for (let i = 0; i < 2 * P; i++)
      for (let k = 0, e = (i % P) * n, m = i * n; k < n; k++, e++, m++) z.sides[m] = E[e] * sides[m] - epsilon * tau[i]

    for (let k = 0, w = P * d; k < P * d; k++, w++) T[k] = u[k] - u[w]
    Q.fill(0)
    kernels.gemm(n, d, P, 1, D, 1, n, T, d, 1, Q, d, scratch)
    const squared = loss.name === 'squared'
    const width = squared ? J + 2 : J + 1
    for (let k = 0; k < n; k++) {
      const at = k * width
      let f = 0
      for (let j = 0; j < d; j++) f += X[k * d + j] * Q[k * d + j]
      for (let j = 0; j < J; j++) z.rows[at + j] = (squared ? epsilon : 1) * Q[k * d + perturbed[j]]
      z.rows[at + width - 1] = sigma[k]
      if (squared) z.rows[at + J] = f
      else z.margins[k] = y[k] * f - epsilon * sigma[k]
    }
  }

  /** x = A'z. */
  adjoint(z: Blocks, { u, tau, sigma }: Unknowns): void {
    const { y, loss, epsilon, perturbed } = this.#problem
    const { n, d, P, X, D, E, kernels, scratch } = this.ops
    const { sides, T, Q } = this.#views
    const J = perturbed.length
    u.set(z.groups)
    for (let i = 0; i < 2 * P; i++) {
      for (let j = 0; j < J; j++) u[i * d + perturbed[j]] += z.cones[i * (J + 1) + j]
      let sum = 0
      for (let k = 0, e = (i % P) * n, m = i * n; k < n; k++, e++, m++) {
        sides[m] = E[e] * z.sides[m]
        sum += z.sides[m]
      }
      tau[i] = z.cones[i * (J + 1) + J] - epsilon * sum
    }
    this.ops.backProject(sides, u)

    const squared = loss.name === 'squared'
    const width = squared ? J + 2 : J + 1
    for (let k = 0; k < n; k++) {
      const at = k * width
      const pull = squared ? z.rows[at + J] : y[k] * z.margins[k]
      for (let j = 0; j < d; j++) Q[k * d + j] = pull * X[k * d + j]
      for (let j = 0; j < J; j++) Q[k * d + perturbed[j]] += (squared ? epsilon : 1) * z.rows[at + j]
      sigma[k] = z.rows[at + width - 1] - (squared ? 0 : epsilon * z.margins[k])
    }
    T.fill(0)
    kernels.gemm(P, d, n, 1, D, n, 1, Q, d, 1, T, d, scratch)
    for (let k = 0, w = P * d; k < P * d; k++, w++) {
      u[k] += T[k]
      u[w] -= T[k]
    }
  }
}
