import { number, oneOf, options as optionsOf, refuse, type VectorLike, vectorCopy } from '@opt/core'
import { deltaFromRdp, epsilonFromRdp } from './conversion.ts'
import { fraction, gaussianDelta, gaussianEpsilon } from './gaussian.ts'
import { fixedSizeCurve, LARGEST_ORDER, ORDERS, rdpGaussian, rdpPoisson } from './renyi.ts'

/** One release with Gaussian noise. */
export interface PrivacyEvent {
  /** Whether it saw all records, a Poisson sample, or a sample of fixed size. Default 'all'. */
  sampling?: 'all' | 'poisson' | 'fixed' | undefined
  /**
   * The noise's deviation / the release's sensitivity, between 1e-3 (Poisson 0.02, fixed size 0.1) and 1e9; Infinity for a
   * release of no data.
   */
  noiseMultiplier: number
  /** The share of the records that a sample has. Default 1. */
  rate?: number | undefined
}

/** The least noise multipliers whose divergences are computed. */
const SMALLEST = { all: 1e-3, poisson: 0.02, fixed: 0.1 }

/** Options of {@link Accountant}. */
export interface AccountantOptions {
  /** The Renyi orders. Default 1.25, 1.5, 1.75, 2, 3, ..., 32, 40, 48, 64. */
  orders?: VectorLike | undefined
  /**
   * 'exact' (default): releases without sampling are one Gaussian mechanism. 'renyi': always by Renyi divergences, as
   * noise on a grid needs.
   */
  method?: 'exact' | 'renyi' | undefined
}

/**
 * Adds up the privacy that releases cost a record, whichever were chosen after seeing which. Exact as long as none was
 * sampled; otherwise by Renyi divergences. A Poisson sample counts for neighbours of which one lacks a record
 * ('zero-out'), one of fixed size for those that differ by a replaced record ('replace'); the two cannot be mixed.
 *
 * @throws TypeError or RangeError for wrong options.
 */
export class Accountant {
  readonly #orders: Float64Array
  readonly #exact: boolean
  readonly #rdp: Float64Array
  #mu2 = 0
  #sampling: 'poisson' | 'fixed' | null = null

  constructor(options?: AccountantOptions) {
    const { orders = ORDERS, method = 'exact' } = optionsOf(options, 'Accountant: options', ['orders', 'method'])
    this.#orders = vectorCopy(orders, 'Accountant: orders', { sign: 'positive' })
    this.#orders.forEach((order, k) => number(order, `Accountant: orders[${k}]`, { min: 1 + 1e-9, max: LARGEST_ORDER }))
    this.#exact = oneOf(method, 'Accountant: method', ['exact', 'renyi']) === 'exact'
    this.#rdp = new Float64Array(this.#orders.length)
  }

  /**
   * Adds a release, or `count` of them.
   *
   * @throws TypeError or RangeError for a wrong event, or a Poisson sample beside one of fixed size.
   */
  add(event: PrivacyEvent, count = 1): this {
    const given = optionsOf(event, 'Accountant.add: event', ['sampling', 'noiseMultiplier', 'rate'])
    const sampling = oneOf(given.sampling ?? 'all', 'Accountant.add: event.sampling', ['all', 'poisson', 'fixed'])
    const rate = number(given.rate ?? 1, 'Accountant.add: event.rate', { min: 0, max: 1 })
    number(count, 'Accountant.add: count', { integer: true, min: 0 })
    const s = given.noiseMultiplier
    const min = rate === 1 ? 1e-3 : SMALLEST[sampling]
    if (s !== Infinity) number(s, 'Accountant.add: event.noiseMultiplier', { min, max: 1e9 })
    if (sampling === 'all' && rate !== 1) refuse('Accountant.add: event.rate', "1 with sampling 'all'", `${rate}`)
    if (count === 0 || s === Infinity || rate === 0) return this
    if (sampling !== 'all' && rate < 1) {
      if (this.#sampling && this.#sampling !== sampling)
        refuse('Accountant.add: event.sampling', `'${this.#sampling}', like the events before`, `'${sampling}'`)
      this.#sampling = sampling
    } else this.#mu2 += count / (s * s)
    const at = curveOf(rate < 1 ? sampling : 'all', rate, s)
    this.#orders.forEach((order, k) => {
      this.#rdp[k] += count * at(order)
    })
    return this
  }

  /**
   * Returns the epsilon that was spent, at a given delta.
   *
   * @throws TypeError or RangeError for a delta that is not between 0 and 1.
   */
  epsilon(delta: number): number {
    fraction(delta, 'Accountant.epsilon: delta')
    return this.#isGaussian
      ? gaussianEpsilon(Math.sqrt(this.#mu2), delta)
      : epsilonFromRdp(this.#orders, this.#rdp, delta).epsilon
  }

  /**
   * Returns the delta that was spent, at a given epsilon.
   *
   * @throws TypeError or RangeError for a negative epsilon.
   */
  delta(epsilon: number): number {
    number(epsilon, 'Accountant.delta: epsilon', { nonnegative: true })
    return this.#isGaussian
      ? gaussianDelta(Math.sqrt(this.#mu2), epsilon)
      : deltaFromRdp(this.#orders, this.#rdp, epsilon)
  }

  get #isGaussian(): boolean {
    return this.#exact && this.#sampling === null
  }
}

function curveOf(sampling: 'all' | 'poisson' | 'fixed', rate: number, s: number): (order: number) => number {
  if (sampling === 'poisson') return (order) => rdpPoisson(rate, s, order)
  if (sampling === 'fixed') return fixedSizeCurve(rate, s)
  return (order) => rdpGaussian(s, order)
}
