import { refuse, show } from '@opt/core'
import type { OptimizerState, Parameter } from '@opt/optimizers'
import type { Reading } from './reading.ts'

/** An optimizer that steps by gradients alone and saves its state: every optimizer of `@opt` but AdaHessian. */
export interface StepOptimizer {
  /** The arrays that `create` was given, by the same names, or ndarrays on them. */
  readonly parameters: unknown
  /** Moves the parameters that have a gradient. */
  step(gradients: Readonly<Record<string, Parameter | null>>): void
  /** Returns everything that it remembers. */
  state(): OptimizerState
  /** Restores what `state` returned. */
  load(state: OptimizerState): void
}

/**
 * Makes the optimizer of a model's variables.
 *
 * @param parameters flat, row-major arrays by the variables' names. The optimizer must update these very arrays, or
 *   ndarrays on them.
 * @param shapes the variables' shapes by the same names.
 */
export type CreateOptimizer = (
  parameters: Readonly<Record<string, Float32Array>>,
  shapes: Readonly<Record<string, readonly number[]>>,
) => StepOptimizer

type View = Exclude<Parameter, ArrayBufferView>

/** An optimizer, and the arrays that it shares with the variables. */
export class Binding {
  readonly optimizer: StepOptimizer
  /** The array of each variable, which a step changes. */
  readonly values: Readonly<Record<string, Float32Array>>
  readonly shapes: Readonly<Record<string, readonly number[]>>
  readonly #gradients: Record<string, Parameter | null>

  /** @param before the binding that this one extends by the variables in `joining`. */
  constructor(create: CreateOptimizer, joining: readonly Reading[], before?: Binding) {
    const entries = <T>(of: (reading: Reading) => T) => joining.map((one) => [one.variable.name, of(one)])
    this.values = { ...before?.values, ...Object.fromEntries(entries(({ value }) => Float32Array.from(value))) }
    this.shapes = { ...before?.shapes, ...Object.fromEntries(entries(({ variable }) => variable.shape.slice())) }
    this.#gradients = Object.fromEntries(Object.keys(this.values).map((name) => [name, null]))
    this.optimizer = checked(create({ ...this.values }, { ...this.shapes }), this.values)
  }

  /** Takes a step on `values`; variables that were not read stay as they are. */
  step(readings: readonly Reading[]): void {
    const parameters = this.optimizer.parameters as Record<string, Parameter>
    for (const { variable, value, gradient } of readings) {
      this.values[variable.name].set(value)
      this.#gradients[variable.name] = laidOutLike(gradient, parameters[variable.name])
    }
    try {
      this.optimizer.step(this.#gradients)
    } finally {
      for (const { variable } of readings) this.#gradients[variable.name] = null
    }
  }
}

/** Returns a gradient with its entries in the places of the parameter's. */
const laidOutLike = (data: Float32Array, parameter: Parameter): Parameter =>
  ArrayBuffer.isView(parameter)
    ? data
    : ({ data, shape: parameter.shape, stride: parameter.stride, offset: parameter.offset } as View as Parameter)

/** Returns the optimizer that `create` made, or refuses it. */
function checked(made: StepOptimizer, values: Readonly<Record<string, Float32Array>>): StepOptimizer {
  const refuseMade = (wanted: string, given: string) =>
    refuse('TfOptimizer: create', `a function that returns an optimizer ${wanted}`, given, 'type')
  const { step, state, load, parameters = {} } = (made ?? {}) as Partial<StepOptimizer>
  if ([step, state, load].some((method) => typeof method !== 'function')) refuseMade('of @opt', show(made))
  if (step!.length > 1) refuseMade('whose step takes gradients alone', made.constructor.name)
  for (const [name, array] of Object.entries(values)) {
    const parameter = (parameters as Record<string, Parameter | undefined>)[name]
    if ((ArrayBuffer.isView(parameter) ? parameter : parameter?.data) !== array)
      refuseMade(
        'of the arrays it is given, by their names and not resident',
        `${made.constructor.name} ${parameter ? 'with another array for' : 'without'} ${show(name)}`,
      )
  }
  return made
}
