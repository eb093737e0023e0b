import { refuse, show } from '@opt/core'
import type { OptimizerState } from '@opt/optimizers'
import {
  dispose,
  getBackend,
  type NamedTensorMap,
  Optimizer,
  type Scalar,
  type serialization,
  type Tensor,
  tensor,
  tidy,
  type Variable,
} from '@tensorflow/tfjs-core'
import { Binding, type CreateOptimizer } from './binding.ts'
import { checkedCall } from './call.ts'
import { type NamedTensor, pairsOf } from './gradients.ts'
import { checkSyncReads, type Pair, type Reading, read, readSync, watch } from './reading.ts'
import { resume } from './resume.ts'
import { checkSaved } from './saved.ts'
import { fromWeights, toWeight } from './weights.ts'

/** The state that {@link TfOptimizer.state} saves: plain JSON. */
export interface TfOptimizerState {
  /** The number of steps. */
  iterations: number
  /** The state of the optimizer inside; null before the first step. */
  optimizer: OptimizerState | null
}

/**
 * An optimizer of @opt as a `tf.Optimizer`, for `model.compile`, `minimize` and `applyGradients`.
 *
 * It is created at the first step, of the variables that have a gradient then. Variables whose first gradient comes
 * later join it with step counts of their own; a variable without a gradient keeps its value and its state.
 */
export class TfOptimizer extends Optimizer {
  /** The name in saved models. A subclass to be registered for loading needs its own. */
  static className: string = 'TfOptimizer'

  readonly #create: CreateOptimizer
  #binding: Binding | undefined
  /** The loaded state of variables that have not appeared yet. */
  #waiting: OptimizerState | null = null
  #weight: Tensor | undefined
  #disposed = false
  /** The backend whose synchronous reads were found correct. */
  #checkedBackend = ''

  /**
   * @param create called at the first step, and again when variables join:
   *   `(parameters) => new Lion(parameters, { learningRate: 1e-4 })`. Its answer is checked then.
   * @throws TypeError when it is not a function.
   */
  constructor(create: CreateOptimizer) {
    super()
    if (typeof create !== 'function')
      refuse('TfOptimizer: create', 'a function of the parameters', show(create), 'type')
    this.#create = create
  }

  /**
   * Takes a step on the scalar that `f` returns.
   *
   * @param returnCost whether to return the loss before the step, yours to dispose of (default false: null).
   * @param varList the variables to change (default: all trainable ones).
   * @throws TypeError or RangeError for an `f` that does not return a scalar or a list of anything but variables, and
   *   as {@link applyGradients}; then nothing has changed and no tensor is left behind.
   */
  override minimize(f: () => Scalar, returnCost = false, varList?: Variable[]): Scalar | null {
    const loss = checkedCall('TfOptimizer.minimize', f, returnCost, varList)
    return tidy(() => super.minimize(loss, returnCost, varList) as Scalar)
  }

  /**
   * Takes a step by given gradients.
   *
   * @param gradients a record by the variables' names, or a list; null or undefined for a variable without a gradient.
   * @throws TypeError or RangeError, before anything changes: for a variable that is unknown, not float32, or of
   *   another shape than its gradient or than before; when there is no gradient at all; and whatever the optimizer
   *   refuses, such as an entry that is not finite or a loaded state that does not fit.
   */
  applyGradients(gradients: NamedTensorMap | NamedTensor[]): void {
    const pairs = this.#pairsOf(gradients)
    if (this.#checkedBackend !== getBackend()) checkSyncReads()
    this.#checkedBackend = getBackend()
    this.#step(readSync(pairs))
  }

  /**
   * {@link minimize} with asynchronous reads: for WebGPU, and for WebGL without blocking on the device.
   *
   * @throws as {@link minimize}, and Error when a variable changes before the step is done: await each step.
   */
  async minimizeAsync(f: () => Scalar, returnCost = false, varList?: Variable[]): Promise<Scalar | null> {
    const loss = checkedCall('TfOptimizer.minimizeAsync', f, returnCost, varList)
    const { value, grads } = this.computeGradients(loss, varList)
    let done = false
    try {
      const pairs = this.#pairsOf(grads)
      const checkUnchanged = watch(pairs)
      const readings = await read(pairs)
      checkUnchanged()
      this.#step(readings)
      done = true
    } finally {
      dispose(grads)
      if (!done || !returnCost) value.dispose()
    }
    return returnCost ? value : null
  }

  /** Returns everything but the variables, as plain JSON that {@link load} restores bit for bit. */
  state(): TfOptimizerState {
    const { iterations } = this
    const state = this.#binding?.optimizer.state()
    if (!state) return { iterations, optimizer: this.#waiting }
    const parameters = state.parameters.concat(this.#waiting?.parameters ?? [])
    return { iterations, optimizer: { ...state, parameters } }
  }

  /**
   * Restores a saved state. Variables are matched by name at the next step; numbers at the end of names, which
   * TensorFlow.js adds to equal ones, may differ.
   *
   * @throws TypeError or RangeError, before anything changes, for a state that does not fit the optimizer and the
   *   variables of earlier steps. Before the first step, a misfit is found at that step.
   */
  load(state: TfOptimizerState): void {
    checkSaved(state)
    const { iterations, optimizer } = state
    const before = this.#binding
    if (before && optimizer) {
      const trial = new Binding(this.#create, [], before)
      resume(trial.optimizer, { ...optimizer, parameters: [] }, optimizer.parameters, Object.keys(before.values))
    }
    this.iterations_ = iterations
    this.#waiting = optimizer
    this.#binding = undefined
  }

  /**
   * Returns the state as a tensor of one string, for `model.save(url, { includeOptimizer: true })`. The tensor belongs
   * to the optimizer: the next call and `dispose` free it.
   */
  override async getWeights(): Promise<NamedTensor[]> {
    this.#weight?.dispose()
    const weight = toWeight(this.state())
    this.#weight = weight.tensor
    return [weight]
  }

  /**
   * Restores the state in the weights that {@link getWeights} returned.
   *
   * @throws TypeError for anything else, and as {@link load}.
   */
  override async setWeights(weights: NamedTensor[]): Promise<void> {
    this.load((await fromWeights(weights)) as TfOptimizerState)
  }

  /** Returns an empty record, since `create` is code. A subclass may return its constructor's argument. */
  getConfig(): serialization.ConfigDict {
    return {}
  }

  /** Frees the state. Later steps throw. */
  override dispose(): void {
    this.#weight?.dispose()
    this.#weight = undefined
    this.#binding = undefined
    this.#waiting = null
    this.#disposed = true
  }

  #pairsOf(gradients: NamedTensorMap | NamedTensor[]): Pair[] {
    if (this.#disposed) refuse('TfOptimizer.applyGradients', 'called before dispose()', 'a call after it')
    return pairsOf(gradients, this.#binding?.shapes ?? {})
  }

  #step(readings: readonly Reading[]): void {
    const binding = this.#bind(readings)
    binding.step(readings)
    this.incrementIterations()
    tidy(() => {
      // TensorFlow.js holds on to the array it gets: shared with the next step, it would change clones of the variable.
      for (const { variable } of readings)
        variable.assign(tensor(binding.values[variable.name].slice(), variable.shape))
    })
  }

  /** Returns the binding of these variables and all earlier ones. */
  #bind(readings: readonly Reading[]): Binding {
    const before = this.#binding
    const joining = readings.filter(({ variable }) => !before?.values[variable.name])
    if (before && joining.length === 0) return before
    const binding = new Binding(this.#create, joining, before)
    const memory = before?.optimizer.state() ?? (this.#waiting && { ...this.#waiting, parameters: [] })
    if (memory) {
      const names = joining.map(({ variable }) => variable.name)
      const parameters = resume(binding.optimizer, memory, this.#waiting?.parameters ?? [], names)
      this.#waiting = { ...memory, parameters }
    }
    this.#binding = binding
    return binding
  }
}
