import { type Program, pow, type ScanKernels } from '@opt/core'
import { type FusedUpdate, fusedUpdate, type SlotOperation } from '@opt/optimizers'

/** Multiplies entries whose absolute value is above a limit by a factor. */
export const scaleAbove: FusedUpdate<'limit' | 'factor'> = /* @__PURE__ */ fusedUpdate({
  name: 'scaleAbove',
  writes: ['gradient'],
  numbers: ['limit', 'factor'],
  plain(n, { gradient: g }, { limit, factor }) {
    for (let i = 0; i < n; i++) if (Math.abs(g[i]) > limit) g[i] *= factor
  },
})

/**
 * AdaClip: scales the gradient's entries above the bias-corrected average of its largest entries by one
 * factor, so that the largest becomes that average. The average already includes the current gradient.
 *
 * @returns the largest |entry| after clipping; on a device, which cannot answer within a step, NaN.
 */
export const adaClip: SlotOperation<{ gamma3: number; steps: number }, number, ScanKernels> = {
  memory(slot, { gamma3, steps }) {
    const { length, gradient, numbers, kernels } = slot
    const largest = kernels.largest(length, gradient)
    numbers.largest = gamma3 * numbers.largest + (1 - gamma3) * largest
    const limit = numbers.largest / (1 - pow(gamma3, steps))
    if (largest <= limit) return largest
    slot.apply(scaleAbove, { limit, factor: limit / largest })
    return limit
  },
  device(slot, { gamma3, steps }) {
    const groups = groupsOf(slot.length)
    slot.run(largestPieces, { groups }, { workgroups: groups, scratch })
    const numbers = { groups, gamma: gamma3, rest: 1 - gamma3, correction: 1 / (1 - pow(gamma3, steps)) }
    slot.run(clipping, numbers, { workgroups: 1, scratch })
    slot.run(scaleLarge, {}, { scratch })
    return Number.NaN
  },
}

/** The largest number of workgroups that reduce a gradient, each a part of it. */
const PIECES = 256

export const groupsOf = (n: number): number => Math.min(PIECES, Math.ceil(n / 256))

/**
 * Scratch of AdaClip and AdaGN on a device: a partial result of each workgroup, and the scaling: AdaClip
 * multiplies entries above scaling[0] by scaling[1], AdaGN all entries over scaling[2], their largest.
 */
export const scratch: Readonly<Record<'pieces' | 'scaling', number>> = { pieces: PIECES, scaling: 3 }

/** Makes a reduction of the gradient to one number for each workgroup. */
export const pieces = (name: string, next: string, merge: string, reads: readonly string[] = []): Program => ({
  name,
  reads: ['gradient', ...reads],
  writes: ['pieces'],
  numbers: ['n: u32', 'groups: u32'],
  body: `
  var held = 0.0;
  for (var i = group * 256u + t; i < p.n; i += 256u * p.groups) { held = ${next}; }
  let all = ${merge}(held, t);
  if (t == 0u) { pieces[group] = all; }`,
})

const largestPieces = /* @__PURE__ */ pieces('largest', 'max(held, abs(gradient[i]))', 'max_all')

/** numbers[0] is the average of the largest entries. */
const clipping: Program = {
  name: 'clipping',
  reads: ['pieces'],
  writes: ['numbers', 'scaling'],
  numbers: ['groups: u32', 'gamma', 'rest', 'correction'],
  body: `
  let largest = max_all(select(0.0, pieces[min(t, p.groups - 1u)], t < p.groups), t);
  if (t != 0u) { return; }
  let average = p.gamma * numbers[0] + p.rest * largest;
  numbers[0] = average;
  let limit = average * p.correction;
  scaling[0] = limit;
  scaling[1] = select(1.0, limit / largest, largest > limit);
  scaling[2] = min(largest, limit);`,
}

const scaleLarge: Program = {
  name: 'scaleLarge',
  reads: ['scaling'],
  writes: ['gradient'],
  each: 'n',
  body: 'if (abs(gradient[i]) > scaling[0]) { gradient[i] *= scaling[1]; }',
}
