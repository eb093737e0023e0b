import { number, options, vector } from '@opt/core'
import { checkDegrees, featureCount } from '../hermite/feature-plan.ts'
import type { Score } from './score-fit.ts'

/** Checks a score that was saved. */
export function checkScore(given: Score, label: string): Score {
  const { inputs, degrees, coefficients, offset } = options(given, label)
  number(inputs, `${label}.inputs`, { integer: true, min: 1, max: 1_000_000 })
  const checked = checkDegrees(degrees, `${label}.degrees`)
  const count = featureCount(inputs, checked, `${label}.degrees`)
  return {
    inputs,
    degrees: checked,
    coefficients: Array.from(vector(coefficients, `${label}.coefficients`, { length: count })),
    offset: number(offset, `${label}.offset`),
  }
}
