import { number } from '@opt/core'
import { featurePlan } from '../hermite/feature-plan.ts'
import type { HierarchicalModel } from '../hierarchical-fit.ts'
import type { Scaling } from './scaling.ts'

/** A term of a score: coefficient times the product of h_{powers[t]} of inputs[t]. */
export interface Term {
  /** Columns of X, or with 'whiten' numbers of components (the largest variance first). */
  inputs: number[]
  powers: number[]
  /** Its share of the standardised score; for Gaussian inputs squares of all add up to 1 without noise. */
  coefficient: number
}

/** Returns the terms of largest |coefficient|. */
export function largestTerms({ score, link }: HierarchicalModel, { kept, rotation }: Scaling, most: number): Term[] {
  number(most, 'most', { integer: true, min: 1 })
  const { highest, starts, factors } = featurePlan(score.inputs, score.degrees, 'degrees')
  const size = (f: number) => Math.abs(score.coefficients[f])
  const order = score.coefficients.map((_, f) => f).sort((a, b) => size(b) - size(a) || a - b)
  return order.slice(0, most).map((f) => {
    const used = Array.from(factors.subarray(starts[f], starts[f + 1]))
    return {
      inputs: used.map((factor) => {
        const input = Math.floor(factor / (highest + 1))
        return rotation ? input : kept[input]
      }),
      powers: used.map((factor) => factor % (highest + 1)),
      coefficient: score.coefficients[f] / link.deviation,
    }
  })
}
