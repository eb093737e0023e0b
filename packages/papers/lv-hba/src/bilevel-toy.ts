import type { Constraints } from '@opt/bilevel'
import { number, options as optionsOf, refuse, show, type VectorLike, vector } from '@opt/core'
import { checkParameters, type ValueFunctionParameters } from './options.ts'
import type { ConstrainedProblem } from './problem.ts'

/** A problem with everything in closed form. */
export interface BilevelToy extends ConstrainedProblem {
  readonly constraints: Constraints
  projectJoint(x: Float64Array, y: Float64Array): void
  /** Lengths of x and y: n and 2n. */
  readonly dimensions: { readonly x: number; readonly y: number }
  /** The bilevel solution: x = -0.3, y_1 = 0.7, y_2 = -0.4, upper = 0.05 n. */
  readonly solution: { readonly x: Float64Array; readonly y: Float64Array; readonly upper: number }
  /** Returns v(x, y, z) with its saddle point, by elimination. */
  exactValue(
    point: { x: VectorLike; y: VectorLike; z?: VectorLike | undefined },
    parameters?: ValueFunctionParameters,
  ): { value: number; theta: Float64Array; lambda: number }
}

/** Options of {@link bilevelToy}. */
export interface BilevelToyOptions {
  /** Factor s of the constraint. Default 1 / sqrt(3n), which makes its gradient a unit vector. */
  scale?: number | undefined
}

/**
 * Makes the paper's problem with one coupled equation, for x of n and y = (y_1, y_2) of 2n entries:
 * F = |x - y_2|^2 / 2 + |y_1 - 1|^2 / 2, f = |y_1|^2 / 2 - x'y_1 + 1'y_2, g = s (1'x + 1'y_1 + 1'y_2) = 0.
 * The lower level has many solutions: y_1 = x + 1, and any y_2 of the sum that is left.
 *
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function bilevelToy(n: number, options?: BilevelToyOptions): BilevelToy {
  const name = 'bilevelToy: '
  number(n, `${name}n`, { integer: true, min: 1, max: 700_000_000 })
  const s = number(optionsOf(options, `${name}options`, ['scale']).scale ?? 1 / Math.sqrt(3 * n), `${name}scale`, {
    positive: true,
  })
  const total = (x: Float64Array, y: Float64Array) => {
    let sum = 0
    for (let i = 0; i < n; i++) sum += x[i]
    for (let j = 0; j < 2 * n; j++) sum += y[j]
    return sum
  }
  const lower = {
    value(x: Float64Array, y: Float64Array) {
      let sum = 0
      for (let i = 0; i < n; i++) sum += y[i] * (y[i] / 2 - x[i]) + y[n + i]
      return sum
    },
    gradient(x: Float64Array, y: Float64Array, gx: Float64Array, gy: Float64Array) {
      for (let i = 0; i < n; i++) {
        gx[i] = -y[i]
        gy[i] = y[i] - x[i]
        gy[n + i] = 1
      }
    },
  }
  return {
    upper: {
      value(x, y) {
        let sum = 0
        for (let i = 0; i < n; i++) sum += (x[i] - y[n + i]) * (x[i] - y[n + i]) + (y[i] - 1) * (y[i] - 1)
        return sum / 2
      },
      gradient(x, y, gx, gy) {
        for (let i = 0; i < n; i++) {
          gx[i] = x[i] - y[n + i]
          gy[i] = y[i] - 1
          gy[n + i] = -gx[i]
        }
      },
    },
    lower,
    constraints: {
      count: 1,
      equality: [true],
      value(x, y, out) {
        out[0] = s * total(x, y)
      },
      transposed(_x, _y, multipliers, gx, gy) {
        gx.fill(s * multipliers[0])
        gy.fill(s * multipliers[0])
      },
    },
    projectJoint(x, y) {
      const mean = total(x, y) / (3 * n)
      for (let i = 0; i < n; i++) x[i] -= mean
      for (let j = 0; j < 2 * n; j++) y[j] -= mean
    },
    dimensions: { x: n, y: 2 * n },
    solution: {
      x: new Float64Array(n).fill(-0.3),
      y: Float64Array.from({ length: 2 * n }, (_, j) => (j < n ? 0.7 : -0.4)),
      upper: 0.05 * n,
    },
    exactValue(point, parameters) {
      const { gamma1, gamma2, bound } = checkParameters(
        optionsOf(parameters, `${name}parameters`, ['gamma1', 'gamma2', 'bound']),
        name,
      )
      if (typeof point !== 'object' || point === null)
        refuse(`${name}point`, 'an object with x and y', show(point), 'type')
      const x = vector(point.x, `${name}point.x`, { length: n })
      const y = vector(point.y, `${name}point.y`, { length: 2 * n })
      const z = point.z === undefined ? 0 : vector(point.z, `${name}point.z`, { length: 1 })[0]
      const kappa = gamma1 / (1 + gamma1)
      // g at the minimiser for multiplier lambda is g0 - lambda s^2 n (kappa + gamma1).
      let g0 = 0
      for (let i = 0; i < n; i++) g0 += s * (x[i] + kappa * (x[i] + y[i] / gamma1) + y[n + i] - gamma1)
      const slope = s * s * n * (kappa + gamma1)
      const free = (g0 + z / gamma2) / (1 / gamma2 + slope)
      const lambda = Math.min(bound, Math.max(-bound, free))
      const theta = new Float64Array(2 * n)
      for (let i = 0; i < n; i++) {
        theta[i] = kappa * (x[i] - lambda * s + y[i] / gamma1)
        theta[n + i] = y[n + i] - gamma1 * (1 + lambda * s)
      }
      let value = lower.value(x, theta) + lambda * s * total(x, theta) - ((lambda - z) * (lambda - z)) / (2 * gamma2)
      for (let j = 0; j < 2 * n; j++) value += ((theta[j] - y[j]) * (theta[j] - y[j])) / (2 * gamma1)
      number(value, `${name}exactValue: v`)
      return { value, theta, lambda }
    },
  }
}
