import {
  calling,
  exp,
  log,
  log1p,
  logAddExp,
  number,
  options as optionsOf,
  refuse,
  show,
  type VectorLike,
  vector,
} from '@opt/core'
import { checkTemperature, klWeights } from './kl-weights.ts'

/** Options of {@link CompositionalWeights}. */
export interface CompositionalOptions {
  /** The temperature (default 2); Infinity: uniform weights. */
  r?: number | undefined
  /** The share of the new batch in the average of exp(l / r), in (0, 1] (default 0.1). */
  track?: number | undefined
  /** The largest weight, times the size of the batch (default 5); Infinity is the paper's. */
  maxWeight?: number | undefined
}

/** Saved {@link CompositionalWeights}: plain JSON. */
export interface CompositionalState {
  /** The logarithm of the average of exp(l / r); null before the first batch. */
  logU: number | null
}

/**
 * KL weights for minibatches. The sum of exponentials stands inside a logarithm, so that weights of single batches are
 * biased: a moving average u of the batches' means of exp(l / r) takes the place of the sum over all examples,
 *
 *     log g = log mean exp(l / r),    u = (1 - track) u + track g,    w_i = exp(l_i / r) / (u |B|)
 *
 * all in logarithms. Weights of a batch need not sum to 1, which is the point; they are capped instead. Stochastic
 * compositional gradient, as in CID of the paper.
 *
 * @throws TypeError or RangeError for an option that does not fit.
 */
export class CompositionalWeights {
  readonly r: number
  readonly track: number
  readonly maxWeight: number
  #logU: number | null = null

  constructor(options?: CompositionalOptions) {
    const { r, track, maxWeight } = calling('CompositionalWeights', () => checkCompositional(options))
    this.r = r
    this.track = track
    this.maxWeight = maxWeight
  }

  /** The logarithm of the average u; null before the first batch. */
  get logU(): number | null {
    return this.#logU
  }

  /** r log u, the tracked value of the objective; null before the first batch, and where r is Infinity. */
  get objective(): number | null {
    return this.#logU === null || this.r === Infinity ? null : this.r * this.#logU
  }

  /**
   * Updates the average by a batch's losses.
   *
   * @param losses finite numbers.
   * @returns the weights of the batch's examples, of about 1 / |B|.
   * @throws TypeError or RangeError, before anything changes, for losses that are not finite or overflow when divided by r.
   */
  update(losses: VectorLike): Float64Array {
    return calling('update', () => {
      const l = vector(losses, 'losses')
      const { r, track, maxWeight } = this
      const { value } = klWeights(l, r)
      const n = l.length
      const logG = r === Infinity ? 0 : value / r
      if (!Number.isFinite(logG)) refuse('losses', `of a size that r = ${r} divides`, show(value))
      const old = this.#logU
      this.#logU = old === null || track === 1 ? logG : logAddExp(log1p(-track) + old, log(track) + logG)
      const u = this.#logU
      return Float64Array.from(l, (loss) => Math.min(r === Infinity ? 1 : exp(loss / r - u), maxWeight) / n)
    })
  }

  /** Returns what it remembers, as plain JSON. */
  state(): CompositionalState {
    return { logU: this.#logU }
  }

  /**
   * Restores a {@link state}.
   *
   * @throws TypeError or RangeError, before anything changes, for anything else.
   */
  load(state: CompositionalState): void {
    calling('load', () => {
      if (typeof state !== 'object' || state === null) refuse('state', 'what state() returned', show(state), 'type')
      this.#logU = state.logU === null ? null : number(state.logU, 'state.logU')
    })
  }
}

export function checkCompositional(given: CompositionalOptions | undefined): Required<{
  [K in keyof CompositionalOptions]: number
}> {
  const { r = 2, track = 0.1, maxWeight = 5 } = optionsOf(given, 'options', ['r', 'track', 'maxWeight'])
  checkTemperature(r, 'r')
  number(track, 'track', { positive: true, max: 1 })
  if (maxWeight !== Infinity) number(maxWeight, 'maxWeight', { min: 1 })
  return { r, track, maxWeight }
}
