import { allFinite, refuse } from '@opt/core'
import { featurePlan } from '../hermite/feature-plan.ts'
import { RowFeatures } from '../hermite/features.ts'
import type { HierarchicalModel } from '../hierarchical-fit.ts'
import { evaluateLink } from './link.ts'
import type { Score } from './score-fit.ts'

/** Prepares the evaluation of a score at rows, one after the other. */
export function scorer({ inputs, degrees, coefficients, offset }: Score): (X: Float64Array) => Float64Array {
  const rows = new RowFeatures(featurePlan(inputs, degrees, 'score.degrees'))
  const factors = Float64Array.from(coefficients)
  return (X) => {
    const out = new Float64Array(X.length / inputs)
    for (let i = 0; i < out.length; i++) out[i] = rows.dot(X, i * inputs, factors) - offset
    return out
  }
}

/** Prepares predictions of a model. */
export function predictor({ score, link }: HierarchicalModel): (X: Float64Array) => Float64Array {
  const scores = scorer(score)
  return (X) => {
    const z = scores(X)
    const out = new Float64Array(z.length)
    evaluateLink(link, z, out)
    if (!allFinite(out)) refuse('X', 'of predictions within the range of doubles', 'larger ones')
    return out
  }
}
