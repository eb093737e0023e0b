import ndarray from 'ndarray'
import type { Call } from './cases.ts'

/** A class on the contract of @opt/optimizers. */
type OptimizerClass = new (parameters: never, options: never) => { state(): unknown }

const parameters = () => ({ weight: ndarray(Float64Array.of(1, -2, 3, 0.5), [2, 2]), bias: Float32Array.of(0.5, 1) })
const gradients = () => ({ weight: ndarray(Float64Array.of(0.1, 0.2, -0.3, 1), [2, 2]), bias: Float32Array.of(0.1, 2) })

/**
 * The case of an optimizer for {@link fuzz}: a 2 x 2 matrix and a vector, with the options of every
 * optimizer.
 *
 * @param own makes the options that this optimizer adds.
 * @param more what else is special about the case, such as other methods.
 */
export function optimizerCase(Optimizer: OptimizerClass, own: () => object, more: Partial<Call> = {}): Call {
  const says = [Optimizer.name]
  const options = () => ({ ...own(), groups: [{ parameters: ['bias'], learningRate: 0.2 }] })
  const state = () => new Optimizer(parameters() as never, options() as never).state()
  return {
    ...more,
    args: () => [parameters(), { learningRate: 0.1, check: true, resident: false, ...options() }],
    // A learning rate may be a schedule, and groups name any parameters.
    loose: ['1.learningRate', '1.groups.0.learningRate', '1.groups.0.parameters.0', ...(more.loose ?? [])],
    methods: {
      update: { skip: 'protected' },
      step: { args: () => [gradients()], says },
      state: () => [],
      stateAsync: () => [],
      settled: () => [],
      load: { args: () => [state()], says },
      free: () => [],
      ...more.methods,
    },
  }
}
