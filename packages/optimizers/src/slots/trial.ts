import { refuse } from '@opt/core'
import { scatter } from '../gather.ts'
import type { Floats } from '../parameters.ts'
import type { SlotInMemory } from './memory-slot.ts'

const FINITE = 'a finite number after the step'
const UNCHANGED = '; nothing has changed'

/** An array that a step may change, with its content before the step. */
interface SavedArray {
  what: string
  live: Floats
  saved: Floats
}

/** What a step may change of a slot, as it was before the step. */
interface Copy {
  slot: SlotInMemory
  arrays: SavedArray[]
  numbers: Record<string, number>
  steps: number
}

function copyOf(slot: SlotInMemory): Copy {
  const { parameter, gradient, inputs, arrays, numbers, steps } = slot
  const all = { ...arrays, parameters: parameter, ...inputs, gradients: gradient }
  return {
    slot,
    arrays: Object.entries(all).map(([what, live]) => ({ what, live, saved: live.slice() })),
    numbers: { ...numbers },
    steps,
  }
}

/** Takes steps that are undone if a number is not finite afterwards. */
export class Trial {
  readonly #slots: readonly SlotInMemory[]
  #copies: Copy[] | undefined

  constructor(slots: readonly SlotInMemory[]) {
    this.#slots = slots
  }

  /**
   * Takes a step, and undoes it if it throws or a number is not finite afterwards.
   *
   * @throws RangeError for the first such number.
   */
  run(step: () => void): void {
    this.#save()
    try {
      step()
      this.#check()
    } catch (error) {
      this.#restore()
      throw error
    }
  }

  #save(): void {
    for (const slot of this.#slots) if (slot.active) slot.open(true)
    if (!this.#copies) {
      this.#copies = this.#slots.map(copyOf)
      return
    }
    for (const copy of this.#copies) {
      const { slot } = copy
      if (!slot.active) continue
      for (const { live, saved } of copy.arrays) saved.set(live)
      for (const name in copy.numbers) copy.numbers[name] = slot.numbers[name]
      copy.steps = slot.steps
    }
  }

  #check(): void {
    for (const { slot, arrays, numbers } of this.#copies!) {
      if (!slot.active) continue
      for (const { what, live } of arrays) {
        if (!(what === 'parameters' || what in slot.arrays)) continue
        const bad = slot.kernels.nonFinite(slot.length, live)
        if (bad < 0) continue
        const gradient = arrays.find((one) => one.live === slot.gradient)!.saved[bad]
        refuse(slot.label(what, bad), FINITE, `${live[bad]}, from a gradient of ${gradient}${UNCHANGED}`)
      }
      for (const name in numbers)
        if (!Number.isFinite(slot.numbers[name])) refuse(slot.label(name), FINITE, `${slot.numbers[name]}${UNCHANGED}`)
    }
  }

  #restore(): void {
    for (const { slot, arrays, numbers, steps } of this.#copies!) {
      if (!slot.active) continue
      for (const { live, saved } of arrays) live.set(saved)
      Object.assign(slot.numbers, numbers)
      slot.steps = steps
      if (slot.source !== null) scatter(slot.parameter, slot.source)
    }
  }
}
