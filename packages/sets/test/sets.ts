import type { Random } from '@opt/core'
import { affineSet, ball, box, type ConvexSet, halfSpace, l1Ball, orthant, product, simplex } from '../src/index.ts'

export const KINDS = ['ball', 'box', 'simplex', 'l1Ball', 'orthant', 'halfSpace', 'affineSet', 'product'] as const
/** The kinds without metric projections. */
export const WITHOUT_METRIC = ['l1Ball', 'product']

export type Kind = (typeof KINDS)[number]

/** A set of a kind, about `size` large, drawn by the generator. */
export function drawSet(kind: Kind, dimension: number, rng: Random, size = 1): ConvexSet {
  const vector = (draw: () => number) => Float64Array.from({ length: dimension }, () => size * draw())
  const normal = () => Array.from({ length: dimension }, () => rng.normal())
  switch (kind) {
    case 'ball':
      return ball({ radius: size * rng.uniform(0.2, 4), center: vector(() => rng.normal()) })
    case 'box': {
      const lower = vector(() => rng.uniform(-3, 1))
      return box({ lower, upper: lower.map((l, i) => l + (i === 1 ? 0 : size * rng.uniform(0.1, 3))) })
    }
    case 'simplex':
      return simplex({ dimension, total: size * rng.uniform(0.3, 5) })
    case 'l1Ball':
      return l1Ball({ radius: size * rng.uniform(0.2, 4), center: vector(() => rng.normal()) })
    case 'orthant':
      return orthant({ dimension })
    case 'halfSpace':
      return halfSpace({ normal: normal(), offset: size * rng.normal() })
    case 'affineSet': {
      const rows = rng.integer(1, Math.max(2, dimension))
      const A = Array.from({ length: rows }, normal)
      const at = normal()
      return affineSet({ A, b: A.map((row) => row.reduce((sum, a, i) => sum + a * at[i], 0) * size) })
    }
    case 'product':
      return product([
        drawSet('ball', dimension, rng, size),
        drawSet('halfSpace', 2, rng, size),
        drawSet('simplex', 3, rng, size),
      ])
  }
}

/** A symmetric positive definite matrix with eigenvalues from 1 to the condition. */
export function randomMetric(n: number, condition: number, rng: Random): number[][] {
  // A product of reflections keeps the eigenvalues, from 1 to the condition.
  const H = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => (i === j ? condition ** (n === 1 ? 0 : i / (n - 1)) : 0)),
  )
  for (let k = 0; k < 3; k++) {
    const v = Array.from({ length: n }, () => rng.normal())
    const square = v.reduce((s, a) => s + a * a, 0)
    const reflect = (M: number[][]) =>
      M.map((row) => {
        const t = (2 * row.reduce((s, a, j) => s + a * v[j], 0)) / square
        return row.map((a, j) => a - t * v[j])
      })
    const transpose = (M: number[][]) => M[0].map((_, j) => M.map((row) => row[j]))
    const turned = transpose(reflect(transpose(reflect(H))))
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) H[i][j] = (turned[i][j] + turned[j][i]) / 2
  }
  return H
}
