import { exp, refuse } from '@opt/core'
import type { Activation } from '../activation/activation.ts'
import { logVariogram } from '../limits.ts'
import { layers } from '../ntk.ts'
import { kernelSolve } from './kernel-solve.ts'
import type { Rule } from './rules.ts'

/** Training rows as a solved rule sees them. */
export interface Training {
  indices: Int32Array
  classes: number
  /** Writes |x_i - x_j|^2 / 2 for j <= i into row. */
  distances(i: number, row: Float64Array): void
}

const oneHot = ({ indices, classes }: Training): Float64Array => {
  const Y = new Float64Array(indices.length * classes)
  indices.forEach((k, i) => (Y[i * classes + k] = 1))
  return Y
}

function sized(saved: Float64Array, length: number): Float64Array {
  if (saved.length !== length) refuse('state.coefficients', `of length ${length}`, `length ${saved.length}`)
  return saved
}

/**
 * Regression with the kernel of a network of finite depth: k(x)' (K + ridge K(1) I)^-1 Y, where K is scaled to a unit
 * diagonal and k(x) to a largest entry of 1.
 *
 * @param saved the coefficients of an earlier fit.
 */
export function* deepKernelRule(
  f: Activation,
  depth: number,
  ridge: number,
  data: Training,
  saved?: Float64Array,
): Generator<number, Rule> {
  const { indices, classes } = data
  const recursion = layers(f, depth)
  const diagonal = recursion(0).logKernel
  const A = saved ? sized(saved, indices.length * classes) : oneHot(data)
  if (!saved)
    yield* kernelSolve(
      indices.length,
      (i, row) => {
        data.distances(i, row)
        for (let j = 0; j <= i; j++) {
          const { logKernel, signKernel } = recursion(row[j])
          row[j] = signKernel * exp(logKernel - diagonal)
        }
        row[i] += ridge
      },
      A,
      classes,
    )
  const logs = new Float64Array(indices.length)
  const signs = new Float64Array(indices.length)
  return {
    coefficients: A,
    scores(delta, out) {
      let most = -Infinity
      for (let i = 0; i < logs.length; i++) {
        const { logKernel, signKernel } = recursion(delta[i])
        logs[i] = logKernel
        signs[i] = signKernel
        if (logKernel > most) most = logKernel
      }
      out.fill(0)
      if (most === -Infinity) return
      for (let i = 0; i < logs.length; i++) {
        const weight = signs[i] * exp(logs[i] - most)
        for (let k = 0; k < classes; k++) out[k] += weight * A[i * classes + k]
      }
    },
  }
}

/**
 * Ordinary kriging with a variogram chi, the limit for A != 0 and B' < 1 without a ridge. With the first training row
 * as the origin, g(x, z) = chi(x, x_0) + chi(z, x_0) - chi(x, z) is a kernel, and the answer is
 * y_0 + g(x)' G^-1 (y - y_0) over the other rows.
 */
export function* krigingRule(f: Activation, data: Training, saved?: Float64Array): Generator<number, Rule> {
  const { indices, classes } = data
  const logChi = logVariogram(f)
  const n = indices.length - 1
  const first = indices[0]
  const origin = new Float64Array(n)
  const row = new Float64Array(n + 1)
  let most = -Infinity
  for (let i = 0; i < n; i++) {
    data.distances(i + 1, row.subarray(0, i + 2))
    origin[i] = logChi(row[0])
    if (origin[i] > most) most = origin[i]
  }
  const chi = (delta: number) => exp(logChi(delta) - most)
  for (let i = 0; i < n; i++) origin[i] = exp(origin[i] - most)
  const A = saved ? sized(saved, n * classes) : new Float64Array(n * classes)
  if (!saved && n > 0) {
    for (let i = 0; i < n; i++) {
      A[i * classes + indices[i + 1]] += 1
      A[i * classes + first] -= 1
    }
    yield* kernelSolve(
      n,
      (i, out) => {
        data.distances(i + 1, row.subarray(0, i + 2))
        for (let j = 0; j <= i; j++) out[j] = origin[i] + origin[j] - chi(row[j + 1])
      },
      A,
      classes,
    )
  }
  return {
    coefficients: A,
    scores(delta, out) {
      const start = chi(delta[0])
      out.fill(0)
      out[first] = 1
      for (let i = 0; i < n; i++) {
        const weight = start + origin[i] - chi(delta[i + 1])
        for (let k = 0; k < classes; k++) out[k] += weight * A[i * classes + k]
      }
    },
  }
}
