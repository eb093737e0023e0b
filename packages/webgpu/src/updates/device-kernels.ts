import { type DeviceArray, type DeviceKernels, type Program, WORKGROUP } from '@opt/core'
import { rates } from './elementwise.ts'
import type { DeviceArrays, Guarded, StateArray } from './guarded.ts'
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
  const inPieces = (program: Program, n: number, g: DeviceArray, more: DeviceArrays = {}) => {
    const groups = Math.min(PIECES, Math.ceil(n / WORKGROUP))
    guarded.check(program, n, { g })
    guarded.run(program, { g, pieces: room('pieces', PIECES), ...more }, { n, groups }, groups)
    return groups
  }

  return {
    findInvariance(rows, n, x, g, delta, floor) {
      const [sums, found] = [room('products', 4 * rows), room('found', 2)]
      const bounds = { by_row: delta / Math.sqrt(n), by_all: delta / Math.sqrt(rows * n), floor }
      guarded.check(products, rows * n, { x, g })
      guarded.run(products, { x, g, products: sums }, { n }, rows)
      guarded.run(decide, { products: sums, found }, { rows, ...bounds }, 1)
    },
    projectAndDescend(rows, n, x, u, rate, keep, keepProjected, epsilon) {
      guarded.check(projectedDescent, rows * n, { u, x })
      const [sums, found] = [room('products', 4 * rows), room('found', 2)]
      const [dots, lost] = [room('dots', rows), room('shares', rows)]
      guarded.run(along, { x, u, found, dots }, { n }, rows)
      guarded.run(shares, { products: sums, found, dots, shares: lost }, { rows, epsilon }, 1)
      const numbers = { n: rows * n, columns: n, rate, keep, keep_projected: keepProjected }
      guarded.run(projectedDescent, { u, shares: lost, found, x }, numbers)
    },
    averageBlocks(blocks, n, d) {
      guarded.check(averageBlocks, blocks * n, { d })
      if (n > SMALL) guarded.run(averageBlocks, { d }, { n }, blocks)
      else guarded.run(averageSmallBlocks, { d }, { n: blocks, columns: n })
    },
    adahessianPower(n, x, m, v, g, h, rate, correct, keep, beta1, beta2, epsilon, power) {
      const numbers = { rate, correct, keep, ...rates(beta1, beta2), epsilon, power }
      guarded.each(adahessianPower, n, { g, h, x, m, v }, numbers)
    },
    clipToHistory(n, g, kept, gamma, correction) {
      const groups = inPieces(largestPieces, n, g)
      const scaling = room('scaling', 3)
      const numbers = { groups, gamma, rest: 1 - gamma, correct: correction }
      guarded.run(clipping, { pieces: room('pieces', PIECES), kept, scaling }, numbers, 1)
      guarded.run(scale, { scaling, g }, { n })
    },
    normalizeToHistory(n, g, kept, gamma1, gamma2, correction1, correction2, epsilon) {
      const scaling = room('scaling', 3)
      const groups = inPieces(squarePieces, n, g, { scaling })
      const averages = { gamma1, rest1: 1 - gamma1, gamma2, rest2: 1 - gamma2 }
      const numbers = { groups, ...averages, correct1: correction1, correct2: correction2, epsilon }
      guarded.run(normalizing, { pieces: room('pieces', PIECES), kept, scaling }, numbers, 1)
      guarded.run(rescale, { scaling, g }, { n })
    },
  }
}
