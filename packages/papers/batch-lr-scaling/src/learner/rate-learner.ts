import { calling, number, Random, refuse } from '@opt/core'
import {
  checkState,
  type LearnerState,
  type Measurement,
  type Probe,
  type RateLearnerOptions,
} from './learner-types.ts'
import { RULES } from './rules.ts'
import { checkProbes, curvatureOf, drawProbes } from './sample-curvature.ts'
import { type Settings, settingsOf } from './settings.ts'

/**
 * Learns the rate, and with some rules the momentum, of SGD while it trains (LRM). Every epoch it measures the largest
 * eigenvalue and the trace of the curvature of a few samples, and takes a safe share of the largest stable rate for the
 * batch size. No rate is searched.
 *
 * ```ts
 * const learner = new RateLearner({ products: { network, inputs, targets }, batch: 32 })
 * const optimizer = new SGD(network.parameters, { learningRate: learner.schedule, momentum: 0.9 })
 * ```
 */
export class RateLearner {
  /**
   * Returns the rate for a step, from 0, and measures first when that is due: a learning rate for every optimizer of
   * @opt/optimizers, whose gradients it leaves alone.
   *
   * @throws TypeError or RangeError for a wrong step, and as {@link measure} does.
   */
  readonly schedule: (step: number) => number
  readonly #settings: Settings
  #rng: Random
  /** lambda and trace, which fall slowly, and how often they were measured. */
  #lambda = 0
  #trace = 0
  #measurements = 0
  #measurement: Measurement | undefined
  /** The step at which the next measurement is due. */
  #due = 0

  /** @throws TypeError or RangeError naming the wrong option. */
  constructor(options: RateLearnerOptions) {
    this.#settings = calling('RateLearner', () => settingsOf(options))
    this.#rng = this.#settings.rng
    this.schedule = (step) => this.#rateAt(step)
  }

  /** The last measurement. */
  get measurement(): Measurement | undefined {
    return this.#measurement && { ...this.#measurement }
  }

  /**
   * Measures the curvature of a few samples now, and returns the rate and the momentum to use.
   *
   * @param probes samples and first vectors of your own, in place of random ones.
   * @throws TypeError or RangeError when a probe is wrong, a product is not finite, or no positive curvature was ever
   *   seen. The learner is then as it was, but for its random draws.
   */
  measure(probes?: readonly Probe[]): Measurement {
    return calling('RateLearner.measure', () => {
      const { batches, rule, batch, momentum, keep, safety } = this.#settings
      const { count } = batches
      const seen = curvatureOf(
        probes ? checkProbes(probes, batches) : drawProbes(this.#settings, this.#rng),
        this.#settings,
      )

      const lambda = Math.max(seen.lambda, keep * this.#lambda)
      const trace = Math.max(seen.trace, seen.lambda, keep * this.#trace)
      if (!(lambda > 0)) refuse('the largest eigenvalue of the samples', 'positive', String(seen.lambda))

      const bulk = seen.bulk > 0 ? seen.bulk : lambda
      const warm = this.#measurements === 0 && rule.warm
      const { choose, safety: usual } = warm ? RULES.stochastic : rule
      const chosen = choose({ lambda, trace, bulk, batch, count, momentum, cauchy: seen.cauchy })
      // No step along a gradient without curvature: the last rate serves on.
      const rate = chosen.rate > 0 ? (safety ?? usual) * chosen.rate : (this.#measurement as Measurement).rate

      this.#lambda = lambda
      this.#trace = trace
      this.#measurements++
      this.#measurement = { rate, momentum: chosen.momentum, lambda, trace, bulk, count }
      return { ...this.#measurement }
    })
  }

  #rateAt(step: number): number {
    const { interval, epoch, decay } = this.#settings
    number(step, 'RateLearner.schedule: step', { integer: true, min: 0 })
    if (step >= this.#due || !this.#measurement) {
      this.measure()
      this.#due = step + (interval === 'doubling' ? Math.max(epoch, step) : interval)
    }
    const factor = number(decay(step), 'RateLearner.schedule: decay(step)', { nonnegative: true })
    return (this.#measurement as Measurement).rate * factor
  }

  /** Returns all that the learner has learned as plain JSON, exact to the bit. */
  state(): LearnerState {
    return {
      learner: this.#settings.name,
      lambda: this.#lambda,
      trace: this.#trace,
      measurements: this.#measurements,
      due: this.#due,
      measurement: this.measurement ?? null,
      random: this.#rng.state(),
    }
  }

  /**
   * Goes on from a {@link state} of a learner with the same options, to the same bits.
   *
   * @throws TypeError or RangeError, before anything changes, for anything else.
   */
  load(state: LearnerState): void {
    calling('RateLearner.load', () => {
      checkState(state, this.#settings.name)
      const rng = new Random(state.random)
      this.#lambda = state.lambda
      this.#trace = state.trace
      this.#measurements = state.measurements
      this.#due = state.due
      this.#measurement = state.measurement ? { ...state.measurement } : undefined
      this.#rng = rng
    })
  }
}
