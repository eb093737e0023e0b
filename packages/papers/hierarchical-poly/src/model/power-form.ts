import { refuse } from '@opt/core'
import { symmetricEigen } from '@opt/curvature'
import ndarray from 'ndarray'
import { expand, quadraticForm } from './polynomial.ts'
import type { Score } from './score-fit.ts'

/** A sum of weighted k-th powers of linear forms in (x, 1). */
export interface PowerForm {
  degree: number
  /** Rows of d + 1 numbers. */
  directions: Float64Array[]
  weights: number[]
}

/** Networks with more units than this are refused. */
const MOST_UNITS = 50_000

/** Writes a score as a sum of powers: of degree 2 by eigenvectors, of higher degrees by polarisation. */
export function powerForm(score: Score): PowerForm {
  const degree = Math.max(...score.degrees)
  const width = score.inputs + 1
  if (degree === 1) {
    const Q = quadraticForm(score)
    const direction = Q.slice(width * score.inputs).map((value) => 2 * value)
    direction[score.inputs] /= 2
    return { degree, directions: [direction], weights: [1] }
  }
  if (degree > 2) return polarised(score, degree)
  const { values, vectors } = symmetricEigen(ndarray(quadraticForm(score), [width, width]))
  const directions = Array.from(values, (_, j) => Float64Array.from({ length: width }, (_, i) => vectors!.get(i, j)))
  return { degree, directions, weights: Array.from(values) }
}

/**
 * x_1 x_2 ... x_k is the mean over signs s_2, ..., s_k of s_2 ... s_k (x_1 + s_2 x_2 + ... + s_k x_k)^k, divided by k!.
 */
function polarised(score: Score, degree: number): PowerForm {
  const forms = new Map<string, { direction: Float64Array; weight: number }>()
  const signs = 1 << (degree - 1)
  let scale = signs
  for (let j = 2; j <= degree; j++) scale *= j
  for (const { places, coefficient } of expand(score))
    for (let bits = 0; bits < signs; bits++) {
      const direction = new Float64Array(score.inputs + 1)
      let weight = coefficient / scale
      for (const [t, place] of places.entries()) {
        const negative = t > 0 && (bits >> (t - 1)) & 1
        direction[place] += negative ? -1 : 1
        if (negative) weight = -weight
      }
      const leading = direction.find((value) => value !== 0)
      if (leading === undefined) continue
      if (leading < 0) {
        for (let j = 0; j < direction.length; j++) direction[j] = -direction[j]
        if (degree % 2 === 1) weight = -weight
      }
      const key = direction.join()
      const known = forms.get(key)
      if (known) known.weight += weight
      else forms.set(key, { direction, weight })
      if (forms.size > MOST_UNITS) refuse('score', `of at most ${MOST_UNITS} powers`, 'more')
    }
  const all = [...forms.values()]
  return { degree, directions: all.map(({ direction }) => direction), weights: all.map(({ weight }) => weight) }
}
