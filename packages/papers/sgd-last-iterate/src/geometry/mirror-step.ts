import { number, options as optionsOf, refuse, show, type VectorLike, vector } from '@opt/core'
import { type Workspace, workspace } from '../runs/workspace.ts'
import { type ConvexityMap, checkMap, euclidean } from './maps.ts'
import { type Solve, solveFor, type Term } from './terms.ts'

/** Where a method runs. */
export interface Geometry {
  /** The mirror map psi. Default euclidean(). */
  map?: ConvexityMap | undefined
  /** The composite term h. Default none. */
  term?: Term | undefined
}

/** A composite mirror step on the points of a workspace. */
export class MirrorStep {
  readonly #space: Workspace
  readonly #map: ConvexityMap
  readonly #solve: Solve
  /** The weight of ||x||_1, when the step is Euclidean and has no other term. */
  readonly #shrinks: number | undefined

  constructor(space: Workspace, map: ConvexityMap, term: Term | undefined, label: string) {
    this.#space = space
    this.#map = map
    this.#solve = solveFor(map, term, label)
    this.#shrinks = map.name === 'euclidean' ? l1Weight(term) : undefined
  }

  /**
   * Replaces x by argmin h(x') + <ghat, x'> + D(x', x)/eta. Returns false, and leaves x alone, when ghat or the
   * point is not finite.
   */
  advance(x: Float64Array, eta: number): boolean {
    const { ghat, theta, zeros, kernels } = this.#space
    const n = x.length
    // Not 0 once an entry is not finite.
    let probe: number
    if (this.#shrinks !== undefined) probe = kernels.softDescend(n, eta, eta * this.#shrinks, ghat, x, theta)
    else {
      theta.set(x)
      this.#map.gradientInPlace(theta)
      kernels.axpy(n, -eta, ghat, theta)
      this.#solve(theta, eta)
      probe = kernels.dot(n, ghat, zeros) + kernels.dot(n, theta, zeros)
    }
    if (probe !== 0) return false
    x.set(theta)
    return true
  }
}

/** 0 without a term; undefined for another term than l1Norm. */
const l1Weight = (term: Term | undefined) =>
  term === undefined ? 0 : term.kind === 'l1Norm' ? (term as { weight?: number }).weight : undefined

/**
 * Returns one step of composite mirror descent, argmin h(x') + <gradient, x'> + D(x', x)/eta, as a new
 * vector.
 *
 * @param x a point of the domain of the map; for entropy() an entry that is 0 stays 0.
 * @param eta the step size, > 0.
 * @throws RangeError or TypeError when an argument is wrong, the step of this map and term has no closed
 * form, or the point overflows.
 */
export function mirrorStep(x: VectorLike, gradient: VectorLike, eta: number, options: Geometry = {}): Float64Array {
  const { map = euclidean(), term } = optionsOf(options, 'mirrorStep: options', ['map', 'term'])
  checkMap(map, 'mirrorStep: map')
  const from = vector(x, 'mirrorStep: x', { sign: map.name === 'entropy' ? 'nonnegative' : 'any' })
  const to = vector(gradient, 'mirrorStep: gradient', { length: from.length })
  number(eta, 'mirrorStep: eta', { positive: true })
  const space = workspace(from.length, 1)
  const step = new MirrorStep(space, map, term, 'mirrorStep')
  const [next] = space.points
  next.set(from)
  space.ghat.set(to)
  if (!step.advance(next, eta)) refuse('mirrorStep: eta', 'such that the next point is finite', show(eta))
  return next.slice()
}
