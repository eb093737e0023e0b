import { type BackendChoice, number, oneOf, refuse, show, type VectorLike } from '@opt/core'
import type { TransportSolution } from './solution.ts'

/** Potentials to start from, in the convention of the solution's `f` and `g`. */
export interface Potentials {
  f: VectorLike
  g: VectorLike
}

/** The levels of epsilon. */
export interface Annealing {
  /** First epsilon, as a multiple of the range of the cost. Default 0.1. */
  start?: number
  /** Ratio of epsilon from one level to the next. Default 3. */
  factor?: number
  /** L1 error to which levels before the last are solved. Default 1e-3. */
  tolerance?: number
}

/** Options of {@link sinkhornNewton}. */
export interface SinkhornNewtonOptions {
  /** Regularisation, in units of the cost; the paper's eta is 1 / epsilon. */
  epsilon: number
  /** Potentials to start from; if their error is below 0.1, the solve starts at the final epsilon. */
  initial?: Potentials | undefined
  /**
   * false: work at the final epsilon from the start, as the paper does; with a number as `keep` nothing else takes over
   * where that stalls. Default true.
   */
  annealing?: boolean | Annealing
  /** Sinkhorn iterations before Newton on each level (the paper's N1). Default 5. */
  warmup?: number
  /**
   * Entries of P kept in the Hessian: as many as the present error needs ('auto', default), or a fixed number (the
   * paper).
   */
  keep?: 'auto' | number
  /**
   * 'auto' drops at most forcing * min(1, sqrt(error)) of the mass, where the entries that hold all but a hundredth of
   * the error are more than a fifth; otherwise it keeps those. Default 0.1.
   */
  forcing?: number
  /** On the L1 error of both marginals, relative to the mass. Default 1e-9; float32 on a device reaches about 1e-6. */
  tolerance?: number | undefined
  /**
   * A device that does the work, such as `await webgpu()` of @opt/webgpu; or 'auto'. Only with
   * `sinkhornNewton.async`.
   */
  backend?: BackendChoice | undefined
}

/** The report of {@link sinkhornNewton} after each iteration. */
export interface SinkhornNewtonReport {
  phase: 'sinkhorn' | 'newton'
  /** Regularisation of the level being solved, in units of the cost. */
  epsilon: number
  /**
   * L1 error of both marginals at the level being solved, relative to the mass; above the tolerance it may leave out
   * what entries that are not kept have grown, which is bounded by half of it.
   */
  levelError: number
  /** `levelError` at the final epsilon; Infinity on the way there. */
  error: number
  /** Newton only: entries of P kept in the Hessian, CG iterations, step length. */
  kept?: number
  cg?: number
  step?: number
}

/** Numbers of iterations, those with fewer points among them. */
export interface Counts {
  sinkhornIterations: number
  newtonIterations: number
  cgIterations: number
}

/** Answer of {@link sinkhornNewton}. */
export type SinkhornNewtonSolution = TransportSolution & Counts

/** The options with their defaults. */
export interface Settings {
  warmup: number
  keep: 'auto' | number
  forcing: number
  tolerance: number
  annealing: Required<Annealing> | false
  initial: Potentials | undefined
}

/** Checks the options and fills in their defaults. */
export function checkSettings(options: SinkhornNewtonOptions): Settings {
  const { warmup = 5, keep = 'auto', forcing = 0.1, annealing = true } = options
  number(warmup, 'warmup', { integer: true, min: 1 })
  number(forcing, 'forcing', { positive: true })
  if (typeof keep === 'number') number(keep, 'keep', { integer: true, min: 1 })
  else oneOf(keep, 'keep', ['auto'])
  if (typeof annealing !== 'boolean' && (typeof annealing !== 'object' || annealing === null))
    refuse('annealing', 'true, false or an object', show(annealing), 'type')
  const { start = 0.1, factor = 3, tolerance = 1e-3 } = typeof annealing === 'object' ? annealing : {}
  number(start, 'annealing.start', { positive: true })
  number(tolerance, 'annealing.tolerance', { positive: true })
  if (!(Number.isFinite(factor) && factor > 1)) refuse('annealing.factor', 'greater than 1', show(factor))
  return {
    warmup,
    keep,
    forcing,
    tolerance: options.tolerance!,
    annealing: annealing === false ? false : { start, factor, tolerance },
    initial: options.initial,
  }
}
