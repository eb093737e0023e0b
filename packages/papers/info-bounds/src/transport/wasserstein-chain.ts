import { callback, calling, type Matrix, matrix, number, options, type Random, refuse } from '@opt/core'
import { layersOf, type Network } from '../network/layers.ts'
import { generator } from '../shift/paths.ts'
import { balance, integerLabels, type Sample, takeRows } from '../shift/samples.ts'
import { crossEntropy, type Loss, losses } from './losses.ts'
import { jointly, withinClasses } from './metrics.ts'
import { distanceBetween } from './wasserstein1.ts'

/** Options of {@link wassersteinChain}. */
export interface ChainOptions {
  /** The loss of a row of outputs and a label. Default: cross-entropy of logits. */
  loss?: Loss | undefined
  /** Its Lipschitz constant in the outputs. Default sqrt 2, that of cross-entropy. */
  lossLipschitz?: number | undefined
  /**
   * c of the paper's joint metric |t - t'| + c [y != y'], with which examples may move between classes. Default: none do.
   * Needs `lossRange`.
   */
  labelCost?: number | undefined
  /** The largest difference of losses of the same outputs with different labels, such as 1; only for `labelCost`. */
  lossRange?: number | undefined
  /** Relative regularisation of brackets, which are used for classes of more than 1000 examples. Default 0.01. */
  epsilon?: number | undefined
  /** Chooses the examples that are left out of larger classes. Default random(0). */
  random?: Random | undefined
}

/** A layer of a {@link WassersteinChain}. */
export interface ChainLayer {
  /** Units. */
  width: number
  /** W1 between training and test, transported within each class or in the joint metric; the upper end of a bracket. */
  distance: number
  /** The root mean squared distance of the test activations from their mean, to compare distances with. */
  scale: number
  /** Lipschitz constant of the layers above: a product of operator norms. */
  tail: number
  /** lossLipschitz * tail * distance >= |gap|; with `labelCost`, max(lossLipschitz * tail, lossRange / c) * distance. */
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
    const names = ['loss', 'lossLipschitz', 'labelCost', 'lossRange', 'epsilon', 'random'] as const
    const {
      loss = crossEntropy,
      lossLipschitz = Math.SQRT2,
      labelCost,
      lossRange,
      epsilon = 0.01,
      random,
    } = options(given, 'options', names)
    callback(loss, 'loss')
    number(lossLipschitz, 'lossLipschitz', { nonnegative: true })
    number(epsilon, 'epsilon', { min: 1e-4, max: 1 })
    if (labelCost !== undefined) {
      number(labelCost, 'labelCost', { positive: true })
      number(lossRange, 'lossRange', { nonnegative: true })
    }
    const layers = layersOf(network, 'network')
    const { a, b, labelsA, labelsB, dropped } = readBoth(train, test, labelCost === undefined, generator(random))
    const metric = labelCost === undefined ? withinClasses(labelsA, labelsB) : jointly(labelsA, labelsB, labelCost)
    const labelConstant = labelCost === undefined ? 0 : lossRange! / labelCost
    let exact = true
    const between = (x: Matrix, y: Matrix): number => {
      const found = metric(x, y, epsilon)
      exact &&= found.exact
      return found.upper
    }

    const constants = layers.map((layer) => layer.lipschitz())
    const answer: ChainLayer[] = []
    let [s, t] = [a, b]
    for (let l = 0; l <= layers.length; l++) {
      if (l > 0) [s, t] = [layers[l - 1].forward(s), layers[l - 1].forward(t)]
      const distance = between(s, t)
      const tail = constants.slice(l).reduce((product, constant) => product * constant, 1)
      const constant = Math.max(lossLipschitz * tail, labelConstant)
      answer.push({
        width: s.shape[1],
        distance,
        scale: spread(t),
        tail,
        bound: distance === 0 ? 0 : constant * distance,
      })
    }
    const [lossesA, lossesB] = [losses(s, labelsA, loss), losses(t, labelsB, loss)]
    const ofLosses =
      labelCost === undefined ? between(lossesA, lossesB) : distanceBetween(lossesA, lossesB, 'auto', epsilon).upper
    return {
      layers: answer,
      norms: Float64Array.from(layers, (layer) => layer.norm()),
      lossLevel: ofLosses,
      gap: average(lossesB.data) - average(lossesA.data),
      funnel: {
        byDistance: least(answer.map(({ distance }) => distance)),
        byBound: least(answer.map(({ bound }) => bound)),
      },
      dropped,
      exact,
    }
  })
}

interface Both {
  a: Matrix
  b: Matrix
  labelsA: Int32Array
  labelsB: Int32Array
  dropped: { train: number; test: number }
}

/** Reads the samples; `balanced` leaves out examples so that both have the same number of every class. */
function readBoth(train: Sample, test: Sample, balanced: boolean, random: Random): Both {
  const A = read(train, 'train')
  const B = read(test, 'test', A.inputs.shape[1])
  if (!balanced)
    return { a: A.inputs, b: B.inputs, labelsA: A.labels, labelsB: B.labels, dropped: { train: 0, test: 0 } }
  const { keptA, keptB } = balance(A.labels, B.labels, ['train.labels', 'test.labels'], random)
  return {
    a: takeRows(A.inputs, keptA),
    b: takeRows(B.inputs, keptB),
    labelsA: keptA.map((i) => A.labels[i]),
    labelsB: keptB.map((i) => B.labels[i]),
    dropped: { train: A.labels.length - keptA.length, test: B.labels.length - keptB.length },
  }
}

function read(sample: Sample, name: string, columns?: number): { inputs: Matrix; labels: Int32Array } {
  const given = options(sample, name, ['inputs', 'labels'])
  const inputs = matrix(given.inputs, `${name}.inputs`, { columns })
  if (given.labels === undefined) refuse(`${name}.labels`, 'given', 'none', 'type')
  return { inputs, labels: integerLabels(given.labels, `${name}.labels`, inputs.shape[0]) }
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
