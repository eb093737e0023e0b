import type { Views } from '@opt/core'
import { type Operators, type OperatorViews, operatorViews } from './operators.ts'
import type { Problem } from './problem.ts'

/** Views of one flat array: the unknowns x = (u, tau, sigma). */
export interface Unknowns {
  all: Float64Array
  /** 2 P x d. */
  u: Float64Array
  /** 2 P: bounds ||u_{i,J}||_1 <= tau_i. */
  tau: Float64Array
  /** n: bounds the l1 norm of Q_{k,J}, or the whole residual of the squared loss. */
  sigma: Float64Array
}

/** Views of one flat array: the blocks z = A x that have a proximal map each. */
export interface Blocks {
  all: Float64Array
  /** 2 P x d, in the norms. */
  groups: Float64Array
  /** 2 P x (|J| + 1): (u_{i,J}, tau_i), in the l1 cone. */
  cones: Float64Array
  /** 2 P x n: E_i X u_i - epsilon tau_i, nonnegative. */
  sides: Float64Array
  /** n x (|J| + 1): (Q_{k,J}, sigma_k) in the l1 cone; for the squared loss n x (|J| + 2): (epsilon Q_{k,J}, x_k . Q_k, sigma_k). */
  rows: Float64Array
  /** n: y_k x_k . Q_k - epsilon sigma_k; none for the squared loss. */
  margins: Float64Array
}

/** How many numbers x and z have. */
export function robustSizes({ n, d, patterns, perturbed }: Problem): { x: number; z: number } {
  const [P, J] = [patterns.count, perturbed.length]
  return { x: 2 * P * (d + 1) + n, z: 2 * P * (d + J + 1 + n) + n * (J + 2) }
}

export function unknowns({ n, d, patterns }: Problem, all: Float64Array): Unknowns {
  const weights = 2 * patterns.count * d
  const tau = all.subarray(weights, weights + 2 * patterns.count)
  return { all, u: all.subarray(0, weights), tau, sigma: all.subarray(all.length - n) }
}

export function blocks({ n, d, patterns, perturbed, loss }: Problem, all: Float64Array): Blocks {
  const [P, J] = [patterns.count, perturbed.length]
  let from = 0
  const next = (size: number) => all.subarray(from, (from += size))
  const squared = loss.name === 'squared'
  return {
    all,
    ...{ groups: next(2 * P * d), cones: next(2 * P * (J + 1)), sides: next(2 * P * n) },
    ...{ rows: next(n * (squared ? J + 2 : J + 1)), margins: next(squared ? 0 : n) },
  }
}

export interface RobustMapViews {
  ops: OperatorViews
  M: Float64Array
  T: Float64Array
  Q: Float64Array
}

export function robustMapViews(views: Views, n: number, d: number, P: number): RobustMapViews {
  return {
    ops: operatorViews(views, n, d, P),
    ...{ M: views.f64(2 * P * n), T: views.f64(P * d), Q: views.f64(n * d) },
  }
}

/** The linear map A of robust training, and its adjoint. Q_k = sum_i D_ki (v_i - w_i), f_k = x_k . Q_k. */
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
    const { y, epsilon, perturbed } = this.#problem
    const { n, d, P, X, D, E, kernels, scratch } = this.ops
    const { M, T, Q } = this.#views
    const J = perturbed.length
    z.groups.set(u)
    for (let i = 0; i < 2 * P; i++) {
      for (let j = 0; j < J; j++) z.cones[i * (J + 1) + j] = u[i * d + perturbed[j]]
      z.cones[i * (J + 1) + J] = tau[i]
    }
    this.ops.project(u, M)
    for (let i = 0; i < 2 * P; i++)
      for (let k = 0, e = this.ops.signOffset(i), m = i * n; k < n; k++, e++, m++)
        z.sides[m] = E[e] * M[m] - epsilon * tau[i]

    for (let k = 0, w = P * d; k < P * d; k++, w++) T[k] = u[k] - u[w]
    Q.fill(0)
    kernels.gemm(n, d, P, 1, D, 1, n, T, d, 1, Q, d, scratch)
    const squared = z.margins.length === 0
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
    const { y, epsilon, perturbed } = this.#problem
    const { n, d, P, X, D, E, kernels, scratch } = this.ops
    const { M, T, Q } = this.#views
    const J = perturbed.length
    u.set(z.groups)
    for (let i = 0; i < 2 * P; i++) {
      for (let j = 0; j < J; j++) u[i * d + perturbed[j]] += z.cones[i * (J + 1) + j]
      let sum = 0
      for (let k = 0, e = this.ops.signOffset(i), m = i * n; k < n; k++, e++, m++) {
        M[m] = E[e] * z.sides[m]
        sum += z.sides[m]
      }
      tau[i] = z.cones[i * (J + 1) + J] - epsilon * sum
    }
    this.ops.adjoint(M, u)

    const squared = z.margins.length === 0
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
