import { boolean, number, oneOf, options as optionsOf, type VectorLike } from '@opt/core'
import { checkDegrees } from '../hermite/feature-plan.ts'
import { checkLambdas } from '../ridge/ridge-loo.ts'
import { SCALES, type ScaleName } from './scaling.ts'

/** Options of `HierarchicalRegressor`. */
export interface HierarchicalRegressorOptions {
  /** Degrees of the score, of scaled inputs. Default [2]; [1, 2] for data whose score may be linear too. */
  degrees?: readonly number[] | undefined
  /** How many refinements follow the two stages. Default 15. */
  refinements?: number | undefined
  /** ReLU units of the curve. Default 100. */
  linkUnits?: number | undefined
  /** Default 'standardize'; 'whiten' for correlated inputs; 'none' for inputs that are N(0, I) already. */
  scale?: ScaleName | undefined
  /** Penalties to choose from for the score. Default 10^-2, 10^-1.5, ..., 10^5. */
  lambdas?: VectorLike | undefined
  /** Keep predictions within the range of the responses trained on; beyond the data the curve goes on straight. Default false. */
  clip?: boolean | undefined
  /** Draws the curve's units. Default 0. */
  seed?: number | undefined
}

export const REGRESSOR_OPTIONS = ['degrees', 'refinements', 'linkUnits', 'scale', 'lambdas', 'clip', 'seed'] as const

/** Checks the options of a regressor, and copies them. */
export function checkOptions(
  given: HierarchicalRegressorOptions | undefined,
  label: string,
): HierarchicalRegressorOptions {
  const options = optionsOf(given, label, REGRESSOR_OPTIONS)
  const { degrees, refinements = 15, linkUnits = 100, scale = 'standardize', lambdas, clip = false, seed = 0 } = options
  number(refinements, 'refinements', { integer: true, min: 0, max: 1_000_000 })
  number(linkUnits, 'linkUnits', { integer: true, min: 1, max: 10_000 })
  oneOf(scale, 'scale', SCALES)
  boolean(clip, 'clip')
  number(seed, 'seed', { integer: true })
  return {
    degrees: degrees === undefined ? [2] : checkDegrees(degrees, 'degrees'),
    refinements,
    linkUnits,
    scale,
    ...(lambdas === undefined ? {} : { lambdas: Array.from(checkLambdas(lambdas, 'lambdas')) }),
    clip,
    seed,
  }
}
