import { golden, near } from '@opt/testing'
import {
  dropConnectContraction,
  dropoutContraction,
  gaussianContraction,
  gaussianDivergence,
  gaussianLinear,
  intrinsicDimension,
  knnDivergence,
  type LaboratoryActivation,
  type LaboratoryNoise,
  laboratory,
  slicedWasserstein1,
  smoothedDivergence,
  wasserstein1,
  wassersteinChain,
} from '../src/index.ts'

const read = <T>(file: string) => golden<T>(import.meta.url, file)

describe('contraction coefficients', () => {
  const data = read<{
    gaussian: { ratio: number; kl: number; klComplement: number; tv: number; tvComplement: number }[]
    dropout: { drop: number; width: number; coefficient: number; complement: number }[]
    dropConnect: { drop: number; inputs: number; outputs: number; coefficient: number; complement: number }[]
  }>('sdpi.json')

  test.each(data.gaussian)('Gaussian noise, ratio $ratio', ({ ratio, ...want }) => {
    const got = gaussianContraction(ratio)
    const relative = ratio >= 20 ? 1e-10 : 1e-12
    for (const name of ['kl', 'klComplement', 'tv', 'tvComplement'] as const)
      near(got[name], want[name], { relative, label: name })
  })

  test('dropout and DropConnect', () => {
    for (const { drop, width, coefficient, complement } of data.dropout) {
      const got = dropoutContraction(drop, width)
      near([got.kl, got.tv, got.klComplement, got.tvComplement], [coefficient, coefficient, complement, complement], {
        relative: 1e-12,
      })
    }
    for (const { drop, inputs, outputs, coefficient, complement } of data.dropConnect) {
      const got = dropConnectContraction(drop, inputs, outputs)
      near([got.kl, got.klComplement], [coefficient, complement], { relative: 1e-12 })
    }
  })
})

interface GaussianCase {
  mean: number[]
  noise: number
  samples: number
  estimate: number[]
  weights: number[][][]
  layers: Record<string, number>[]
}

test.each(read<GaussianCase[]>('gaussian.json').map((one, k) => [k, one] as const))(
  'Gaussian classification %i',
  (_, { layers, ...problem }) => {
    const got = gaussianLinear(problem)
    expect(got.length).toBe(layers.length)
    layers.forEach((want, l) => {
      expect(Object.keys(got[l]).sort()).toEqual(Object.keys(want).sort())
      for (const [name, value] of Object.entries(want))
        near(got[l][name as 'kl'], value, { absolute: 1e-9, relative: 1e-9, label: `layer ${l}, ${name}` })
    })
  },
)

interface LaboratoryCase {
  points: { x: number[]; y: number }[]
  probabilities: number[]
  widths: number[]
  values: number[]
  beta: number
  samples: number
  drop: number
  noise: LaboratoryNoise
  activation: LaboratoryActivation
  [answer: string]: unknown
}

test.each(read<LaboratoryCase[]>('lab.json').map((one, k) => [k, one] as const))('laboratory %i', (_, one) => {
  const { points, probabilities, widths, values, beta, samples, drop, noise, activation, ...want } = one
  const got = laboratory({ points, probabilities, widths, values, beta, samples, drop, noise, activation })
  for (const [name, value] of Object.entries(want))
    near(got[name as 'bounds'], value as number[], { absolute: 1e-10, label: name })
  near(got.gap, got.symmetrized / beta, { absolute: 1e-12, label: 'gap = I_SKL / beta' })
})

interface PairCase {
  a: number[][]
  b: number[][]
  w1: number
  directions: number[][]
  sliced: number
  maxSliced: number
  k?: number
  dimension: number
  knn: number
  neighbours: number
  intrinsic: number
  gaussianKl: number
}
interface SmoothedCase {
  a: number[][]
  b: number[][]
  labelsA: number[]
  labelsB: number[]
  noise: number
  indices: number[]
  normals: number[][]
  kl: number
  standardError: number
  totalVariation: number
}
const estimators = read<{
  pairs: PairCase[]
  unequal: { a: number[][]; b: number[][]; w1: number }
  smoothed: SmoothedCase[]
}>('estimators.json')

test.each(estimators.pairs.map((one, k) => [k, one] as const))('estimators of pair %i', (_, pair) => {
  const { a, b } = pair
  const { lower, upper, exact } = wasserstein1(a, b)
  expect(exact).toBe(true)
  near([lower, upper], [pair.w1, pair.w1], { absolute: 1e-10, relative: 1e-10, label: 'W1' })
  const { mean, max } = slicedWasserstein1(a, b, { directions: pair.directions })
  near([mean, max], [pair.sliced, pair.maxSliced], { absolute: 1e-9, label: 'sliced' })
  const bracket = wasserstein1(a, b, { method: 'bracket' })
  expect(bracket.lower).toBeLessThanOrEqual(pair.w1 * (1 + 1e-12))
  expect(bracket.upper).toBeGreaterThanOrEqual(pair.w1 * (1 - 1e-12))
  if (pair.k === undefined) return
  near(knnDivergence(a, b, { k: pair.k, dimension: pair.dimension }), pair.knn, { absolute: 1e-9, label: 'k-NN' })
  // The file's dimension is that of b.
  near(intrinsicDimension(b, { k: pair.neighbours }), pair.intrinsic, { absolute: 1e-9, label: 'dimension' })
  near(gaussianDivergence(a, b), pair.gaussianKl, { absolute: 1e-9, label: 'Gaussian' })
})

test('unequal samples are bracketed', () => {
  const { a, b, w1 } = estimators.unequal
  const { lower, upper, exact } = wasserstein1(a, b)
  expect(exact).toBe(false)
  expect(lower).toBeLessThanOrEqual(w1)
  expect(upper).toBeGreaterThanOrEqual(w1)
  expect(upper - lower).toBeLessThan(0.05 * w1)
})

test.each(estimators.smoothed.map((one, k) => [k, one] as const))('smoothed divergence %i', (_, one) => {
  const { a, b, labelsA, labelsB, noise, indices, normals, ...want } = one
  const got = smoothedDivergence(a, b, { labelsA, labelsB, noise, draws: { indices, normals } })
  near(got.kl, want.kl, { absolute: 1e-9, relative: 1e-9, label: 'kl' })
  near(got.standardError, want.standardError, { absolute: 1e-9, relative: 1e-9, label: 'standardError' })
  near(got.totalVariation, want.totalVariation, { absolute: 1e-9, label: 'totalVariation' })
})

interface NetworkCase {
  activation: 'tanh' | 'relu'
  weights: number[][][]
  biases: number[][]
  train: number[][]
  test: number[][]
  trainLabels: number[]
  testLabels: number[]
  norms: number[]
  tails: number[]
  distances: number[]
  scales: number[]
  bounds: number[]
  lossLevel: number
  gap: number
  funnel: number
}

test.each(read<NetworkCase[]>('network.json'))('Wasserstein chain, $activation', (one) => {
  const layers = one.weights.map((weights, l) => ({
    weights,
    bias: one.biases[l],
    activation: l < one.weights.length - 1 ? one.activation : ('identity' as const),
  }))
  const got = wassersteinChain(
    layers,
    { inputs: one.train, labels: one.trainLabels },
    { inputs: one.test, labels: one.testLabels },
  )
  const near9 = (value: ArrayLike<number>, want: number[], label: string) =>
    near(value, want, { absolute: 1e-9, relative: 1e-9, label })
  near9(got.norms, one.norms, 'norms')
  near9(
    got.layers.map(({ tail }) => tail),
    one.tails,
    'tails',
  )
  near9(
    got.layers.map(({ distance }) => distance),
    one.distances,
    'distances',
  )
  near9(
    got.layers.map(({ scale }) => scale),
    one.scales,
    'scales',
  )
  near9(
    got.layers.map(({ bound }) => bound),
    one.bounds,
    'bounds',
  )
  near9([got.lossLevel, got.gap], [one.lossLevel, one.gap], 'losses')
  expect(got.funnel).toEqual({ byDistance: one.funnel, byBound: one.weights.length })
})
