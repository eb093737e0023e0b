/** From a step on, a number was `value`, and grew by `slope` every step. */
interface Stretch {
  step: number
  value: number
  slope: number
}

/** The values of a number before each of some steps. Counts that grow evenly take no memory. */
export class Trail {
  readonly #stretches: Stretch[] = []

  #before(step: number): Stretch | undefined {
    return this.#stretches.findLast((stretch) => stretch.step <= step)
  }

  /** Returns the number before a recorded step. */
  at(step: number): number {
    const { step: since, value, slope } = this.#before(step)!
    return value + slope * (step - since)
  }

  /** Records the number before a step; to be called step by step. */
  record(step: number, value: number): void {
    const last = this.#stretches.length > 0
    if (last && this.at(step) === value) return
    this.#stretches.push({ step, value, slope: last ? value - this.at(step - 1) : 1 })
  }

  /** Drops what only earlier steps need. */
  forget(step: number): void {
    const needed = this.#before(step)
    if (needed) this.#stretches.splice(0, this.#stretches.indexOf(needed))
  }

  clear(): void {
    this.#stretches.length = 0
  }
}
