import { number, refuse, show, type VectorLike, vectorCopy } from '@opt/core'

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
    const variances = equalVectors(given, 'VarianceAverage.add: variances', 'an array of vectors')
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
    this.#averages = equalVectors(state, 'VarianceAverage.load: state', 'what state() returned')
  }
}

/** Copies vectors of equal length. */
function equalVectors(given: readonly VectorLike[], label: string, allowed: string): Float64Array[] {
  if (!Array.isArray(given)) refuse(label, allowed, show(given), 'type')
  const copies: Float64Array[] = []
  for (const [e, v] of given.entries()) copies.push(vectorCopy(v, `${label}[${e}]`, { length: copies[0]?.length }))
  return copies
}
