import { type MatrixView, matrixView } from '@opt/core'
import type { Problem } from '../program/problem.ts'

/** The unknowns x = (u, tau, sigma), views of one flat array. */
export interface Unknowns {
  all: Float64Array
  /** 2 P x d. */
  u: Float64Array
  /** u as a matrix, with a block in each row. */
  U: MatrixView
  /** 2 P bounds ||u_{i,J}||_1 <= tau_i. */
  tau: Float64Array
  /** n bounds of the l1 norm of Q_{k,J}, or of the whole residual for the squared loss. */
  sigma: Float64Array
}

/** The blocks of z = A x, each with its own proximal map, views of one flat array. */
export interface Blocks {
  all: Float64Array
  /** 2 P x d, in the norms. */
  groups: Float64Array
  /** 2 P x (|J| + 1): (u_{i,J}, tau_i), in the l1 cone. */
  cones: Float64Array
  /** 2 P x n: E_i X u_i - epsilon tau_i, nonnegative. */
  sides: Float64Array
  /**
   * n x (|J| + 1): (Q_{k,J}, sigma_k) in the l1 cone; for the squared loss n x (|J| + 2): (epsilon
   * Q_{k,J}, x_k . Q_k, sigma_k).
   */
  rows: Float64Array
  /** n: y_k x_k . Q_k - epsilon sigma_k; empty for the squared loss. */
  margins: Float64Array
}

/** The variables of robust ADMM, and its scratch h and right. */
export interface RobustState {
  x: Unknowns
  z: Blocks
  /** The scaled dual of z = A x. */
  lambda: Float64Array
  /** z of the iteration before a measurement. */
  previousZ: Float64Array
  h: Blocks
  right: Unknowns
}

/** Returns the numbers of entries of x and z. */
export function robustSizes({ n, d, patterns, perturbed }: Problem): { x: number; z: number } {
  const P = patterns.count
  const J = perturbed.length
  return { x: 2 * P * (d + 1) + n, z: 2 * P * (d + J + 1 + n) + n * (J + 2) }
}

export function unknowns({ n, d, patterns }: Problem, all: Float64Array): Unknowns {
  const rows = 2 * patterns.count
  const u = all.subarray(0, rows * d)
  const tau = all.subarray(rows * d, rows * (d + 1))
  return { all, u, U: matrixView(u, rows, d), tau, sigma: all.subarray(all.length - n) }
}

export function blocks({ n, d, patterns, perturbed, loss }: Problem, all: Float64Array): Blocks {
  const P = patterns.count
  const J = perturbed.length
  const squared = loss.name === 'squared'
  let from = 0
  const next = (size: number) => all.subarray(from, (from += size))
  return {
    all,
    groups: next(2 * P * d),
    cones: next(2 * P * (J + 1)),
    sides: next(2 * P * n),
    rows: next(n * (squared ? J + 2 : J + 1)),
    margins: next(squared ? 0 : n),
  }
}
