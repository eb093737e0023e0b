/** From this step on, a number was `value`, and `slope` more with every step. */
interface Stretch {
  step: number
  value: number
  slope: number
}

/** What a number was before each of some steps. Counts that grow evenly take no room. */
export class Trail {
  readonly #stretches: Stretch[] = []

  #before(step: number): Stretch | undefined {
    return this.#stretches.findLast((stretch) => stretch.step <= step)
  }

  /** The number before a step that has been recorded. */
  at(step: number): number {
    const { step: since, value, slope } = this.#before(step)!
    return value + slope * (step - since)
  }

  /** The number before a step, recorded step by step. */
  record(step: number, value: number): void {
    const last = this.#stretches.length > 0
    if (last && this.at(step) === value) return
    this.#stretches.push({ step, value, slope: last ? value - this.at(step - 1) : 1 })
  }

  /** Steps before that one will not be asked for. */
  forget(step: number): void {
    const needed = this.#before(step)
    if (needed) this.#stretches.splice(0, this.#stretches.indexOf(needed))
  }

  clear(): void {
    this.#stretches.length = 0
  }
}
