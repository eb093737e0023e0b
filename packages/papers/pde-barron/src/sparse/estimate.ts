import { type Random, sum } from '@opt/core'
import type { Coefficients } from '../lagrangian/lagrangian.ts'
import { evaluate, type TrigSum } from '../sums/trig-sum.ts'
import type { SparseIterate } from './space.ts'

/**
 * Estimates the L2 norm of what thresholds left out of the residual, e u^3 and b |grad u|^2 grad u, at random points; the
 * part in the fields is one of a divergence, whose dual norm the L2 norm of the field bounds.
 */
export function leftOut(
  { u, cube, fields }: SparseIterate,
  { b, e }: Coefficients,
  samples: number,
  rng: Random,
): { norm: number; standardError: number } {
  const d = u.dimension
  const points = Float64Array.from({ length: samples * d }, () => rng.uniform())
  const at = (u: TrigSum) => evaluate(u, points, samples)
  const squares = new Float64Array(samples)
  const collect = (exact: (i: number) => number, kept: Float64Array, factor: number) => {
    for (let i = 0; i < samples; i++) {
      const difference = factor * (exact(i) - kept[i])
      squares[i] += difference * difference
    }
  }
  if (cube) {
    const value = at(u)
    collect((i) => value[i] * value[i] * value[i], at(cube), e)
  }
  if (fields) {
    const gradient = fields.gradient.map(at)
    const sizes = new Float64Array(samples)
    for (const slope of gradient) for (let i = 0; i < samples; i++) sizes[i] += slope[i] * slope[i]
    for (const [j, slope] of gradient.entries()) collect((i) => sizes[i] * slope[i], at(fields.cubes[j]), b)
  }
  const mean = sum(squares) / samples
  const variance = sum(squares.map((value) => (value - mean) * (value - mean))) / samples
  const norm = Math.sqrt(mean)
  return { norm, standardError: norm === 0 ? 0 : Math.sqrt(variance / samples) / (2 * norm) }
}
