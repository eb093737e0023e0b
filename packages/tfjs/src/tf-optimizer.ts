import { refuse, show } from '@opt/core'
import type { OptimizerState } from '@opt/optimizers'
import {
  dispose,
  getBackend,
  keep,
  type NamedTensorMap,
  Optimizer,
  type Scalar,
  scalar,
  type serialization,
  type Tensor,
  tensor,
  tidy,
  type Variable,
} from '@tensorflow/tfjs-core'
import { Binding, type CreateOptimizer } from './binding.ts'
import { checkedCall } from './call.ts'
import { type NamedTensor, paired } from './gradients.ts'
import { checkSyncReads, type Pair, type Reading, read, readSync, watch } from './reading.ts'
import { resume } from './resume.ts'
import { checkSaved } from './saved.ts'

/** What {@link TfOptimizer.state} saves: plain JSON. */
export interface TfOptimizerState {
  /** Steps taken. */
  iterations: number
  /** The state of the optimizer of the house; null before the first step. */
  optimizer: OptimizerState | null
}

/** The name of the one weight that carries the state. */
const WEIGHT = 'optimizer/state'

/**
 * An optimizer of the house as a `tf.Optimizer`: for `model.compile`, `minimize` and `applyGradients`.
 *
 * It is made at the first step, of the variables that have a gradient then. Variables whose first gradient comes later join it
 * with a count of steps of their own; a variable without a gradient keeps its value and its state.
 */
export class TfOptimizer extends Optimizer {
  /** The name under which it is saved with a model. A subclass that is registered to be loaded again has its own. */
  static className: string = 'TfOptimizer'

  readonly #create: CreateOptimizer
  #binding: Binding | undefined
  /** Loaded state of variables that have not appeared yet. */
  #waiting: OptimizerState | null = null
  #weight: Tensor | undefined
  #disposed = false
  /** The backend whose synchronous reads were found right. */
  #checkedBackend = ''

  /**
   * @param create called at the first step, and again when variables join:
   *   `(parameters) => new Lion(parameters, { learningRate: 1e-4 })`. What it returns is checked then.
   * @throws TypeError when it is no function.
   */
  constructor(create: CreateOptimizer) {
    super()
    if (typeof create !== 'function')
      refuse('TfOptimizer: create', 'a function of the parameters', show(create), 'type')
    this.#create = create
  }

  /**
   * One step on the scalar that `f` returns.
   *
   * @param returnCost true: returns the loss before the step, yours to dispose of. Default false: null.
   * @param varList variables to change. Default: all that are trainable.
   * @throws TypeError or RangeError for an `f` that returns no scalar, and for variables that are none; as {@link applyGradients}.
   *   Then nothing has changed and no tensor is left behind.
   */
  override minimize(f: () => Scalar, returnCost = false, varList?: Variable[]): Scalar | null {
    const loss = checkedCall('TfOptimizer.minimize', f, returnCost, varList)
    return tidy(() => super.minimize(loss, returnCost, varList) as Scalar)
  }

  /**
   * One step by gradients that are there already.
   *
   * @param gradients a record by the variables' names, or a list; null or undefined for a variable without one.
   * @throws TypeError or RangeError, before anything changes, naming the variable, when it is unknown, not float32 or of another
   *   shape than its gradient or than before; when there is no gradient at all; and as the optimizer does, for an entry that is
   *   not finite, a learning rate that is none, a loaded state that does not fit.
   */
  applyGradients(gradients: NamedTensorMap | NamedTensor[]): void {
    const pairs = this.#paired(gradients)
    if (this.#checkedBackend !== getBackend()) checkSyncReads()
    this.#checkedBackend = getBackend()
    this.#step(readSync(pairs))
  }

  /**
   * {@link minimize} that reads tensors by `await tensor.data()`: for WebGPU, and for WebGL without waiting on the device.
   *
   * @throws as {@link minimize}, and when a variable changes before the step is done: await each step.
   */
  async minimizeAsync(f: () => Scalar, returnCost = false, varList?: Variable[]): Promise<Scalar | null> {
    const loss = checkedCall('TfOptimizer.minimizeAsync', f, returnCost, varList)
    const { value, grads } = this.computeGradients(loss, varList)
    let done = false
    try {
      const pairs = this.#paired(grads)
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

  /** All that is remembered, as plain JSON: `load` goes on from it to the bit. The variables are the model's to save. */
  state(): TfOptimizerState {
    const { iterations } = this
    const now = this.#binding?.optimizer.state()
    if (!now) return { iterations, optimizer: this.#waiting }
    return { iterations, optimizer: { ...now, parameters: [...now.parameters, ...(this.#waiting?.parameters ?? [])] } }
  }

  /**
   * Goes on from a saved state. Variables are matched by name at the next step; the numbers at the end of names, by which
   * TensorFlow.js keeps equal ones apart, may differ.
   *
   * @throws TypeError or RangeError, before anything changes, when it is none, or does not suit the optimizer and the variables of
   *   the steps so far. Before the first step there are none: whether it suits them shows then.
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
   * The state as a tensor of one string, which is how `model.save(url, { includeOptimizer: true })` takes it. The tensor is the
   * optimizer's: the next call and `dispose` free it.
   */
  override async getWeights(): Promise<NamedTensor[]> {
    this.#weight?.dispose()
    this.#weight = keep(scalar(JSON.stringify(this.state()), 'string'))
    return [{ name: WEIGHT, tensor: this.#weight }]
  }

  /**
   * {@link load} of what {@link getWeights} gave.
   *
   * @throws TypeError when it is something else, and as {@link load}.
   */
  override async setWeights(weights: NamedTensor[]): Promise<void> {
    const told = 'what getWeights() returned'
    const weight = Array.isArray(weights) ? weights.find((one) => one?.name === WEIGHT)?.tensor : undefined
    if (weight?.dtype !== 'string') refuse('TfOptimizer.setWeights: weights', told, show(weights), 'type')
    const [text] = await weight.data<'string'>()
    let state: unknown
    try {
      state = JSON.parse(text)
    } catch {
      refuse('TfOptimizer.setWeights: weights', told, show(text), 'type')
    }
    this.load(state as TfOptimizerState)
  }

  /** Nothing: `create` is code. A subclass may give what its constructor takes. */
  getConfig(): serialization.ConfigDict {
    return {}
  }

  /** Frees what is remembered. Steps are refused from now on. */
  override dispose(): void {
    this.#weight?.dispose()
    this.#weight = undefined
    this.#binding = undefined
    this.#waiting = null
    this.#disposed = true
  }

  #paired(gradients: NamedTensorMap | NamedTensor[]): Pair[] {
    if (this.#disposed) refuse('TfOptimizer.applyGradients', 'called before dispose()', 'a call after it')
    return paired(gradients, this.#binding?.shapes ?? {})
  }

  #step(readings: readonly Reading[]): void {
    const binding = this.#bind(readings)
    binding.step(readings)
    this.incrementIterations()
    tidy(() => {
      // TensorFlow.js keeps the array it is given: shared with the next step, that would change clones of the variable.
      for (const { variable } of readings)
        variable.assign(tensor(binding.values[variable.name].slice(), variable.shape))
    })
  }

  /** The binding of these variables and all before them. */
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
