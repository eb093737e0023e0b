import type { DeviceArray, DeviceKernels } from '@opt/core'
import { THREADS } from '../program.ts'
import { rates } from './elementwise.ts'
import type { Guarded, StateArray } from './guarded.ts'
import { clipping, largestPieces, normalizing, PIECES, rescale, scale, squarePieces } from './history.ts'
import { adahessianPower } from './programs.ts'
import { along, averageBlocks, averageSmallBlocks, decide, products, projectedDescent, shares } from './rows.ts'

/** Up to so many entries are one thread's work. */
const SMALL = 64

/** Updates with a number within the step, which stays on the device. */
export function deviceKernels(guarded: Guarded): DeviceKernels<DeviceArray> {
  const scratch = new Map<string, StateArray>()
  /** Room for intermediate numbers; steps follow each other, so parameters take turns. */
  const room = (name: string, length: number): StateArray => {
    const held = scratch.get(name)
    if (held && held.length >= length) return held
    held?.free()
    const array = guarded.array(length)
    scratch.set(name, array)
    return array
  }
  const inPieces = (program: typeof squarePieces, n: number, g: DeviceArray, more: DeviceArray[] = []) => {
    const groups = Math.min(PIECES, Math.ceil(n / THREADS))
    guarded.check(program, n, [g], [])
    guarded.run(program, [g, ...more], [room('pieces', PIECES)], [n, groups], groups)
    return groups
  }

  return {
    findInvariance(rows, n, x, g, delta, floor) {
      const [sums, found] = [room('products', 4 * rows), room('found', 2)]
      guarded.check(products, rows * n, [x, g], [])
      guarded.run(products, [x, g], [sums], [rows, n], rows)
      guarded.run(decide, [sums], [found], [rows, delta / Math.sqrt(n), delta / Math.sqrt(rows * n), floor], 1)
    },
    projectAndDescend(rows, n, x, u, rate, keep, keepProjected, epsilon) {
      guarded.check(projectedDescent, rows * n, [u], [x])
      const [sums, found] = [room('products', 4 * rows), room('found', 2)]
      const [dots, lost] = [room('dots', rows), room('shares', rows)]
      guarded.run(along, [x, u, found], [dots], [rows, n], rows)
      guarded.run(shares, [sums, found, dots], [lost], [rows, epsilon], 1)
      const numbers = [rows * n, n, rate, keep, keepProjected]
      guarded.run(projectedDescent, [u, lost, found], [x], numbers, Math.ceil((rows * n) / THREADS))
    },
    averageBlocks(blocks, n, d) {
      guarded.check(averageBlocks, blocks * n, [], [d])
      if (n > SMALL) guarded.run(averageBlocks, [], [d], [blocks, n], blocks)
      else guarded.run(averageSmallBlocks, [], [d], [blocks, n], Math.ceil(blocks / THREADS))
    },
    adahessianPower(n, x, m, v, g, d, rate, correct, keep, beta1, beta2, epsilon, power) {
      const numbers = [rate, correct, keep, ...rates(beta1, beta2), epsilon, power]
      guarded.each(adahessianPower, n, [g, d], [x, m, v], numbers)
    },
    clipToHistory(n, g, kept, gamma, correction) {
      const groups = inPieces(largestPieces, n, g)
      const scaling = room('scaling', 3)
      guarded.run(clipping, [room('pieces', PIECES)], [kept, scaling], [groups, gamma, 1 - gamma, correction], 1)
      guarded.run(scale, [scaling], [g], [n], Math.ceil(n / THREADS))
    },
    normalizeToHistory(n, g, kept, gamma1, gamma2, correction1, correction2, epsilon) {
      const scaling = room('scaling', 3)
      const groups = inPieces(squarePieces, n, g, [scaling])
      const numbers = [groups, gamma1, 1 - gamma1, gamma2, 1 - gamma2, correction1, correction2, epsilon]
      guarded.run(normalizing, [room('pieces', PIECES)], [kept, scaling], numbers, 1)
      guarded.run(rescale, [scaling], [g], [n], Math.ceil(n / THREADS))
    },
  }
}
