import type { Random } from '@opt/core'
import type { ConstrainedProblem } from '../src/index.ts'

/** Lower: min (y - x)^2 / 2 subject to s (x + y - 3) <= 0; upper: ((x - 3)^2 + (y - 2)^2) / 2. Solution x = 2, y = 1. */
export const coupled: ConstrainedProblem = {
  upper: {
    value: ([x], [y]) => ((x - 3) * (x - 3) + (y - 2) * (y - 2)) / 2,
    gradient([x], [y], gx, gy) {
      gx[0] = x - 3
      gy[0] = y - 2
    },
  },
  lower: {
    value: ([x], [y]) => ((y - x) * (y - x)) / 2,
    gradient([x], [y], gx, gy) {
      gx[0] = x - y
      gy[0] = y - x
    },
  },
  constraints: {
    count: 1,
    value([x], [y], out) {
      out[0] = (x + y - 3) / Math.SQRT2
    },
    transposed(_x, _y, [m], gx, gy) {
      gx[0] = gy[0] = m / Math.SQRT2
    },
  },
  projectJoint(x, y) {
    const beyond = Math.max(0, x[0] + y[0] - 3) / 2
    x[0] -= beyond
    y[0] -= beyond
  },
}

/** Lower: min (y_1 + y_2 - x)^2 / 2, a line of solutions; upper: ((x - 1)^2 + |y|^2) / 2. Solution x = 2/3, y = 1/3. */
export const manySolutions: ConstrainedProblem = {
  upper: {
    value: ([x], [a, b]) => ((x - 1) * (x - 1) + a * a + b * b) / 2,
    gradient([x], [a, b], gx, gy) {
      gx[0] = x - 1
      gy[0] = a
      gy[1] = b
    },
  },
  lower: {
    value: ([x], [a, b]) => ((a + b - x) * (a + b - x)) / 2,
    gradient([x], [a, b], gx, gy) {
      gx[0] = x - a - b
      gy.fill(a + b - x)
    },
  },
}

export const normals = (rng: Random, n: number, deviation = 1): Float64Array =>
  Float64Array.from({ length: n }, () => rng.normal(0, deviation))

/** Examples with random labels, of both classes if there are two or more. */
export function drawExamples(rng: Random, n: number, d: number, scale = 1) {
  return {
    inputs: Array.from({ length: n }, () => normals(rng, d, scale)),
    labels: Array.from({ length: n }, (_, i) => (i === 0 ? 1 : i === 1 ? -1 : rng.uniform() < 0.5 ? 1 : -1)),
  }
}
