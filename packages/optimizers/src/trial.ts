import { refuse } from '@opt/core'
import { type Floats, gather, place, scatter } from './parameters.ts'
import type { HeldSlot } from './slot.ts'

/** What a step may change of a slot, and room to remember it. */
interface Copy {
  slot: HeldSlot
  arrays: [what: string, live: Floats, kept: Floats][]
  names: string[]
  numbers: Float64Array
  steps: number
}

function copyOf(slot: HeldSlot): Copy {
  const { parameter, gradient, inputs, arrays, numbers } = slot
  const all = { ...arrays, parameters: parameter, ...inputs, gradients: gradient }
  return {
    slot,
    arrays: Object.entries(all).map(([what, live]) => [what, live, live.slice()]),
    names: Object.keys(numbers),
    numbers: Float64Array.from(Object.values(numbers)),
    steps: slot.steps,
  }
}

/** Steps in memory that are taken back when a number has left the range of its type. */
export class Trial {
  readonly #slots: readonly HeldSlot[]
  #copies: Copy[] | undefined

  constructor(slots: readonly HeldSlot[]) {
    this.#slots = slots
  }

  /** Remembers what the slots that take part hold. */
  begin(): void {
    for (const { source, parameter, active } of this.#slots) if (active && source !== null) gather(source, parameter)
    if (!this.#copies) {
      this.#copies = this.#slots.map(copyOf)
      return
    }
    for (const copy of this.#copies) {
      const { slot, arrays, names, numbers } = copy
      if (!slot.active) continue
      for (let k = 0; k < arrays.length; k++) arrays[k][2].set(arrays[k][1])
      for (let k = 0; k < names.length; k++) numbers[k] = slot.numbers[names[k]]
      copy.steps = slot.steps
    }
  }

  /**
   * Looks through what the step has made.
   *
   * @throws RangeError for the first number that is not finite, all being as it was at {@link begin}.
   */
  end(label: (slot: HeldSlot, what: string) => string): void {
    for (const { slot, arrays, names } of this.#copies!) {
      if (!slot.active) continue
      for (let k = 0; k < arrays.length; k++) {
        const what = arrays[k][0]
        const live = arrays[k][1]
        if (!(what === 'parameters' || what in slot.arrays)) continue
        const bad = slot.kernels.nonFinite(slot.length, live)
        if (bad < 0) continue
        const got = live[bad]
        this.back()
        const at = place(bad, slot.shape)
        const gradient = slot.gradient[bad]
        refuse(label(slot, what) + at, FINITE, `${got}, from a gradient of ${gradient}${UNCHANGED}`)
      }
      for (const name of names) {
        const got = slot.numbers[name]
        if (Number.isFinite(got)) continue
        this.back()
        refuse(label(slot, name), FINITE, `${got}${UNCHANGED}`)
      }
    }
  }

  /** Puts all back as it was at {@link begin}. */
  back(): void {
    for (const { slot, arrays, names, numbers, steps } of this.#copies!) {
      if (!slot.active) continue
      for (const [, live, kept] of arrays) live.set(kept)
      names.forEach((name, k) => {
        slot.numbers[name] = numbers[k]
      })
      slot.steps = steps
      if (slot.source !== null) scatter(slot.parameter, slot.source)
    }
  }
}

const FINITE = 'a finite number after the step'
const UNCHANGED = '; nothing has changed'
