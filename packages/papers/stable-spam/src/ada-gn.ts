import { type Program, pow, type ScanKernels } from '@opt/core'
import { type FusedUpdate, fusedUpdate, type MemorySlot, type SlotOperation } from '@opt/optimizers'
import { groupsOf, pieces, scratch } from './ada-clip.ts'

export const scale: FusedUpdate<'factor'> = /* @__PURE__ */ fusedUpdate({
  name: 'scale',
  writes: ['gradient'],
  numbers: ['factor'],
  plain(n, { gradient: g }, { factor }) {
    for (let i = 0; i < n; i++) g[i] *= factor
  },
})

const FAR = 1125899906842624 // 2^50

/** Multiplies the gradient by a power of two that brings its largest entry near 1, and returns that power. */
function bringNear(slot: MemorySlot, size: number): number {
  // So often the type can represent the power.
  let left = slot.gradient.BYTES_PER_ELEMENT === 4 ? 2 : 20
  let factor = 1
  for (; size * factor > FAR && left > 0; left--) factor /= FAR
  for (; size * factor < 1 / FAR && left > 0; left--) factor *= FAR
  if (factor !== 1) slot.apply(scale, { factor })
  return factor
}

/** Returns sqrt(gamma a^2 + (1 - gamma) b^2), whose squares may be out of range. */
function rootOfMean(gamma: number, a: number, b: number): number {
  const larger = Math.max(a, b)
  if (larger === 0) return 0
  return larger * Math.sqrt(gamma * (a / larger) * (a / larger) + (1 - gamma) * (b / larger) * (b / larger))
}

/** Arguments of {@link adaGN}. */
export interface AdaGNArguments {
  /** The gradient's largest |entry|, from `adaClip`. */
  size: number
  gamma1: number
  gamma2: number
  epsilon: number
  steps: number
}

/**
 * AdaGN: scales the gradient to the norm ahat / (sqrt(chat) + epsilon), where ahat and chat are the
 * bias-corrected averages of its norm and of its squared norm. Follows `adaClip`.
 */
export const adaGN: SlotOperation<AdaGNArguments, void, ScanKernels> = {
  memory(slot, { size, gamma1, gamma2, epsilon, steps }) {
    const { length, gradient, numbers, kernels } = slot
    const near = size > 0 ? bringNear(slot, size) : 1
    const scaledNorm = Math.sqrt(kernels.squaredNorm(length, gradient))
    const norm = scaledNorm / near
    numbers.norm = gamma1 * numbers.norm + (1 - gamma1) * norm
    numbers.rootSquare = rootOfMean(gamma2, numbers.rootSquare, norm)
    if (norm === 0) return
    const meanNorm = numbers.norm / (1 - pow(gamma1, steps))
    const root = numbers.rootSquare / Math.sqrt(1 - pow(gamma2, steps)) + epsilon
    slot.apply(scale, { factor: meanNorm / root / scaledNorm })
  },
  device(slot, { gamma1, gamma2, epsilon, steps }) {
    const groups = groupsOf(slot.length)
    slot.run(squarePieces, { groups }, { workgroups: groups, scratch })
    const numbers = {
      groups,
      gamma1,
      rest1: 1 - gamma1,
      correction1: 1 / (1 - pow(gamma1, steps)),
      gamma2,
      rest2: 1 - gamma2,
      correction2: 1 / (1 - pow(gamma2, steps)),
      epsilon,
    }
    slot.run(normalizing, numbers, { workgroups: 1, scratch })
    slot.run(rescale, {}, { scratch })
  },
}

/** The sum of squares relative to the largest entry, scaling[2], so that nothing overflows. */
const squarePieces = /* @__PURE__ */ pieces(
  'squares',
  'held + (gradient[i] / max(scaling[2], 1e-37)) * (gradient[i] / max(scaling[2], 1e-37))',
  'sum_all',
  ['scaling'],
)

/** numbers[1] is the average of the norm, numbers[2] the root of that of its square. */
const normalizing: Program = {
  name: 'normalizing',
  reads: ['pieces'],
  writes: ['numbers', 'scaling'],
  numbers: ['groups: u32', 'gamma1', 'rest1', 'correction1', 'gamma2', 'rest2', 'correction2', 'epsilon'],
  body: `
  let square = sum_all(select(0.0, pieces[min(t, p.groups - 1u)], t < p.groups), t);
  if (t != 0u) { return; }
  let scaled = sqrt(square);
  let norm = scaling[2] * scaled;
  let mean = p.gamma1 * numbers[1] + p.rest1 * norm;
  let larger = max(max(numbers[2], norm), 1e-37);
  let old = numbers[2] / larger;
  let fresh = norm / larger;
  let root = larger * sqrt(p.gamma2 * old * old + p.rest2 * fresh * fresh);
  numbers[1] = mean;
  numbers[2] = root;
  let wanted = (mean * p.correction1) / (root * sqrt(p.correction2) + p.epsilon);
  scaling[1] = select(1.0, wanted / scaled, scaled > 0.0);`,
}

const rescale: Program = {
  name: 'rescale',
  reads: ['scaling'],
  writes: ['gradient'],
  each: 'n',
  body: 'gradient[i] = (gradient[i] / max(scaling[2], 1e-37)) * scaling[1];',
}
