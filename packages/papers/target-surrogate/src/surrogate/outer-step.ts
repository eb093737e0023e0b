import { callback, refuse, show } from '@opt/core'
import type { RunningInner } from '../inner/inner.ts'
import { allFinite } from '../rows.ts'
import { checkIndices } from '../rules/per-example.ts'
import type { RunningRule } from '../rules/rule.ts'
import { ask } from './ask.ts'
import type { Surrogate } from './surrogate.ts'

/** What outer steps work on. */
export interface Run<I> {
  readonly surrogate: Surrogate<I>
  readonly rule: RunningRule
  readonly inner: RunningInner
  /** m. */
  readonly steps: number
  /** The number of all examples, where it is known. */
  readonly examples: number | undefined
  /** The factor of eta at step t. */
  readonly schedule: (t: number) => number
  /** The number of outer steps so far: of expensive gradients. */
  gradients: number
}

/** What a step gives and what it cost. */
export interface StepReport {
  /** The mean loss of the batch before the step; undefined where it is not known. */
  loss: number | undefined
  /** eta, or undefined where it differs among examples. */
  eta: number | undefined
  /** G at the new parameters: with eta <= 1/L the loss of the batch is at most loss + surrogate there. */
  surrogate: number
  /** G after 0, 1, ... inner steps. */
  values: Float64Array
  /** The inner steps taken. */
  innerSteps: number
  /** The size of the last inner step, where the inner solver has one. */
  stepSize: number | undefined
  /** The model's forward passes of this step. */
  forwards: number
  /** The model's vector-Jacobian products of this step. */
  vjps: number
}

/** The batch of a step, with whoever knows its gradients. */
export interface Batch<I> {
  inputs: I
  outputs?: Float64Array | undefined
  indices?: ArrayLike<number> | undefined
  gradient(
    outputs: Float64Array,
    out: Float64Array,
    examples: number,
  ): ArrayLike<number> | PromiseLike<ArrayLike<number>>
  value?: ((outputs: Float64Array, examples: number) => number | PromiseLike<number>) | undefined
}

type Asking<T> = Generator<PromiseLike<unknown>, T, unknown>

/** z_i = f_i(theta_t), g_i = grad l_i(z_i): the expensive part. Returns the loss, where it is known. */
export function* askGradient<I>({ surrogate, examples }: Run<I>, batch: Batch<I>): Asking<number | undefined> {
  surrogate.begin(batch.inputs, batch.outputs)
  const { z, gradient, count } = surrogate
  if (batch.indices !== undefined) checkIndices(batch.indices, count, examples)
  const given = yield* ask(batch.gradient(z, gradient, count))
  if (given?.length !== z.length)
    refuse('gradient', `${count} rows of ${z.length / count} numbers, flat`, show(given), 'type')
  for (let k = 0; k < given.length; k++)
    if (!Number.isFinite(given[k])) refuse(`gradient[${k}]`, 'a finite number', show(given[k]))
  gradient.set(given)
  const loss = batch.value && (yield* ask(batch.value(z, count)))
  if (loss !== undefined && !Number.isFinite(loss)) refuse('loss.value', 'finite', show(loss))
  return loss
}

/**
 * Builds the surrogate G_t from the gradients that have been asked for, and moves theta on it:
 *
 *     W = 1/eta by the rule;   theta_t+1 = m inner steps on G_t from theta_t
 *
 * @returns null, at the old parameters, where G did not stay finite.
 */
export function* moveOn<I>(
  run: Run<I>,
  batch: Batch<I>,
): Asking<Omit<StepReport, 'loss' | 'forwards' | 'vjps'> | null> {
  const { surrogate, rule, inner, steps, schedule } = run
  const { z, gradient, linear, weights, count, parameters } = surrogate
  const factor = schedule(run.gradients + 1)
  linear.set(gradient)
  const value = batch.value && ((outputs: Float64Array) => batch.value!(outputs, count))
  const weighing = rule.weigh({ count, z, gradient, indices: batch.indices, value }, weights, linear)
  callback(weighing?.next, 'rule.weigh(...).next')
  const eta = yield* weighing
  if (factor !== 1) for (let k = 0; k < weights.length; k++) weights[k] /= factor
  if (!(allFinite(weights) && allFinite(linear))) refuse('eta', 'such that 1/eta is finite', 'a smaller one')
  surrogate.eta = eta === undefined ? undefined : eta * factor
  run.gradients++

  const before = parameters.slice()
  const values = new Float64Array(steps + 1)
  values[0] = surrogate.value
  const { taken, stepSize } = inner.minimize(surrogate as Surrogate<unknown>, steps, values)
  if (!(allFinite(parameters) && Number.isFinite(values[taken]))) {
    parameters.set(before)
    return null
  }
  return {
    eta: surrogate.eta,
    surrogate: values[taken],
    values: values.subarray(0, taken + 1),
    innerSteps: taken,
    stepSize,
  }
}
