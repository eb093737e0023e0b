import { exp, log, type Random } from '@opt/core'
import type { GradientsOf } from '@opt/optimizers'

const DIMENSIONS = 50
const CONDITION = 1e4

/** f(x) = x'Hx / 2, the eigenvalues of H from 1 to 1e4 and evenly spaced in the logarithm. */
export interface Quadratic {
  /** Returns H v. */
  times(v: Float64Array): Float64Array
  start: Float64Array
  /** Off-diagonal over diagonal mass of H (sums of absolute values). */
  offDiagonal: number
}

export type Rotation = 'none' | 'mild' | 'full'

/** Turns a diagonal H in random planes: not at all, in a few by a small angle, or in many by any angle. */
export function quadratic(rotation: Rotation, rng: Random): Quadratic {
  const n = DIMENSIONS
  const H = new Float64Array(n * n)
  for (let i = 0; i < n; i++) H[i * n + i] = exp((log(CONDITION) * i) / (n - 1))
  const count = { none: 0, mild: 100, full: 2500 }[rotation]
  for (let k = 0; k < count; k++) {
    const i = rng.integer(0, n)
    const j = (i + rng.integer(1, n)) % n
    const tangent = rotation === 'mild' ? 0.135 : rng.normal()
    const c = 1 / Math.sqrt(1 + tangent * tangent)
    rotate(H, n, i, j, c, c * tangent)
  }
  let [diagonal, rest] = [0, 0]
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      if (i === j) diagonal += Math.abs(H[i * n + j])
      else rest += Math.abs(H[i * n + j])
  const start = Float64Array.from({ length: n }, () => rng.normal())
  const times = (v: Float64Array) => {
    const product = new Float64Array(n)
    for (let i = 0; i < n; i++) {
      let sum = 0
      for (let j = 0; j < n; j++) sum += H[i * n + j] * v[j]
      product[i] = sum
    }
    return product
  }
  return { times, start, offDiagonal: rest / diagonal }
}

/** H becomes R H R' with R a rotation in the plane of i and j. */
function rotate(H: Float64Array, n: number, i: number, j: number, c: number, s: number): void {
  for (let k = 0; k < n; k++) {
    const [a, b] = [H[i * n + k], H[j * n + k]]
    H[i * n + k] = c * a - s * b
    H[j * n + k] = s * a + c * b
  }
  for (let k = 0; k < n; k++) {
    const [a, b] = [H[k * n + i], H[k * n + j]]
    H[k * n + i] = c * a - s * b
    H[k * n + j] = s * a + c * b
  }
}

type Stepper = { step(g: Float64Array, hvp: (z: Float64Array) => GradientsOf<Float64Array>): void }

/** Counts the steps until f is a millionth of its start; Infinity if that takes more than `most`. */
export function stepsTo({ times, start }: Quadratic, make: (x: Float64Array) => Stepper, most = 2000): number {
  const x = start.slice()
  const optimizer = make(x)
  let goal = 0
  for (let t = 0; t <= most; t++) {
    const g = times(x)
    let value = 0
    for (let i = 0; i < x.length; i++) value += 0.5 * x[i] * g[i]
    if (t === 0) goal = 1e-6 * value
    if (value <= goal) return t
    if (!Number.isFinite(value)) return Infinity
    optimizer.step(g, times)
  }
  return Infinity
}
