import { callback, named, number, options as optionsOf, refuse } from '@opt/core'
import { armijoSteps } from './inner/armijo-steps.ts'
import type { InnerSolver } from './inner/inner.ts'
import { checkLoss, type Loss } from './losses.ts'
import type { Model } from './models/model.ts'
import { flatRows, type Rows } from './rows.ts'
import { fixedEta } from './rules/fixed-eta.ts'
import type { StepRule } from './rules/rule.ts'
import type { EtaSchedule } from './schedule.ts'
import { atOnce, waitFor } from './surrogate/ask.ts'
import { askGradient, type Batch, moveOn, type Run, type StepReport } from './surrogate/outer-step.ts'
import { load, makeRun, OUTER_OPTIONS, type SurrogateState, save } from './surrogate/run.ts'

/** Options of the outer steps. */
export interface OuterOptions {
  /** m, the inner steps on each surrogate. Default 10. */
  steps?: number | undefined
  /** The rule of the step size in target space. Default `fixedEta()`: 1/L. */
  rule?: StepRule | undefined
  /** The inner solver. Default `armijoSteps()`. */
  inner?: InnerSolver | undefined
  /** How eta decays. Default 'constant'. */
  schedule?: EtaSchedule | undefined
  /** T of the schedule 'exponential': the number of outer steps. */
  total?: number | undefined
}

/** Options of {@link TargetSurrogate}. */
export interface TargetSurrogateOptions<L> extends OuterOptions {
  /** The loss, for {@link TargetSurrogate.step}, and for its smoothness. */
  loss?: Loss<L> | undefined
  /** The number of all examples, for rules with a state per example. */
  examples?: number | undefined
}

/** A batch of {@link TargetSurrogate.step}. */
export interface LabelledBatch<I, L> {
  inputs: I
  labels: L
  /** The examples' numbers, for rules with a state per example. */
  indices?: ArrayLike<number> | undefined
}

/** A batch of {@link TargetSurrogate.stepFrom}. */
export interface GradientBatch<I> {
  inputs: I
  /** The outputs at which the gradient was taken, examples x C. Default: those at the present parameters. */
  outputs?: Rows | undefined
  /**
   * Each example's own gradient in its outputs, examples x C, not divided by the number of examples; or a promise of it;
   * or a function of the outputs (flat; a copy) that returns either.
   */
  gradient: Rows | PromiseLike<Rows> | ((outputs: Float64Array) => Rows | PromiseLike<Rows>)
  /** Returns the mean loss at other outputs, or a promise of it, for `armijoEta`. */
  value?: ((outputs: Float64Array) => number | PromiseLike<number>) | undefined
  indices?: ArrayLike<number> | undefined
}

/**
 * Many cheap steps of a model per expensive gradient (Lavington et al., ICML 2023, arXiv 2302.02607, algorithms 1 and
 * 2). For a loss h(theta) = mean_i l_i(f_i(theta)), one step on a batch is
 *
 *     z_i = f_i(theta_t);   g_i = grad l_i(z_i)                              one expensive gradient
 *     G_t(theta) = mean_i [ g_i.(f_i(theta) - z_i) + |f_i(theta) - z_i|^2 / (2 eta) ]
 *     theta_t+1 = m steps of an inner solver on G_t from theta_t             the model only
 *
 * With eta <= 1/L, h <= h(theta_t) + G_t everywhere, for the loss of the batch. With m = 1 it is gradient descent.
 */
export class TargetSurrogate<I = Rows, L = Rows> {
  readonly #run: Run<I>
  readonly #loss: Loss<L> | undefined
  #waiting = false

  /**
   * @param model what is trained: `linear`, `networkModel`, or your own.
   * @param parameters theta, changed in place.
   * @throws TypeError or RangeError that names the wrong argument or option.
   */
  constructor(model: Model<I>, parameters: Float64Array, options?: TargetSurrogateOptions<L>) {
    try {
      const { loss, examples, ...outer } = optionsOf(options, 'options', ['loss', 'examples', ...OUTER_OPTIONS])
      if (loss !== undefined) checkLoss(loss)
      if (examples !== undefined) number(examples, 'examples', { integer: true, min: 1 })
      this.#loss = loss
      const { rule = fixedEta(), inner = armijoSteps() } = outer
      this.#run = makeRun(model, parameters, { ...outer, rule, inner }, { examples, smoothness: loss?.smoothness })
    } catch (error) {
      throw named('TargetSurrogate', error)
    }
  }

  /** theta. */
  get parameters(): Float64Array {
    return this.#run.surrogate.parameters
  }

  /** The number of steps so far: of expensive gradients. */
  get gradients(): number {
    return this.#run.gradients
  }

  /** Returns the model's outputs at the present parameters, examples x C, flat: what the expensive part is asked about. */
  outputs(inputs: I): Float64Array {
    return this.#call('outputs', () => {
      this.#run.surrogate.begin(inputs)
      return this.#run.surrogate.z.slice()
    })
  }

  /**
   * Takes a step with the gradients of the option `loss`.
   *
   * @throws TypeError or RangeError, before anything changes, for wrong inputs, labels or indices, and for outputs or
   *   gradients that are not finite; RangeError, at the old parameters, if the surrogate does not stay finite.
   */
  step(batch: LabelledBatch<I, L>): StepReport {
    return this.#call('step', () => {
      const { inputs, labels, indices } = optionsOf(batch, 'batch')
      const loss = this.#loss
      if (loss === undefined) refuse('loss', 'given to the constructor', 'undefined', 'type')
      const { value } = loss
      const asked: Batch<I> = {
        inputs,
        indices,
        gradient: (z, out) => loss.gradient(z, labels, out),
        value: value && ((z, examples) => value.call(loss, z, labels, examples)),
      }
      return atOnce(this.#step(asked), 'TargetSurrogate.step: loss must answer at once; await stepFrom instead')
    })
  }

  /**
   * Takes a step with gradients from anywhere: a simulator, an expert, a person, a remote service.
   *
   * @returns a promise of the report. It rejects as {@link step} throws, and with what the gradient rejects with; nothing
   *   has changed then. One step at a time: another one in the meantime is refused.
   */
  async stepFrom(batch: GradientBatch<I>): Promise<StepReport> {
    this.#call('stepFrom', () => {})
    this.#waiting = true
    try {
      const { inputs, outputs, gradient, value, indices } = optionsOf(batch, 'batch')
      if (value !== undefined) callback(value, 'value')
      const ask = typeof gradient === 'function' ? gradient : () => gradient
      const asked: Batch<I> = {
        inputs,
        indices,
        outputs: outputs && flatRows(outputs, 'outputs').slice(),
        gradient: async (z) => flatRows(await ask(z.slice()), 'gradient'),
        value,
      }
      return await waitFor(this.#step(asked))
    } catch (error) {
      throw named('TargetSurrogate.stepFrom', error)
    } finally {
      this.#waiting = false
    }
  }

  *#step(batch: Batch<I>): Generator<PromiseLike<unknown>, StepReport, unknown> {
    const { surrogate } = this.#run
    const { forwards, vjps } = surrogate
    const loss = yield* askGradient(this.#run, batch)
    const moved = yield* moveOn(this.#run, batch)
    if (moved === null) refuse('the surrogate', 'finite after its inner steps', 'an overflow: take smaller ones')
    return { loss, ...moved, forwards: surrogate.forwards - forwards, vjps: surrogate.vjps - vjps }
  }

  /** Returns everything that the next step depends on, parameters included, as plain JSON that restores every bit. */
  state(): SurrogateState {
    return save(this.#run)
  }

  /**
   * Restores a {@link state} of the same model and options.
   *
   * @throws TypeError or RangeError, before anything changes, for anything else.
   */
  load(state: SurrogateState): void {
    this.#call('load', () => load(this.#run, state, 'state'))
  }

  #call<T>(method: string, work: () => T): T {
    const name = `TargetSurrogate.${method}`
    try {
      if (this.#waiting) refuse('it', 'left alone while stepFrom waits', 'another call')
      return work()
    } catch (error) {
      throw named(name, error)
    }
  }
}
