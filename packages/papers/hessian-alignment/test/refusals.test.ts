import { mlp } from '@opt/nn'
import { Matrix } from 'ml-matrix'
import ndarray from 'ndarray'
import {
  AlignedModel,
  alignmentPenalty,
  colourDigits,
  domainReport,
  headOracle,
  rotateImages,
  trainAcrossDomains,
  transferBound,
  transferMeasure,
  VarianceAverage,
} from '../src/index.ts'

const a = {
  features: [
    [1, 2],
    [3, 4],
    [0, 1],
  ],
  targets: [0, 1, 1],
}
const b = {
  features: [
    [2, 2],
    [1, 0],
  ],
  targets: [1, 0],
}
const head = { weight: [1, -1], bias: [0.5] }
const wide = {
  weight: [
    [1, 0, 0],
    [0, 1, 0],
  ],
  bias: [0, 0, 0],
}
const network = mlp({ sizes: [2, 3, 1], loss: 'logistic' })
const inputs = [a, b].map(({ features, targets }) => ({ inputs: features, targets }))
const any = (x: unknown) => x as never

test.each<[string, () => unknown]>([
  [
    'alignmentPenalty: domains must be at least two, or there is nothing to align, got 1',
    () => alignmentPenalty([a], head),
  ],
  ['alignmentPenalty: domains must be an array of domains, got an object', () => alignmentPenalty(any(a), head)],
  [
    'alignmentPenalty: domains[1].features must be of shape [1, 2], got shape [1, 3]',
    () => alignmentPenalty([a, { features: [[1, 2, 3]], targets: [0] }], head),
  ],
  [
    'alignmentPenalty: domains[0].features must be nonempty, got length 0',
    () => alignmentPenalty([{ features: [], targets: [] }, b], head),
  ],
  [
    'alignmentPenalty: domains[1].features[1][0] must be a finite number, got NaN',
    () => alignmentPenalty([a, { features: new Float64Array([1, 2, NaN, 4]), targets: [0, 1] }], head),
  ],
  [
    'alignmentPenalty: domains[1].features[1][0] must be a finite number, got NaN',
    () => alignmentPenalty([a, { features: [1, 2, NaN, 4], targets: [0, 1] }], head),
  ],
  [
    'alignmentPenalty: domains[1].features[0][1] must be a finite number, got Infinity',
    () => alignmentPenalty([a, { features: new Float32Array([1, Infinity]), targets: [0] }], head),
  ],
  [
    'alignmentPenalty: domains[0].targets[1] must be an integer between 0 and 2, got 3',
    () => alignmentPenalty([{ ...a, targets: [0, 3, 1] }, b], wide),
  ],
  [
    'alignmentPenalty: domains[0].targets[0] must be between 0 and 1, got 2',
    () => alignmentPenalty([{ ...a, targets: [2, 0, 1] }, b], head),
  ],
  [
    'alignmentPenalty: domains[0].targets must be 3 numbers, got 2 numbers',
    () => alignmentPenalty([{ ...a, targets: [0, 1] }, b], head),
  ],
  [
    'alignmentPenalty: domains[0].targets[1] must be a distribution (sum 1), got sum 0.5',
    () =>
      alignmentPenalty(
        [
          {
            ...a,
            targets: [
              [1, 0, 0],
              [0.5, 0, 0],
              [0, 0, 1],
            ],
          },
          b,
        ],
        wide,
      ),
  ],
  [
    'alignmentPenalty: domains[0] must be of at least 2 rows with unbiased, got 1',
    () => alignmentPenalty([{ features: [[1, 2]], targets: [1] }, b], head, { unbiased: true }),
  ],
  [
    "alignmentPenalty: domains[0] must be of at least 2 rows with method 'coral', got 1",
    () => alignmentPenalty([{ features: [[1, 2]], targets: [1] }, b], head, { method: 'coral' }),
  ],
  [
    "alignmentPenalty: unbiased must be false with method 'coral', got true",
    () => alignmentPenalty([a, b], head, { method: 'coral', unbiased: true }),
  ],
  [
    'alignmentPenalty: weight must be a nonnegative number, got -1',
    () => alignmentPenalty([a, b], head, { weight: -1 }),
  ],
  [
    'alignmentPenalty: alpha must be a nonnegative number, got NaN',
    () => alignmentPenalty([a, b], head, { alpha: NaN }),
  ],
  [
    "alignmentPenalty: method must be 'gradient', 'hgp', 'diagonal', 'hutchinson', 'irm', 'vrex', 'fishr' or 'coral', got \"iga\"",
    () => alignmentPenalty([a, b], head, { method: any('iga') }),
  ],
  [
    'alignmentPenalty: probes must be an integer between 1 and 10000, got 0',
    () => alignmentPenalty([a, b], head, { method: 'hutchinson', probes: 0 }),
  ],
  [
    'alignmentPenalty: probes[0] must be of length 3, got length 2',
    () => alignmentPenalty([a, b], head, { method: 'hutchinson', probes: [[1, -1]] }),
  ],
  [
    'alignmentPenalty: average must be a VarianceAverage, got an object',
    () => alignmentPenalty([a, b], head, { method: 'fishr', average: any({}) }),
  ],
  [
    'alignmentPenalty: head must be an object with theta, or with weight, got neither',
    () => alignmentPenalty([a, b], any({})),
  ],
  [
    'alignmentPenalty: head.theta must be of at least two rows, the last of which is the bias, got 1',
    () => alignmentPenalty([a, b], { theta: [[1, 2]] }),
  ],
  [
    'alignmentPenalty: head.bias must be of length 1, got length 2',
    () => alignmentPenalty([a, b], { weight: [1, 2], bias: [1, 2] }),
  ],
  ['hvp: v must be of length 3, got length 1', () => headOracle(a, head).hvp([1])],
  [
    'hvp: v must be of a scale whose derivatives are finite, got an overflow',
    () => headOracle(a, head).hvp([1e308, 1e308, 1e308]),
  ],
  [
    'diagonal: domain must be of a scale whose derivatives are finite, got an overflow',
    () => headOracle({ features: [[1e200, 1e200]], targets: [1] }, { weight: [1, -1] }).diagonal(),
  ],
  [
    'alignmentPenalty: probes.length must be an integer of at least 1, got 0',
    () => alignmentPenalty([a, b], head, { method: 'hutchinson', probes: [] }),
  ],
  [
    'VarianceAverage.add: variances[1] must be of length 1, got length 2',
    () => new VarianceAverage().add([[1], [1, 2]]),
  ],
  ['VarianceAverage.load: state[1] must be of length 1, got length 2', () => new VarianceAverage().load([[1], [1, 2]])],
  [
    'transferBound: delta must be a positive number of at most 1e+100, got 0',
    () => transferBound(a, b, head, { delta: 0 }),
  ],
  [
    'transferMeasure: delta must be a positive number of at most 1e+100, got -1',
    () => transferMeasure(a, b, head, { delta: -1 }),
  ],
  [
    'transferMeasure: target.features[0][0] must be a finite number, got NaN',
    () =>
      transferMeasure(
        a,
        {
          ...b,
          features: [
            [NaN, 1],
            [1, 1],
          ],
        },
        head,
        { delta: 1 },
      ),
  ],
  [
    'domainReport: names must be an array of 2 strings, got an array of length 1',
    () => domainReport([a, b], head, { names: ['x'] }),
  ],
  ['domainReport: delta must be given for a head of zeros, got none', () => domainReport([a, b], { weight: [0, 0] })],
  [
    'trainAcrossDomains: batchSize must be an integer of at least 2, got 1',
    () => trainAcrossDomains(network, inputs, { unbiased: true, batchSize: 1 }),
  ],
  [
    'trainAcrossDomains: model must be a network of @opt/nn, or an array of the units of its layers, got "net"',
    () => trainAcrossDomains(any('net'), inputs),
  ],
  [
    'colourDigits: digits[1] must be an integer between 0 and 9, got 11',
    () => colourDigits([1, 2], [1, 11], { error: 0 }),
  ],
  [
    'trainAcrossDomains: domains must be at least two, or there is nothing to align, got 1',
    () => trainAcrossDomains(network, [inputs[0]]),
  ],
  [
    'trainAcrossDomains: weight must be a nonnegative number, got -2',
    () => trainAcrossDomains(network, inputs, { weight: -2 }),
  ],
  [
    "trainAcrossDomains: model must be a network with loss 'logistic', got one with another loss",
    () => trainAcrossDomains(mlp({ sizes: [2, 3, 1], loss: 'squared', seed: 4 }), inputs),
  ],
  [
    'trainAcrossDomains: model must be a network with a hidden layer, got units 2, 1',
    () => trainAcrossDomains([2, 1], inputs),
  ],
  [
    'AlignedModel: model must be a network without batch normalization and noise, got normalization',
    () => new AlignedModel(mlp({ sizes: [2, 3, 2], batchNorm: true })),
  ],
  [
    'trainAcrossDomains: model must be a network without batch normalization and noise, got noise',
    () => trainAcrossDomains(mlp({ sizes: [2, 3, 1], loss: 'logistic', dropout: 0.5 }), inputs),
  ],
  [
    "trainAcrossDomains: unbiased must be left out with method 'iga', got true",
    () => trainAcrossDomains(network, inputs, { method: 'iga', unbiased: true }),
  ],
  [
    'trainAcrossDomains: domains[1].inputs[0][1] must be a finite number, got NaN',
    () => trainAcrossDomains(network, [inputs[0], { inputs: [[1, NaN]], targets: [1] }]),
  ],
  [
    'trainAcrossDomains: sample(step, 0)[0] must be an integer between 0 and 2, got 9',
    () => trainAcrossDomains(network, inputs, { sample: () => [9] }),
  ],
  [
    'colourDigits: images must be 2 pictures of equal size, got 3 numbers',
    () => colourDigits([1, 2, 3], [1, 2], { error: 0 }),
  ],
  [
    'colourDigits: error must be a finite number between 0 and 1, got 2',
    () => colourDigits([1, 2], [1, 2], { error: 2 }),
  ],
  ['rotateImages: images must be pictures of 4 pixels, got 3 numbers', () => rotateImages([1, 2, 3], 2, 10)],
  ['rotateImages: degrees must be a finite number, got NaN', () => rotateImages([1, 2, 3, 4], 2, NaN)],
  ['VarianceAverage: decay must be a finite number between 0 and 0.999999, got 1', () => new VarianceAverage(1)],
])('%s', (message, call) => {
  expect(call).toThrow(message)
})

test('all forms of rows give the same bits, and nothing of the caller is changed', () => {
  const flat = [1, 2, 3, 4, 0, 1]
  const strided = ndarray(
    Float64Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((_, i) => flat[5 - (i >> 1)])),
    [3, 2],
    [-4, -2],
    10,
  )
  const forms = [
    flat,
    Float32Array.from(flat),
    a.features,
    ndarray(flat, [3, 2]),
    new Matrix(a.features),
    strided,
    Object.freeze(a.features.map((row) => Object.freeze(row))),
  ]
  const want = alignmentPenalty([a, b], head, { method: 'hgp' })
  for (const features of forms)
    for (const theta of [[[1], [-1], [0.5]], [1, -1, 0.5], new Matrix([[1], [-1], [0.5]])])
      expect(
        alignmentPenalty(
          [{ features: any(features), targets: a.targets }, b],
          { theta: any(theta) },
          { method: 'hgp' },
        ),
      ).toEqual(want)
  const soft = alignmentPenalty(
    [
      {
        ...a,
        targets: [
          [1, 0, 0],
          [0, 1, 0],
          [0, 1, 0],
        ],
      },
      b,
    ],
    wide,
  )
  expect(soft).toEqual(alignmentPenalty([a, b], wide))
})

test('probes other than signs are accepted with a warning; a missing class is no matter', () => {
  const { warnings } = alignmentPenalty([a, b], head, { method: 'hutchinson', probes: [[1, 2, 1]] })
  expect(warnings[0]).toContain('probes[0] has entries other than 1 and -1')
  expect(alignmentPenalty([a, b], wide).warnings).toEqual([])
})
