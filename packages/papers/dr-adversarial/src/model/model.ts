import { allFinite, callback, refuse, show } from '@opt/core'
import type { DenseNetwork } from '@opt/nn'
import { bestOther, crossEntropies } from '../weights/softmax.ts'

/**
 * What attacks and {@link robustReport} need of a classifier: a network of @opt/nn, or an object of these two. Inputs are
 * flat, examples x inputs; they must not be changed.
 */
export interface AdversarialModel {
  /** Returns the logits, examples x classes, flat. */
  logits(inputs: Float64Array): ArrayLike<number>
  /** Returns the gradient of each example's own cross-entropy in its inputs, examples x inputs, flat. */
  inputGradient(inputs: Float64Array, labels: Int32Array): ArrayLike<number>
}

/** What training and {@link hypergradient} need besides. */
export interface TrainableModel extends AdversarialModel {
  /** The parameters; the optimizer writes to them. */
  readonly parameters: Float64Array | Float32Array
  /** Returns sum_i weights_i times the gradient of example i's cross-entropy in the parameters, flat. */
  weightedGradient(inputs: Float64Array, labels: Int32Array, weights: Float64Array): ArrayLike<number>
}

/** What the attacks see at given points. */
export interface Sight {
  logits: Float64Array
  /** Gradients in the inputs. */
  gradient: Float64Array
}

/** One interface to networks and to models of users. Arrays that it returns are its own until the next call. */
export interface Oracle {
  readonly name: string
  /** The number of classes; 0 before a user's model has been called. */
  classes: number
  /** Whether the numbers are rounded to float32. */
  readonly single: boolean
  readonly parameters: Float64Array | Float32Array | null
  logits(x: Float64Array, rows: number): Float64Array
  /** Logits and the gradients of the cross-entropies in the inputs. */
  crossEntropy(x: Float64Array, y: Int32Array): Sight
  /** Logits and the gradients of the margins max_{j != y} z_j - z_y. */
  margin(x: Float64Array, y: Int32Array): Sight
  /** sum_i w_i grad l_i in the parameters. */
  weighted(x: Float64Array, y: Int32Array, w: Float64Array): Float64Array | Float32Array
  /** The derivative of {@link weighted} as example i moves along q_i; `exact` false: by central differences. */
  cross(x: Float64Array, y: Int32Array, w: Float64Array, q: Float64Array, exact: boolean): Float64Array | Float32Array
  /** The gradient of sum_i <c_i, z_i> in the parameters, where rows of c sum to 0. */
  pulledBack(x: Float64Array, c: Float64Array): Float64Array | Float32Array
  /** Hessians of the cross-entropies in the inputs, each times its row of v. */
  inputHessian(x: Float64Array, y: Int32Array, v: Float64Array): Float64Array | Float32Array
  /** Before a step of training, and after it. */
  prepare(rows: number): void
  finish(): void
  /** Runs `work` without what a network only has in training. */
  quietly<T>(work: () => T): T
}

const isNetwork = (model: unknown): model is DenseNetwork =>
  typeof (model as DenseNetwork | null)?.predict === 'function' &&
  typeof (model as DenseNetwork).backpropagateToInputs === 'function'

/**
 * Reads a model.
 *
 * @param trains whether its parameters and their gradient are needed.
 */
export function oracleOf(model: DenseNetwork | AdversarialModel, columns: number, trains: boolean): Oracle {
  if (isNetwork(model)) return networkOracle(model, columns)
  const given = model as Partial<TrainableModel> | null
  if (typeof given !== 'object' || given === null)
    refuse('model', 'a network of @opt/nn, or an object with logits and inputGradient', show(model), 'type')
  for (const name of ['logits', 'inputGradient', ...(trains ? ['weightedGradient'] : [])] as const)
    callback(given[name as 'logits'] as () => unknown, `model.${name}`)
  if (trains) {
    const { parameters } = given
    if (!(parameters instanceof Float64Array || parameters instanceof Float32Array) || parameters.length === 0)
      refuse('model.parameters', 'a nonempty Float64Array or Float32Array', show(parameters), 'type')
  }
  return userOracle(given as TrainableModel, trains)
}

/** The step of central differences, in the inputs. */
const DIFFERENCE = 1e-5

/** (f(x + h q) - f(x - h q)) / 2h. */
export function difference(x: Float64Array, q: Float64Array, f: (at: Float64Array) => ArrayLike<number>): Float64Array {
  const ahead = Float64Array.from(f(x.map((v, i) => v + DIFFERENCE * q[i])))
  const behind = f(x.map((v, i) => v - DIFFERENCE * q[i]))
  return ahead.map((v, i) => (v - behind[i]) / (2 * DIFFERENCE))
}

function networkOracle(network: DenseNetwork, columns: number): Oracle {
  const { sizes } = network
  const k = sizes[sizes.length - 1]
  if (sizes[0] !== columns) refuse('model', `a network of ${columns} inputs, as many as the rows have`, `${sizes[0]}`)
  if (k < 2) refuse('model', 'a network of at least two outputs', `${k}`)
  checkLoss(network, columns, k)
  const scaled = (w: Float64Array) => w.map((weight) => weight * w.length)
  /** Calls a pass that leaves the outputs of at most `batch` examples, and collects those of all. */
  function sight(x: Float64Array, rows: number, pass: (part: Float64Array, start: number) => ArrayLike<number>): Sight {
    const logits = new Float64Array(rows * k)
    const gradient = new Float64Array(x.length)
    for (let start = 0; start < rows; start += network.batch) {
      const end = Math.min(rows, start + network.batch)
      gradient.set(pass(x.subarray(start * columns, end * columns), start), start * columns)
      logits.set(network.lastOutputs, start * k)
    }
    return { logits, gradient }
  }
  const weighted: Oracle['weighted'] = (x, y, w) => {
    network.lossAndGradient(x, y, { weights: scaled(w) })
    return network.gradients
  }
  return {
    name: 'network',
    classes: k,
    single: network.dtype === 'float32',
    parameters: network.parameters,
    logits: (x) => Float64Array.from(network.predict(x)),
    crossEntropy: (x, y) =>
      sight(x, y.length, (part, start) =>
        network.inputGradient(part, y.subarray(start, start + part.length / columns)),
      ),
    margin: (x, y) =>
      sight(x, y.length, (part, start) =>
        network.backpropagateToInputs(part, (z, first) => marginCotangents(z, y, start + first, k)),
      ),
    weighted,
    cross(x, y, w, q, exact) {
      if (exact) return network.hvp(x, y, { inputs: q }, { weights: scaled(w) })
      return difference(x, q, (at) => weighted(at, y, w))
    },
    pulledBack: (x, c) => network.backpropagate(x, c),
    inputHessian: (x, y, v) => network.inputGradientTangent(x, y, { inputs: v }),
    prepare: (rows) => network.drawNoise(Math.min(rows, network.batch)),
    finish: () => network.updateStatistics(),
    quietly(work) {
      const { training } = network
      network.training = false
      try {
        return work()
      } finally {
        network.training = training
      }
    },
  }
}

/** Refuses networks whose loss is not the cross-entropy of their outputs. */
function checkLoss(network: DenseNetwork, columns: number, k: number): void {
  const { training } = network
  network.training = false
  try {
    const x = new Float64Array(columns)
    const expected = crossEntropies(network.predict(x), [0], k)[0]
    const loss = network.loss(x, [Float64Array.from({ length: k }, (_, j) => Number(j === 0))])
    // A network that has already diverged is not judged by its loss.
    if (Number.isFinite(expected) && !(Math.abs(loss - expected) <= 1e-3 * (1 + Math.abs(expected))))
      refuse('model', "a network with loss 'cross-entropy'", 'another loss')
  } catch (error) {
    if (error instanceof RangeError && /another loss/.test(error.message)) throw error
    refuse('model', "a network with loss 'cross-entropy'", 'another loss')
  } finally {
    network.training = training
  }
}

/** The derivatives of the margins in the logits, for rows from example `first` on. */
function marginCotangents(z: ArrayLike<number>, y: Int32Array, first: number, k: number): Float64Array {
  const cotangents = new Float64Array(z.length)
  for (let row = 0, i = first; row < z.length; row += k, i++) {
    cotangents[row + bestOther(z, row, k, y[i])] = 1
    cotangents[row + y[i]] = -1
  }
  return cotangents
}

function userOracle(model: TrainableModel, trains: boolean): Oracle {
  /** Copies an answer after checking its size. */
  function answer(what: string, given: ArrayLike<number>, length: number): Float64Array {
    if (given?.length !== length)
      refuse(
        `model.${what}`,
        `a function that returns ${length} numbers in a flat array`,
        typeof given?.length === 'number' ? `${given.length}` : show(given),
        'type',
      )
    return Float64Array.from(given)
  }
  const oracle: Oracle = {
    name: 'model',
    classes: 0,
    single: trains && model.parameters instanceof Float32Array,
    parameters: trains ? model.parameters : null,
    logits(x, rows) {
      const given = model.logits(x)
      const k = (given?.length ?? 0) / rows
      if (oracle.classes === 0) {
        if (!(Number.isInteger(k) && k >= 2))
          refuse(
            'model.logits',
            `a function that returns at least two numbers for each of ${rows} rows, flat`,
            typeof given?.length === 'number' ? `length ${given.length}` : show(given),
            'type',
          )
        oracle.classes = k
      }
      return answer('logits', given, rows * oracle.classes)
    },
    crossEntropy: (x, y) => ({
      logits: oracle.logits(x, y.length),
      gradient: answer('inputGradient', model.inputGradient(x, y), x.length),
    }),
    margin(x, y) {
      // Cross-entropies of one row differ by logits only: l(y) - l(j) = z_j - z_y.
      const logits = oracle.logits(x, y.length)
      const k = oracle.classes
      const gradient = answer('inputGradient', model.inputGradient(x, y), x.length)
      const others = y.map((label, i) => bestOther(logits, i * k, k, label))
      const other = answer('inputGradient', model.inputGradient(x, others), x.length)
      return { logits, gradient: gradient.map((g, at) => g - other[at]) }
    },
    weighted: (x, y, w) => answer('weightedGradient', model.weightedGradient(x, y, w), model.parameters.length),
    cross: (x, y, w, q) => difference(x, q, (at) => oracle.weighted(at, y, w)),
    pulledBack(x, c) {
      // sum_j c_j z_j = -sum_j c_j l(j) where sum_j c_j = 0.
      const k = oracle.classes
      const rows = c.length / k
      const sum = new Float64Array(model.parameters.length)
      for (let j = 0; j < k; j++) {
        const weights = Float64Array.from({ length: rows }, (_, i) => -c[i * k + j])
        const part = oracle.weighted(x, new Int32Array(rows).fill(j), weights)
        for (let p = 0; p < sum.length; p++) sum[p] += part[p]
      }
      return sum
    },
    inputHessian: (x, y, v) => difference(x, v, (at) => oracle.crossEntropy(at, y).gradient),
    prepare() {},
    finish() {},
    quietly: (work) => work(),
  }
  return oracle
}

/** Refuses a gradient in the inputs that is not finite. */
export function checkGradient(name: string, gradient: Float64Array, columns: number): void {
  if (allFinite(gradient)) return
  const at = gradient.findIndex((g) => !Number.isFinite(g))
  refuse(
    'model',
    'one with a finite gradient',
    `${show(gradient[at])} in ${name}[${Math.floor(at / columns)}][${at % columns}]`,
  )
}
