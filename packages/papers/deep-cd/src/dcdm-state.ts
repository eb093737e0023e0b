import { boolean, decodeFloats, encodeFloats, number, options, refuse, show, vector } from '@opt/core'
import type { ConjugateMemory } from './baselines/conjugate-steps.ts'
import type { ConjugateDirections } from './system/conjugate-directions.ts'
import type { Problem } from './system/problem.ts'

/** A run of {@link dcdm} that was stopped: plain JSON; arrays are base64 of their little-endian float64 bytes. */
export interface DcdmState {
  /** Iterations so far. */
  iterations: number
  fallbacks: number
  /** The last errors, the newest at the end. */
  errors: number[]
  /** x divided by the largest |entry| of b. */
  x: string
  /** The directions kept, oldest first, with their products. */
  directions: { p: string; Ap: string; curvature: number }[]
  /** Conjugate gradients, once they have taken over. */
  rescue?: { after: number; r: string; p: string; rz: number; measured: number; stalled: boolean }
}

/** What {@link dcdm} carries from one iteration to the next, besides the problem. */
export interface Progress {
  /** Iterations of the runs before. */
  before: number
  fallbacks: number
  errors: number[]
  directions: ConjugateDirections
  rescue?: { after: number; memory: ConjugateMemory }
}

/** Saves a run; `recent` errors are kept. */
export function saved(problem: Problem, progress: Progress, recent: number): DcdmState {
  const { before, fallbacks, errors, directions, rescue } = progress
  const state: DcdmState = {
    iterations: before + errors.length - 1,
    fallbacks,
    errors: errors.slice(-recent),
    x: encodeFloats(problem.x),
    directions: directions
      .list()
      .map(({ p, Ap, curvature }) => ({ p: encodeFloats(p), Ap: encodeFloats(Ap), curvature })),
  }
  if (!rescue) return state
  const { p, ...numbers } = rescue.memory
  return { ...state, rescue: { after: rescue.after, r: encodeFloats(problem.r), p: encodeFloats(p), ...numbers } }
}

/** Restores what {@link saved} wrote into a problem and a run that has not begun. */
export function restore(given: DcdmState, problem: Problem, progress: Progress): void {
  const { n, x, r } = problem
  const floats = (text: unknown, label: string) => vector(decodeFloats(text, Float64Array, n, label), label)
  const state = options(given, 'resume')
  const iterations = number(state.iterations, 'resume.iterations', { integer: true, min: 1 })
  progress.fallbacks = number(state.fallbacks, 'resume.fallbacks', { integer: true, min: 0 })
  progress.errors = list(state.errors, 'resume.errors').map((error, k) => number(error, `resume.errors[${k}]`))
  if (progress.errors.length === 0) refuse('resume.errors', 'nonempty', 'length 0')
  progress.before = iterations + 1 - progress.errors.length
  x.set(floats(state.x, 'resume.x'))
  problem.measure()
  for (const [k, direction] of list(state.directions, 'resume.directions').entries()) {
    const label = `resume.directions[${k}]`
    const { p, Ap, curvature } = options(direction, label)
    const positive = number(curvature, `${label}.curvature`, { positive: true })
    progress.directions.store(floats(p, `${label}.p`), floats(Ap, `${label}.Ap`), positive)
  }
  if (state.rescue === undefined) return
  const rescue = options(state.rescue, 'resume.rescue')
  r.set(floats(rescue.r, 'resume.rescue.r'))
  problem.sized()
  progress.rescue = {
    after: number(rescue.after, 'resume.rescue.after', { integer: true, min: 0 }),
    memory: {
      p: floats(rescue.p, 'resume.rescue.p').slice(),
      rz: number(rescue.rz, 'resume.rescue.rz', { nonnegative: true }),
      measured: number(rescue.measured, 'resume.rescue.measured', { nonnegative: true }),
      stalled: boolean(rescue.stalled, 'resume.rescue.stalled'),
    },
  }
}

function list<T>(given: T[], label: string): T[] {
  return Array.isArray(given) ? given : refuse(label, 'an array', show(given), 'type')
}
