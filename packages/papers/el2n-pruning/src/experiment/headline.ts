import { select } from '../selection/select.ts'
import type { Scoring } from './repeats.ts'
import type { Arm } from './study.ts'

/** EL2N of five networks after two epochs, by the true and by the noisy labels. */
export const EL2N: Scoring = { job: { epochs: 2 } }
export const NOISY_EL2N: Scoring = { job: { epochs: 2 }, noisy: true }
export const GRAND_AT_START: Scoring = { job: { epochs: 0, score: 'grand' } }

/** Keeps the examples with the highest scores. */
export const hardest = (scoring: Scoring, keep: number): Arm => ({
  subset: (repeat) => select(repeat.scores(scoring), { keep }),
})

/** Keeps random examples. */
export const atRandom = (keep: number): Arm => ({ subset: (repeat) => repeat.randomSubset(keep) })

/** Fractions of the training set that the headline keeps. */
export const KEPT: readonly number[] = [0.5, 0.3, 0.1]

const byFraction = (arm: (keep: number) => Arm): Record<number, Arm> =>
  Object.fromEntries(KEPT.map((keep) => [keep, arm(keep)]))

export const ALL: Arm = hardest(EL2N, 1)
export const HARDEST: Record<number, Arm> = byFraction((keep) => hardest(EL2N, keep))
export const RANDOM: Record<number, Arm> = byFraction(atRandom)
export const HARDEST_AT_START: Arm = hardest(GRAND_AT_START, 0.3)

/** With a tenth of the labels permuted: most of the hardest examples are wrong. */
export const NOISY: Record<'all' | 'hardest' | 'window' | 'random', Arm> = {
  all: { ...hardest(NOISY_EL2N, 1), noisy: true, watch: true },
  hardest: { ...hardest(NOISY_EL2N, 0.4), noisy: true },
  window: {
    subset: (repeat) => select(repeat.scores(NOISY_EL2N), { keep: 0.4, from: { offset: 0.5 } }),
    noisy: true,
  },
  random: { ...atRandom(0.4), noisy: true },
}

/** Everything that is trained for the headline. Random subsets are drawn in this order. */
export const HEADLINE: Arm[] = [
  ALL,
  ...Object.values(HARDEST),
  ...Object.values(RANDOM),
  HARDEST_AT_START,
  ...Object.values(NOISY),
]
