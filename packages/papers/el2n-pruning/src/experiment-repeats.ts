import { type ExperimentContext, random } from '@opt/core'
import type { Arm } from './experiment-arms.ts'
import { type Digits, type Split, splitDigits } from './experiment-data.ts'
import { permuteLabels } from './noise.ts'
import { select } from './select.ts'

/** Shares of the training set that the headline keeps. */
export const KEPT: readonly number[] = [0.5, 0.3, 0.1]

/** One repeat: its own split, seeds, noise and random subsets. */
export interface Repeat {
  split: Split
  /** Of ten scoring networks. */
  seeds: number[]
  /** Of the network that is trained in the end. */
  finalSeed: number
  noisy: Int32Array
  changed: Int32Array
  /** A random subset. */
  chance(keep: number): Int32Array
}

export function makeRepeats(digits: Digits, { scale, seed }: ExperimentContext): Repeat[] {
  const root = random(seed)
  return Array.from({ length: scale === 'quick' ? 1 : 5 }, () => {
    const rng = root.split()
    const split = splitDigits(digits, rng)
    const noise = permuteLabels(split.labels, { fraction: 0.1, seed: rng })
    const draw = () => rng.integer(0, 4294967296)
    const [seeds, finalSeed] = [Array.from({ length: 10 }, draw), draw()]
    const chance = (keep: number) => select(split.labels, { keep, from: 'random', seed: rng })
    return { split, seeds, finalSeed, noisy: noise.labels, changed: noise.changed, chance }
  })
}

/** The subsets of the headline: everything, the hardest and a random share of it. */
export function headlineArms({ split, finalSeed, chance }: Repeat, scores: Float64Array, atStart: Float64Array): Arm[] {
  const arm = (name: string, subset: Int32Array): Arm => ({ name, subset, split, seed: finalSeed })
  return [
    arm('all', select(scores, { keep: 1 })),
    ...KEPT.flatMap((keep) => [arm(`el2n ${keep}`, select(scores, { keep })), arm(`random ${keep}`, chance(keep))]),
    arm('grand at start', select(atStart, { keep: 0.3 })),
  ]
}

/** The same with a tenth of the labels permuted: what is hardest is mostly wrong. */
export function noisyArms({ split, finalSeed, noisy, changed, chance }: Repeat, scores: Float64Array): Arm[] {
  const arm = (name: string, subset: Int32Array): Arm => ({ name, subset, split, seed: finalSeed, labels: noisy })
  return [
    { ...arm('noisy all', select(scores, { keep: 1 })), watch: changed },
    arm('noisy hardest', select(scores, { keep: 0.4 })),
    arm('noisy window', select(scores, { keep: 0.4, from: { offset: 0.5 } })),
    arm('noisy random', chance(0.4)),
  ]
}
