import { refuse } from '@opt/core'
import type { DenseNetwork } from '@opt/nn'
import { bestOther, crossEntropies } from '../weights/softmax.ts'
import { difference, type Oracle, type Sight } from './oracle.ts'

/** Reads a network for inputs of so many features. */
export function networkOracle(network: DenseNetwork, columns: number): Oracle {
  const { sizes } = network
  const k = sizes[sizes.length - 1]
  if (sizes[0] !== columns) refuse('model', `a network of ${columns} inputs, as many as the rows have`, `${sizes[0]}`)
  if (k < 2) refuse('model', 'a network of at least two outputs', `${k}`)
  checkLoss(network, columns, k)
  const scaled = (w: Float64Array) => w.map((weight) => weight * w.length)
  let logits = new Float64Array(0)
  let gradient = new Float64Array(0)
  /** Calls a pass that leaves the outputs of at most `batch` examples, and collects those of all. */
  function sight(x: Float64Array, rows: number, pass: (part: Float64Array, start: number) => ArrayLike<number>): Sight {
    if (logits.length !== rows * k) {
      logits = new Float64Array(rows * k)
      gradient = new Float64Array(rows * columns)
    }
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
    classes: k,
    parameters: network.parameters,
    logits: (x) => Float64Array.from(network.predict(x)),
    trainingLogits(x, y) {
      const all = new Float64Array(y.length * k)
      for (let start = 0; start < y.length; start += network.batch) {
        const end = Math.min(y.length, start + network.batch)
        network.loss(x.subarray(start * columns, end * columns), y.subarray(start, end))
        all.set(network.lastOutputs, start * k)
      }
      return all
    },
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
