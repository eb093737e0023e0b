import type { Matrix } from '@opt/core'
import ndarray from 'ndarray'
import { constant } from '../guidance.ts'
import { abundanceError, matchEndmembers } from '../metrics.ts'
import type { UnmixOptions } from '../options.ts'
import type { Scene } from '../scene.ts'
import type { Start } from '../start/whitened.ts'
import { type Unmixed, unmix } from '../unmix.ts'

/** The names of the methods that iterate, all from the same start. */
export type Method = 'NMF' | 'l1/2-NMF' | 'l2,1' | 'l2,1 + 1/2' | 'RRLbS'

const OPTIONS: Record<Method, UnmixOptions> = {
  NMF: { loss: 'frobenius', sparsity: 0 },
  'l1/2-NMF': { loss: 'frobenius', guidance: constant(0.5) },
  'l2,1': { sparsity: 0 },
  'l2,1 + 1/2': { guidance: constant(0.5) },
  RRLbS: {},
}

/** Runs a method for 200 iterations; its objective must never have risen, up to rounding. */
export function run(method: Method, Y: Matrix, start: Start, maxIterations = 200): Unmixed & { falls: boolean } {
  const K = start.abundances.shape[0]
  // Zeros never move: they become parts of 0.025 %, as in the default start.
  const { data, shape } = start.abundances
  const abundances = ndarray(
    data.map((v) => 0.999 * v + 0.001 / K),
    shape,
  )
  const initial = { endmembers: start.endmembers, abundances }
  const answer = unmix(Y, K, { ...OPTIONS[method], initial, maxIterations, tolerance: 0 })
  const falls = answer.history.every(
    ({ objective }, t) => t === 0 || objective <= answer.history[t - 1].objective * (1 + 1e-12),
  )
  return { ...answer, falls }
}

/** The errors of an answer: the mean spectral angle over the sound bands, and the root mean square abundance error. */
export interface Errors {
  angle: number
  rmse: number
  permutation: number[]
}

/** Compares an answer with the scene. */
export function errors(scene: Scene, endmembers: Matrix, abundances: Matrix): Errors {
  const bad = new Set(scene.badBands)
  const bands = Array.from({ length: scene.Y.shape[0] }, (_, l) => l).filter((l) => !bad.has(l))
  const { permutation, meanAngle } = matchEndmembers(endmembers, scene.M, { bands })
  return { angle: meanAngle, rmse: abundanceError(abundances, scene.A, permutation), permutation }
}
