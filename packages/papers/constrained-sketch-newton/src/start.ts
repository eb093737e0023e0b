import { number, Random, type RandomState, randomFrom, refuse, show, type VectorLike, vectorCopy } from '@opt/core'
import { symmetricEigen } from '@opt/curvature'
import ndarray from 'ndarray'
import { type AdaSketchNewtonOptions, type AdaSketchNewtonState, settings } from './options.ts'
import type { Point } from './problem.ts'

interface Start {
  x: Float64Array
  /** Undefined: those of the options. */
  multipliers: VectorLike | undefined
  eta1: number
  eta2: number
  delta: number
  kappa: number
  k: number
  random: RandomState | undefined
}

/** Where a run starts: at x with the numbers of the options, or at a saved state. */
export function startOf(start: VectorLike | AdaSketchNewtonState, options: AdaSketchNewtonOptions): Start {
  if (!isState(start)) {
    const { eta1, eta2, delta, kappa } = settings(options)
    return { x: vectorCopy(start, 'start'), multipliers: undefined, eta1, eta2, delta, kappa, k: 0, random: undefined }
  }
  new Random(start.random)
  return {
    x: vectorCopy(start.x, 'start.x'),
    multipliers: start.multipliers,
    eta1: number(start.eta1, 'start.eta1', { nonnegative: true }),
    eta2: number(start.eta2, 'start.eta2', { positive: true }),
    delta: number(start.delta, 'start.delta', { positive: true }),
    kappa: number(start.kappa, 'start.kappa', { positive: true }),
    k: number(start.k, 'start.k', { integer: true, min: 0 }),
    random: start.random,
  }
}

/**
 * Returns the generator of a saved state, or of a seed.
 *
 * @throws Error when its state cannot be saved.
 */
export function generatorOf({ random }: Start, seed: number | Random = 0): Random {
  const generator = random === undefined ? randomFrom(seed, 'seed') : new Random(random)
  generator.state()
  return generator
}

const isState = (start: unknown): start is AdaSketchNewtonState =>
  typeof start === 'object' && start !== null && 'x' in start

/** Sets the multipliers of an evaluated point: those of a state, or of the options. */
export function firstMultipliers(
  point: Point,
  saved: VectorLike | undefined,
  chosen: AdaSketchNewtonOptions['multipliers0'],
): void {
  const m = point.multipliers.length
  if (typeof chosen === 'string' && chosen !== 'leastSquares')
    refuse('multipliers0', "'leastSquares' or a vector", show(chosen))
  const given = saved ?? chosen
  if (given !== undefined && given !== 'leastSquares') {
    if (m === 0 && (given as ArrayLike<number>).length === 0) return
    point.multipliers.set(vectorCopy(given as VectorLike, saved ? 'start.multipliers' : 'multipliers0', { length: m }))
  } else if (given === 'leastSquares' && m > 0) point.multipliers.set(leastSquaresMultipliers(point))
  point.combine()
}

/** Eigenvalues of G G' below this share of the largest one count as zero. */
const RANK = 1e-12

/** The least-norm l that minimises |g + G'l|: l = -(G G')^+ G g. */
export function leastSquaresMultipliers({ g, G, multipliers }: Point): Float64Array {
  const [n, m] = [g.length, multipliers.length]
  const [gram, b] = [new Float64Array(m * m), new Float64Array(m)]
  for (let i = 0; i < m; i++) {
    for (let k = 0; k < n; k++) b[i] -= G[i * n + k] * g[k]
    for (let j = 0; j < m; j++) for (let k = 0; k < n; k++) gram[i * m + j] += G[i * n + k] * G[j * n + k]
  }
  const { values, vectors } = symmetricEigen(ndarray(gram, [m, m]))
  const l = new Float64Array(m)
  for (let k = 0; k < m; k++) {
    if (!(values[k] > RANK * values[m - 1])) continue
    let product = 0
    for (let i = 0; i < m; i++) product += vectors!.data[i * m + k] * b[i]
    for (let i = 0; i < m; i++) l[i] += (product / values[k]) * vectors!.data[i * m + k]
  }
  return l
}
