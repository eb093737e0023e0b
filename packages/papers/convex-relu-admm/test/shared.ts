import type { Tolerance } from '@opt/testing'
import { type LossName, type NetworkLike, predict } from '../src/index.ts'
import { losses } from '../src/program/losses.ts'

// The golden files were made by a numpy prototype, and by CLARABEL at 1e-11, in float64.

/** A tolerance relative to the largest expected number, or 1. */
export const within = (tolerance: number): Tolerance => ({ absolute: tolerance, ofLargest: tolerance })

/** [2][n][P] of the golden files as our 2 P x n. */
export const byPattern = (x: readonly (readonly (readonly number[])[])[]): number[] =>
  x.flatMap((half) => half[0].flatMap((_, i) => half.map((row) => row[i])))

/** The patterns as strings of bits. */
export const strings = ({ rows, count, bits }: { rows: number; count: number; bits: Uint8Array }): string[] =>
  Array.from({ length: count }, (_, i) => bits.subarray(i * rows, (i + 1) * rows).join(''))

/** The network's loss, summed over rows, each at the worst corner of its box. */
export function worstLoss(
  network: NetworkLike,
  {
    X,
    y,
    loss,
    epsilon,
    perturbed,
  }: {
    X: number[][]
    y: number[]
    loss: LossName
    epsilon: number
    perturbed: boolean[]
  },
): number {
  const J = perturbed.flatMap((p, j) => (p ? [j] : []))
  let sum = 0
  for (const [k, x] of X.entries()) {
    let worst = 0
    for (let corner = 0; corner < 2 ** J.length; corner++) {
      const moved = [...x]
      for (const [b, j] of J.entries()) moved[j] += (corner >> b) & 1 ? epsilon : -epsilon
      worst = Math.max(worst, losses[loss].value(predict(network, [moved])[0], y[k]))
    }
    sum += worst
  }
  return sum
}
