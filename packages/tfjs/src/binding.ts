import { refuse, show } from '@opt/core'
import type { OptimizerState, Parameter } from '@opt/optimizers'
import type { Reading } from './reading.ts'

/** What is asked of an optimizer: it steps by gradients alone and can save its state. All of the house do, but for AdaHessian. */
export interface StepOptimizer {
  /** A record by the variables' names, as `create` was given it, or of ndarrays on those arrays. */
  readonly parameters: unknown
  /** Moves the parameters that have a gradient. */
  step(gradients: Readonly<Record<string, Parameter | null>>): void
  /** All that it remembers. */
  state(): OptimizerState
  /** Goes on from what `state` gave. */
  load(state: OptimizerState): void
}

/**
 * Makes the optimizer of a model's variables.
 *
 * @param parameters by the variables' names, flat and row-major. The optimizer must update these very arrays, as they are or as
 *   ndarrays on them.
 * @param shapes the variables' shapes, by the same names.
 */
export type CreateOptimizer = (
  parameters: Readonly<Record<string, Float32Array>>,
  shapes: Readonly<Record<string, readonly number[]>>,
) => StepOptimizer

type View = Exclude<Parameter, ArrayBufferView>

/** An optimizer, and the arrays through which it and the variables meet. */
export class Binding {
  readonly optimizer: StepOptimizer
  /** Of each variable, the array that a step changes. */
  readonly values: Readonly<Record<string, Float32Array>>
  readonly shapes: Readonly<Record<string, readonly number[]>>
  readonly #gradients: Record<string, Parameter | null>

  /** @param before the binding that this one extends by the variables of `joining`. */
  constructor(create: CreateOptimizer, joining: readonly Reading[], before?: Binding) {
    const entries = <T>(of: (reading: Reading) => T) => joining.map((one) => [one.variable.name, of(one)])
    this.values = { ...before?.values, ...Object.fromEntries(entries(({ value }) => Float32Array.from(value))) }
    this.shapes = { ...before?.shapes, ...Object.fromEntries(entries(({ variable }) => variable.shape.slice())) }
    this.#gradients = Object.fromEntries(Object.keys(this.values).map((name) => [name, null]))
    this.optimizer = checked(create({ ...this.values }, { ...this.shapes }), this.values)
  }

  /** One step on `values`; variables that were not read do not take part. */
  step(readings: readonly Reading[]): void {
    const parameters = this.optimizer.parameters as Record<string, Parameter>
    for (const { variable, value, gradient } of readings) {
      this.values[variable.name].set(value)
      this.#gradients[variable.name] = likewise(gradient, parameters[variable.name])
    }
    try {
      this.optimizer.step(this.#gradients)
    } finally {
      for (const { variable } of readings) this.#gradients[variable.name] = null
    }
  }
}

/** A gradient has its entries where the parameter has them. */
const likewise = (data: Float32Array, parameter: Parameter): Parameter =>
  ArrayBuffer.isView(parameter)
    ? data
    : ({ data, shape: parameter.shape, stride: parameter.stride, offset: parameter.offset } as View as Parameter)

/** Returns what `create` made, or says why it will not do. */
function checked(made: StepOptimizer, values: Readonly<Record<string, Float32Array>>): StepOptimizer {
  const say = (wanted: string, given: string) =>
    refuse('TfOptimizer: create', `a function that returns an optimizer ${wanted}`, given, 'type')
  const { step, state, load, parameters = {} } = (made ?? {}) as Partial<StepOptimizer>
  if ([step, state, load].some((method) => typeof method !== 'function')) say('of @opt', show(made))
  if (step!.length > 1) say('whose step takes gradients alone', made.constructor.name)
  for (const [name, array] of Object.entries(values)) {
    const parameter = (parameters as Record<string, Parameter | undefined>)[name]
    if ((ArrayBuffer.isView(parameter) ? parameter : parameter?.data) !== array)
      say(
        'of the arrays it is given, by their names and not resident',
        `${made.constructor.name} ${parameter ? 'with another array for' : 'without'} ${show(name)}`,
      )
  }
  return made
}
