import { type Random, random } from '@opt/core'
import { l1Norm, squaredL2Norm } from '@opt/sets'
import {
  type ConvexityMap,
  entropy,
  euclidean,
  type KnownNoise,
  linearModel,
  maxAffine,
  noise,
  type Subgradient,
  type Term,
} from '../index.ts'
import { gameStrategy, leastAbsolute, leastSquares } from './minimisers.ts'

/** A problem with its noise, its minimiser, and what the theory wants to know. */
export interface Case {
  subgradient: Subgradient
  objective(x: Float64Array): number
  name: string
  x0: Float64Array
  map: ConvexityMap
  term: Term | undefined
  noise: KnownNoise
  minimiser: Float64Array
  minimum: number
  L: number
  M: number
  muF: number
  muH: number
  /** Of the variance, and in the sub-Gaussian sense. */
  sigma: number
  subGaussian: number
  /** D(x*, x^1). */
  distance: number
}

const MU = 0.2
const LASSO = 0.1

const normals = (rng: Random, n: number, scale = 1) => Float64Array.from({ length: n }, () => scale * rng.normal())

/** Completes a problem: its minimum, distance and sigmas. */
function complete(given: Omit<Case, 'minimum' | 'sigma' | 'subGaussian' | 'distance'>): Case {
  const { map, term, x0, minimiser, objective, noise: drawn } = given
  const h = term !== undefined && 'value' in term ? term.value(minimiser) : 0
  return {
    ...given,
    minimum: objective(minimiser) + h,
    distance: map.divergence(minimiser, x0),
    sigma: drawn.variance(x0.length, map),
    subGaussian: drawn.subGaussian(x0.length, map),
  }
}

/** The mean absolute error of a robust regression, 60 x 10, rows of length 1. */
export function leastAbsoluteErrors(
  seed: number,
  map: ConvexityMap = euclidean(),
  drawn: KnownNoise = noise.gaussian(0.1),
): Case {
  const rng = random(1000 + seed)
  const truth = normals(rng, 10, 1.2)
  const A = Array.from({ length: 60 }, () => {
    const row = normals(rng, 10)
    const length = Math.sqrt(row.reduce((sum, v) => sum + v * v, 0))
    return row.map((v) => v / length)
  })
  const b = Float64Array.from(A, (a) => a.reduce((sum, v, i) => sum + v * truth[i], 0) + rng.normal(0, 0.4))
  const model = linearModel(A, b, { loss: 'absolute', map })
  const start = { ...model, name: 'lad', x0: new Float64Array(10), map, term: undefined, noise: drawn, muF: 0, muH: 0 }
  return complete({ ...start, minimiser: leastAbsolute(A, b) })
}

/** A sparse regression, 80 x 20. */
function regression(seed: number) {
  const rng = random(2000 + seed)
  const truth = normals(rng, 20).map((v, i) => (i % 3 === 0 ? 1.5 * v : 0))
  const A = Array.from({ length: 80 }, () => normals(rng, 20))
  const b = Float64Array.from(A, (a) => a.reduce((sum, v, i) => sum + v * truth[i], 0) + rng.normal(0, 0.5))
  return { A, b, model: linearModel(A, b, { loss: 'squared' }), x0: new Float64Array(20), map: euclidean() }
}

/** Least squares with an l1 penalty as the term. */
export function lasso(seed: number): Case {
  const { A, b, model, ...rest } = regression(seed)
  const minimiser = leastSquares(A, b, { l1: LASSO })
  const fixed = { name: 'lasso', term: l1Norm(LASSO), noise: noise.gaussian(0.3), muF: 0, muH: 0 }
  return complete({ ...model, ...rest, ...fixed, minimiser })
}

/** Least squares with a ridge, in f or in h. */
export function ridge(seed: number, place: 'f' | 'h'): Case {
  const { A, b, model, ...rest } = regression(seed)
  const minimiser = leastSquares(A, b, { l2: MU })
  const fixed = { ...rest, name: `ridge-${place}`, noise: noise.gaussian(0.3), minimiser }
  if (place === 'h') return complete({ ...model, ...fixed, term: squaredL2Norm(MU), muF: 0, muH: MU })
  const subgradient: Subgradient = (x, out, t, rng) => {
    model.subgradient(x, out, t, rng)
    for (let i = 0; i < x.length; i++) out[i] += MU * x[i]
    return undefined
  }
  const objective = (x: Float64Array) => model.objective(x) + (MU / 2) * x.reduce((sum, v) => sum + v * v, 0)
  return complete({ ...fixed, subgradient, objective, term: undefined, L: model.L + MU, M: 0, muF: MU, muH: 0 })
}

/** A matrix game, 30 x 50, on the simplex. */
export function game(seed: number): Case {
  const rng = random(3000 + seed)
  const C = Array.from({ length: 30 }, () => Float64Array.from({ length: 50 }, () => rng.uniform(-1, 1)))
  const map = entropy()
  const model = maxAffine(C, { map })
  const x0 = new Float64Array(50).fill(1 / 50)
  const fixed = { name: 'game', map, term: undefined, x0, noise: noise.uniform(0.5), muF: 0, muH: 0 }
  return complete({ ...model, ...fixed, minimiser: gameStrategy(C) })
}
