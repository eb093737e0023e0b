import {
  activations,
  contracted,
  type DenseLayer,
  dropoutContraction,
  gaussianContraction,
  gaussianLinear,
  laboratory,
  shiftReport,
  smoothedDivergence,
  smoothedProfile,
  wasserstein1,
  wassersteinChain,
} from '../src/index.ts'

const layers: DenseLayer[] = [
  {
    weights: [
      [1, 0],
      [0, 1],
    ],
    activation: 'tanh',
  },
  {
    weights: [
      [1, -1],
      [0, 1],
    ],
  },
]
const inputs = [
  [0, 1],
  [1, 0],
  [2, 1],
  [1, 2],
]
const a = { inputs, labels: [0, 1, 0, 1] }
const problem = { mean: [1, 0], noise: 1, samples: 5, weights: [[[1, 0]]], estimate: [1, 1] }
const tiny = {
  points: [
    { x: [1], y: 1 },
    { x: [-1], y: -1 },
  ],
  probabilities: [0.5, 0.5],
  widths: [1, 1],
  values: [-1, 1],
  beta: 1,
  samples: 2,
}

test.each<[() => unknown, string]>([
  [() => smoothedProfile(layers, a, a, { noise: 0 }), 'smoothedProfile: noise must be a positive number, got 0'],
  [
    () => smoothedProfile(layers, a, a, { noise: [0.1, 0.1] }),
    'smoothedProfile: noise must be of length 1, got length 2',
  ],
  [() => smoothedProfile(layers, a, a, { components: 1 }), 'components must be an integer between 2 and'],
  [() => smoothedProfile(layers, a, a, { draws: 1 }), 'draws must be an integer between 2 and'],
  [() => smoothedProfile(layers, a, a, { nois: 1 } as object), 'did you mean noise?'],
  [
    () => smoothedProfile(layers, a, { inputs, labels: [0, 0, 0, 0] }),
    'smoothedProfile: b.labels must be of every class that a.labels has, got none of class 1',
  ],
  [
    () => smoothedProfile(layers, { inputs, labels: [0, 0, 0, 0] }, a),
    'smoothedProfile: a.labels must be of every class that b.labels has, got none of class 1',
  ],
  [() => smoothedProfile(layers, a, { inputs, labels: [0, 0.5, 1, 1] }), 'b.labels[1] must be an integer between'],
  [
    () => smoothedProfile(layers, { inputs, labels: [0, 1, 2, 2] }, { inputs, labels: [0, 1, 2, 2] }),
    'a.labels of a network with 2 outputs must be a finite number between 0 and 1, got 2',
  ],
  [() => smoothedProfile(layers, a, { inputs: [[1, 2, 3]] }), 'b.inputs must be of shape [1, 2], got shape [1, 3]'],
  [() => smoothedProfile(layers, { inputs: [[1, Number.NaN]] }, a), 'a.inputs[0][1] must be a finite number, got NaN'],
  [() => smoothedProfile(layers.slice(1), a, a), 'smoothedProfile: network must be of at least two layers'],
  [
    () =>
      smoothedProfile(
        [(rows) => rows, () => [[Number.NaN, 1]]],
        { inputs: [[1, 2]], labels: [0] },
        { inputs: [[1, 2]], labels: [0] },
        { components: 2 },
      ),
    'smoothedProfile: rows returned by network[1] must be of shape',
  ],
  [() => shiftReport(layers, a, a, { divisions: 0 }), 'shiftReport: divisions must be an integer between 1 and'],
  [
    () => shiftReport(layers, a, a, { significance: 1 }),
    'shiftReport: significance must be a positive number of at most 0.5, got 1',
  ],
  [() => activations([], inputs), 'activations: network must be at least one layer, got none'],
  [
    () => activations([{ weights: [[1, 2, 3]] }], inputs),
    'activations: network[0] must be given rows of 3 numbers, got rows of 2',
  ],
  [
    () => activations([{ weights: [[1, 2]], activation: 'swish' as 'relu' }], inputs),
    "network[0].activation must be 'identity', 'relu'",
  ],
  [
    () => activations([{ weights: [[1, 2]], activation: () => Number.NaN }], inputs),
    'activation of unit 0 for row 0 of network[0] must be a finite number, got NaN',
  ],
  [
    () => smoothedDivergence(inputs, inputs, { labelsA: [0, 1, 0, 1] }),
    'smoothedDivergence: labelsB must be given with the labels of the other sample, got none',
  ],
  [
    () => smoothedDivergence(inputs, inputs, { labelsA: [0, 1, 0, 2], labelsB: [0, 1, 0, 1] }),
    'smoothedDivergence: labelsB must be of every class of a, got none of class 2',
  ],
  [
    () => smoothedDivergence(inputs, inputs, { noise: 1e-310 }),
    'smoothedDivergence: noise must be large enough to divide the activation',
  ],
  [
    () => wasserstein1(inputs, inputs.slice(1), { method: 'exact' }),
    "wasserstein1: b must be of 4 rows like a, for 'exact', got 3 rows",
  ],
  [() => wasserstein1([], inputs), 'wasserstein1: a must be nonempty'],
  [
    () => wassersteinChain([(rows) => rows], a, a),
    'wassersteinChain: network[0] must be a layer with weights, whose Lipschitz constant is known, got a function',
  ],
  [
    () => wassersteinChain([{ weights: [[1, 2]], activation: Math.abs }], a, a),
    'wassersteinChain: network[0].lipschitz must be given for an activation that is a function, got none',
  ],
  [() => wassersteinChain(layers, a, { inputs }), 'wassersteinChain: test.labels must be given, got none'],
  [
    () => wassersteinChain(layers, a, a, { loss: () => Number.NaN }),
    'wassersteinChain: loss for label 0 must be a finite number, got NaN',
  ],
  [() => dropoutContraction(1, 3), 'dropoutContraction: drop must be a finite number between 0 and'],
  [() => gaussianContraction(-1), 'gaussianContraction: ratio must be a nonnegative number, got -1'],
  [
    () => contracted({ input: 0.1, label: 0.2, coefficients: [1] }),
    'contracted: label must be a finite number between 0 and 0.1, got 0.2',
  ],
  [() => gaussianLinear({ ...problem, samples: 1 }), 'gaussianLinear: samples must be an integer of at least 2, got 1'],
  [
    () => gaussianLinear({ ...problem, weights: [[[1, 0]], [[1, 0]]] }),
    'gaussianLinear: weights[1] must be of shape [1, 1], got shape [1, 2]',
  ],
  [
    () => laboratory({ ...tiny, widths: [1, 2] }),
    'laboratory: widths must be at least two, the last one 1, got [1, 2]',
  ],
  [() => laboratory({ ...tiny, probabilities: [0.5, 0.4] }), 'laboratory: probabilities must be of the sum 1, got 0.9'],
  [
    () =>
      laboratory({
        ...tiny,
        points: [
          { x: [1], y: 0 },
          { x: [1], y: 1 },
        ],
      }),
    'laboratory: points[0].y must be -1 or 1, got 0',
  ],
])('%s', (call, message) => {
  expect(call).toThrow(message)
})

test('the arrays of the caller are left alone', () => {
  const before = JSON.stringify([layers, a])
  smoothedProfile(layers, a, { inputs, labels: [1, 0, 0, 1] }, { components: 10, draws: 10 })
  wassersteinChain(layers, a, a)
  const given = { inputs: Float64Array.of(1, 2, 3, 4), labels: [0, 1] }
  const rows = [given.inputs.subarray(0, 2), given.inputs.subarray(2)]
  activations(
    [
      (x) => {
        x.data.fill(0)
        return x
      },
    ],
    rows,
  )
  expect(JSON.stringify([layers, a])).toBe(before)
  expect([...given.inputs]).toEqual([1, 2, 3, 4])
})
