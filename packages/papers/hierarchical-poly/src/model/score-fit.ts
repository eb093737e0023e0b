import { refuse } from '@opt/core'
import { checkDegrees, featureCount, featurePlan } from '../hermite/feature-plan.ts'
import { MOST_FEATURES, RowFeatures } from '../hermite/features.ts'
import { fillKernel, flags } from '../hermite/kernel.ts'
import { FeatureRidge } from '../ridge/feature-ridge.ts'
import { KernelForm } from '../ridge/kernel-form.ts'
import type { Ridge } from '../ridge/ridge.ts'
import { LARGEST } from '../ridge/ridge-loo.ts'

/** A polynomial score of d inputs: the Hermite features of some degrees times coefficients, minus an offset. */
export interface Score {
  inputs: number
  degrees: number[]
  /** D numbers, in the order of {@link hermiteFeatures}. */
  coefficients: number[]
  offset: number
}

/** The ridge regressions of a score on some rows, on stored features or, with fewer rows than features, on kernels. */
export interface ScoreFit {
  ridge: Ridge
  /** Returns the score of the ridge's solution, or of one that was saved. */
  score(solution?: Float64Array): Score
}

/** Prepares the regressions: features (centred if asked for) or kernels are computed once. */
export function scoreFit(
  X: Float64Array,
  d: number,
  degrees: readonly number[],
  center: boolean,
  lambdas: Float64Array,
): ScoreFit {
  const checked = checkDegrees(degrees, 'degrees')
  const count = featureCount(d, checked, 'degrees')
  const n = X.length / d
  if (Math.min(n, count) > MOST_FEATURES)
    refuse(
      'degrees',
      `of at most ${MOST_FEATURES} features in ${d} inputs, or X of as few rows (the kernel form)`,
      `${count} features`,
    )
  const plan = featurePlan(d, checked, 'degrees')
  const rows = new RowFeatures(plan)
  const means = new Float64Array(count)
  if (center) for (let i = 0; i < n; i++) rows.add(X, i * d, 1 / n, means)
  const described = (coefficients: Float64Array): Score => {
    let offset = 0
    for (let f = 0; f < count; f++) offset += means[f] * coefficients[f]
    return { inputs: d, degrees: checked, coefficients: Array.from(coefficients), offset }
  }
  if (count <= n) {
    const ridge = new FeatureRidge(n, count, lambdas)
    const { data, stride } = ridge.features
    for (let i = 0; i < n; i++) {
      rows.write(X, i * d, data, i * stride)
      for (let f = 0; f < count; f++) data[i * stride + f] -= means[f]
    }
    checkMagnitude(data)
    return { ridge, score: (solution = ridge.solution) => described(solution) }
  }
  const ridge = new KernelForm(n, lambdas)
  fillKernel(X, X, d, flags(checked), ridge.K.data, ridge.K.stride)
  checkMagnitude(ridge.K.data)
  if (center) centreKernel(ridge.K.data, n, ridge.K.stride)
  return {
    ridge,
    score(solution = ridge.solution) {
      const coefficients = new Float64Array(count)
      let total = 0
      for (let i = 0; i < n; i++) {
        rows.add(X, i * d, solution[i], coefficients)
        total += solution[i]
      }
      if (center) for (let f = 0; f < count; f++) coefficients[f] -= total * means[f]
      return described(coefficients)
    },
  }
}

function checkMagnitude(values: Float64Array): void {
  for (let k = 0; k < values.length; k++)
    if (!(Math.abs(values[k]) <= LARGEST)) refuse('X', `of features up to ${LARGEST} (standardise it)`, 'larger ones')
}

/** K becomes (I - 11'/n) K (I - 11'/n). */
function centreKernel(K: Float64Array, n: number, stride: number): void {
  const means = new Float64Array(n)
  let all = 0
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) means[i] += K[i * stride + j] / n
    all += means[i] / n
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) K[i * stride + j] += all - means[i] - means[j]
}
