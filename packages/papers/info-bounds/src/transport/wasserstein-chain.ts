import { callback, calling, exp, log, type Matrix, matrix, number, options, type Random, refuse } from '@opt/core'
import ndarray from 'ndarray'
import { layersOf, type Network } from '../network/layers.ts'
import { generator } from '../shift/paths.ts'
import { balance, classRows, integerLabels, type Sample, takeRows } from '../shift/samples.ts'
import { distanceBetween } from './wasserstein1.ts'

/** Options of {@link wassersteinChain}. */
export interface ChainOptions {
  /** The loss of a row of outputs and a label. Default: cross-entropy of logits. */
  loss?: ((outputs: Float64Array, label: number) => number) | undefined
  /** Its Lipschitz constant in the outputs. Default sqrt 2, that of cross-entropy. */
  lossLipschitz?: number | undefined
  /** Relative regularisation of brackets, which are used for classes of more than 1000 examples. Default 0.01. */
  epsilon?: number | undefined
  /** Chooses the examples that are left out of larger classes. Default random(0). */
  random?: Random | undefined
}

/** A layer of a {@link WassersteinChain}. */
export interface ChainLayer {
  /** Units. */
  width: number
  /** W1 between the activations of training and test, transported within each class; the upper end of a bracket. */
  distance: number
  /** The root mean squared distance of the test activations from their mean, to compare distances with. */
  scale: number
  /** Lipschitz constant of the layers above: a product of operator norms. */
  tail: number
  /** lossLipschitz * tail * distance >= |gap|. */
  bound: number
}

/** Answer of {@link wassersteinChain}. */
export interface WassersteinChain {
  /** Inputs, hidden layers, outputs. */
  layers: ChainLayer[]
  /** The operator norm of each layer's weights. */
  norms: Float64Array
  /** W1 of the losses within each class: >= |gap|. */
  lossLevel: number
  /** Mean test loss minus mean training loss, of the examples that were used. */
  gap: number
  /**
   * The layer of the least distance, and of the least bound. The latter is always the outputs (up to equal ones and the
   * width of brackets), which is no discovery: each layer's bound follows from the next one's.
   */
  funnel: { byDistance: number; byBound: number }
  /** Examples left out to give both samples the same number of every class. */
  dropped: { train: number; test: number }
  /** Whether all distances are exact rather than upper ends of brackets. */
  exact: boolean
}

/**
 * Bounds the generalization gap of a trained network at each layer: |gap| <= Lip(loss o layers above) W1(training,
 * test), transported within the classes (He and Goldfeld, arXiv 2404.03176, the Wasserstein bound).
 *
 * @param network a network of @opt/nn or layers with weights.
 * @param train inputs and labels.
 * @param test inputs and labels.
 * @throws TypeError or RangeError naming the argument that is wrong, such as a class that only one sample has.
 */
export function wassersteinChain(
  network: Network,
  train: Sample,
  test: Sample,
  given?: ChainOptions,
): WassersteinChain {
  return calling('wassersteinChain', () => {
    const names = ['loss', 'lossLipschitz', 'epsilon', 'random'] as const
    const { loss = crossEntropy, lossLipschitz = Math.SQRT2, epsilon = 0.01, random } = options(given, 'options', names)
    callback(loss, 'loss')
    number(lossLipschitz, 'lossLipschitz', { nonnegative: true })
    number(epsilon, 'epsilon', { min: 1e-4, max: 1 })
    const layers = layersOf(network, 'network')
    const A = read(train, 'train')
    const B = read(test, 'test', A.inputs.shape[1])
    const { keptA, keptB, classes } = balance(A.labels, B.labels, ['train.labels', 'test.labels'], generator(random))
    let [a, b] = [takeRows(A.inputs, keptA), takeRows(B.inputs, keptB)]
    const [labelsA, labelsB] = [keptA.map((i) => A.labels[i]), keptB.map((i) => B.labels[i])]
    const groups = classes.map((one): [Int32Array, Int32Array] => [classRows(labelsA, one), classRows(labelsB, one)])
    let exact = true
    /** W1 within the classes, weighted by their shares. */
    const within = (x: Matrix, y: Matrix): number => {
      let sum = 0
      for (const [p, q] of groups) {
        const found = distanceBetween(takeRows(x, p), takeRows(y, q), 'auto', epsilon)
        sum += (p.length / keptA.length) * found.upper
        exact &&= found.exact
      }
      return sum
    }

    const constants = layers.map((layer) => layer.lipschitz())
    const answer: ChainLayer[] = []
    for (let l = 0; l <= layers.length; l++) {
      if (l > 0) [a, b] = [layers[l - 1].forward(a), layers[l - 1].forward(b)]
      const distance = within(a, b)
      const tail = constants.slice(l).reduce((product, constant) => product * constant, 1)
      answer.push({
        width: a.shape[1],
        distance,
        scale: spread(b),
        tail,
        bound: distance === 0 ? 0 : lossLipschitz * tail * distance,
      })
    }
    const [lossesA, lossesB] = [losses(a, labelsA, loss), losses(b, labelsB, loss)]
    return {
      layers: answer,
      norms: Float64Array.from(layers, (layer) => layer.norm()),
      lossLevel: within(lossesA, lossesB),
      gap: average(lossesB.data) - average(lossesA.data),
      funnel: {
        byDistance: least(answer.map(({ distance }) => distance)),
        byBound: least(answer.map(({ bound }) => bound)),
      },
      dropped: { train: A.labels.length - keptA.length, test: B.labels.length - keptB.length },
      exact,
    }
  })
}

function read(sample: Sample, name: string, columns?: number): { inputs: Matrix; labels: Int32Array } {
  const given = options(sample, name, ['inputs', 'labels'])
  const inputs = matrix(given.inputs, `${name}.inputs`, { columns })
  if (given.labels === undefined) refuse(`${name}.labels`, 'given', 'none', 'type')
  return { inputs, labels: integerLabels(given.labels, `${name}.labels`, inputs.shape[0]) }
}

/** Cross-entropy of logits in nats. */
function crossEntropy(outputs: Float64Array, label: number): number {
  number(label, 'labels', { min: 0, max: outputs.length - 1 })
  let most = -Infinity
  for (const z of outputs) most = Math.max(most, z)
  let sum = 0
  for (const z of outputs) sum += exp(z - most)
  return log(sum) + (most - outputs[label])
}

function losses({ data, shape }: Matrix, labels: Int32Array, loss: NonNullable<ChainOptions['loss']>): Matrix {
  const outputs = shape[1]
  const out = Float64Array.from(labels, (label, i) =>
    number(loss(data.slice(i * outputs, (i + 1) * outputs), label), `loss for label ${label}`),
  )
  return ndarray(out, [labels.length, 1])
}

/** The root of the mean squared distance of rows from their mean. */
function spread({ data, shape }: Matrix): number {
  const [n, width] = shape as [number, number]
  let largest = 0
  for (const entry of data) largest = Math.max(largest, Math.abs(entry))
  if (largest === 0) return 0
  let total = 0
  for (let j = 0; j < width; j++) {
    let mean = 0
    for (let i = 0; i < n; i++) mean += data[i * width + j] / largest / n
    for (let i = 0; i < n; i++) {
      const off = data[i * width + j] / largest - mean
      total += (off * off) / n
    }
  }
  return largest * Math.sqrt(total)
}

/** The mean, which does not overflow. */
const average = (values: Float64Array): number => values.reduce((sum, value) => sum + value / values.length, 0)
/** The place of the first least value. */
const least = (values: number[]): number => values.reduce((best, value, i) => (value < values[best] ? i : best), 0)
