import { number, refuse, show, type VectorLike, vector, vectorCopy } from '@opt/core'

/**
 * Moving averages of the domains' gradient variances, as Fishr in DomainBed takes them: the average of decay a is divided
 * by 1 - a, so that the newest variances enter with factor 1 and the older ones as constants.
 */
export class VarianceAverage {
  readonly decay: number
  #averages: Float64Array[] = []

  /**
   * @param decay in [0, 1); DomainBed has 0.95.
   * @throws TypeError or RangeError
   */
  constructor(decay = 0.95) {
    this.decay = number(decay, 'VarianceAverage: decay', { min: 0, max: 0.999999 })
  }

  /**
   * Takes in the newest variances, one vector per domain, and returns the corrected averages.
   *
   * @throws TypeError or RangeError when they are not vectors of the sizes of those before.
   */
  add(given: readonly VectorLike[]): Float64Array[] {
    const { decay } = this
    if (!Array.isArray(given)) refuse('VarianceAverage.add: variances', 'an array of vectors', show(given), 'type')
    const variances = Array.from(given, (v, e) => vector(v as VectorLike, `VarianceAverage.add: variances[${e}]`))
    if (this.#averages.length > 0) this.#check(variances)
    this.#averages = variances.map((v, e) =>
      v.map((entry, j) => decay * (this.#averages[e]?.[j] ?? 0) + (1 - decay) * entry),
    )
    return this.#averages.map((average) => average.map((entry) => entry / (1 - decay)))
  }

  #check(variances: readonly Float64Array[]): void {
    const size = (of: readonly Float64Array[]) => `${of.length} domains of ${of[0]?.length} parameters`
    if (size(variances) !== size(this.#averages))
      refuse('VarianceAverage.add: variances', size(this.#averages), size(variances))
  }

  /** Returns the averages, before their correction: plain JSON. */
  state(): number[][] {
    return this.#averages.map((average) => Array.from(average))
  }

  /** Restores a saved state. */
  load(state: readonly (readonly number[])[]): void {
    if (!Array.isArray(state)) refuse('VarianceAverage.load: state', 'what state() returned', show(state), 'type')
    const averages = Array.from(state, (average, e) => vectorCopy(average, `VarianceAverage.load: state[${e}]`))
    this.#averages = averages
  }
}
