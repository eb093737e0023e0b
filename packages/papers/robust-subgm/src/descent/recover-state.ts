import { number, options as optionsOf, refuse, show, vector } from '@opt/core'
import { checkFactor } from '../checks.ts'
import { checkState, type SubgmState } from './state.ts'

/** The state of {@link recover}: plain JSON. */
export interface RecoverState {
  /** The descent under way: the wide one, or a narrow one, cut to the rank that was found. */
  descent: SubgmState
  /** The wide descent, while a narrow one is under way; null before. */
  wide: SubgmState | null
  /** Whether the wide descent has come to its end. */
  ended: boolean
  /** The rank of the last cut; 0 before. */
  cut: number
  /** The factor of the narrow descent's step sizes. */
  shrink: number
  /** Its least scale so far, and the iterations since. */
  least: number
  waited: number
  /** The best factor so far; null before. */
  best: { rank: number; factor: number[]; noise: number } | null
}

/** The state before a descent from `descent`. */
export const startState = (descent: SubgmState): RecoverState => ({
  descent,
  wide: null,
  ended: false,
  cut: 0,
  shrink: 1,
  least: Number.MAX_VALUE,
  waited: 0,
  best: null,
})

/** A checked copy of a saved state. */
export function checkRecoverState(given: unknown, d: number): RecoverState {
  const { descent, wide, ended, cut, shrink, least, waited, best } = optionsOf(given as RecoverState, 'resume')
  if (typeof ended !== 'boolean') refuse('resume.ended', 'true or false', show(ended), 'type')
  return {
    descent: checkState(descent, d, 'resume.descent'),
    wide: wide === null ? null : checkState(wide, d, 'resume.wide'),
    ended,
    cut: number(cut, 'resume.cut', { integer: true, min: 0, max: d }),
    shrink: number(shrink, 'resume.shrink', { min: 0, max: 1 }),
    least: number(least, 'resume.least', { min: 0 }),
    waited: number(waited, 'resume.waited', { integer: true, min: 0 }),
    best: best === null ? null : checkBest(best, d),
  }
}

function checkBest(given: NonNullable<RecoverState['best']>, d: number) {
  const { rank, factor, noise } = optionsOf(given, 'resume.best')
  number(rank, 'resume.best.rank', { integer: true, min: 1, max: d })
  return {
    rank,
    factor: Array.from(checkFactor(vector(factor, 'resume.best.factor', { length: d * rank }), 'resume.best.factor')),
    noise: number(noise, 'resume.best.noise', { min: 0 }),
  }
}
