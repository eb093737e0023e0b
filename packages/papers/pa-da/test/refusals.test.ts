import {
  DataSampler,
  evolve,
  gradientVariance,
  kendallTau,
  PathSampler,
  rankPaths,
  Supernet,
  searchSpace,
  trainAlone,
  trainSupernet,
} from '../src/index.ts'

const net = () => new Supernet({ inputs: 2, classes: 2, channels: 4 })
const data = () => ({
  inputs: [
    [1, 2],
    [3, -4],
    [0.5, 0.25],
    [-1, 1],
  ],
  labels: [0, 1, 1, 0],
})
const training =
  (options: object, of = data()) =>
  () =>
    trainSupernet(net(), of, { epochs: 2, batchSize: 2, ...options })
const any = (value: unknown) => value as never

const cases: [string, () => unknown][] = [
  ['searchSpace: edges[0][1] must be an integer between 1 and 1000, got 0', () => searchSpace({ edges: [[0, 0]] })],
  ['searchSpace: edges must be an array of 1 to 1000 edges', () => searchSpace({ edges: [] })],
  ["searchSpace: ops[0] must be 'none', 'skip'", () => searchSpace({ ops: any(['conv']) })],
  [
    'searchSpace: ops[1] must be an operation that does not come earlier, got skip again',
    () => searchSpace({ ops: ['skip', 'skip'] }),
  ],
  ['searchSpace: ops[0].width must be', () => searchSpace({ ops: [{ kind: 'thin', width: 0 }] })],
  [
    'searchSpace: edges must be few enough for at most 1000000000 paths',
    () => searchSpace({ edges: Array.from({ length: 30 }, (_, k) => [k, k + 1] as [number, number]) }),
  ],
  ['did you mean cells?', () => searchSpace(any({ cell: 2 }))],
  ['SearchSpace.path: i must be an integer between 0 and 124, got 125', () => searchSpace().path(125)],
  ['SearchSpace.index: path[1] must be an integer between 0 and 4, got 5', () => searchSpace().index([0, 5, 0])],
  ['SearchSpace.canonical: path must be of length 3, got length 2', () => searchSpace().canonical([0, 1])],
  ['Supernet: channels must be an integer between 3 and', () => new Supernet({ inputs: 2, classes: 2, channels: 2 })],
  ['Supernet: classes must be', () => new Supernet({ inputs: 2, classes: 1 })],
  ['Supernet: inputs must be', () => new Supernet(any({ classes: 2 }))],
  ["Supernet: dtype must be 'float64' or 'float32'", () => new Supernet({ inputs: 2, classes: 2, dtype: any('half') })],
  ['did you mean bottleneck?', () => new Supernet(any({ inputs: 2, classes: 2, bottlenek: 2 }))],
  ['Supernet.forward: path must be given', () => net().forward([[1, 2]])],
  ['Supernet.forward: X must be of shape', () => net().forward([[1, 2, 3]], [0, 1, 2])],
  ['Supernet.predict: X[0][1] must be a finite number, got NaN', () => net().predict([[1, NaN]], [0, 1, 2])],
  [
    'Supernet.lossAndGradient: y[1] must be an integer between 0 and 1, got 2',
    () =>
      net().lossAndGradient(
        [
          [1, 2],
          [1, 2],
        ],
        [0, 2],
        [1, 1, 1],
      ),
  ],
  [
    'Supernet.lossAndGradient: weights[0] must be nonnegative',
    () => net().lossAndGradient([[1, 2]], [0], [1, 1, 1], [-1]),
  ],
  [
    'the path skip-skip-skip of this network',
    () =>
      net()
        .extract([1, 1, 1])
        .forward([[1, 2]], [3, 3, 3]),
  ],
  ['trainSupernet: supernet must be a Supernet', () => trainSupernet(any({}), data())],
  ['trainSupernet: supernet must be one with all paths', () => trainSupernet(net().extract([1, 1, 1]), data())],
  ['trainSupernet: batchSize must be an integer between 1 and 4, got 8', training({ batchSize: 8 })],
  ['trainSupernet: epochs must be', training({ epochs: Infinity })],
  ['trainSupernet: learningRate must be a positive number, got 0', training({ learningRate: 0 })],
  ['trainSupernet: momentum must be', training({ momentum: 1 })],
  ['trainSupernet: weightDecay must be', training({ weightDecay: -1 })],
  ['trainSupernet: clip must be', training({ clip: NaN })],
  ['trainSupernet: tauMax must be', training({ tauMax: 2 })],
  ['trainSupernet: tauMax must be', training({ weights: true, tauMax: 1 })],
  ["trainSupernet: data must be left out with method 'spos'", training({ method: 'spos', data: true })],
  ["trainSupernet: method must be 'pa-da', 'spos' or 'fairnas'", training({ method: 'sumnas' })],
  ["trainSupernet: path must be 'ops', 'per-edge' or 'table'", training({ path: 'edges' })],
  ['trainSupernet: bias must be probabilities that sum to 1', training({ bias: [1, 1, 1, 1, 1] })],
  ['trainSupernet: bias must be left out unless path', training({ bias: [1, 0, 0, 0, 0], path: false })],
  ['did you mean batchSize?', training({ batchsize: 2 })],
  ['trainSupernet: data.labels must be of length 4', training({}, { ...data(), labels: [0, 1] })],
  ['trainSupernet: data.inputs must be nonempty', training({}, { inputs: [], labels: [] })],
  ['trainAlone: path must be of length 3', () => trainAlone([1], data(), { inputs: 2, classes: 2 })],
  ['trainAlone: seed must be', () => trainAlone([1, 1, 1], data(), { inputs: 2, classes: 2, seed: 0.5 })],
  ['rankPaths: validation.inputs must be nonempty', () => rankPaths(net(), { inputs: [], labels: [] })],
  ['rankPaths: paths must be a nonempty array', () => rankPaths(net(), data(), { paths: [] })],
  ['rankPaths: paths[0][2] must be', () => rankPaths(net(), data(), { paths: [[1, 1, 9]] })],
  ['kendallTau: a must be of length 2 at least', () => kendallTau([1], [1])],
  ['kendallTau: b must be of length 2', () => kendallTau([1, 2], [1, 2, 3])],
  ['kendallTau: b[1] must be a finite number, got NaN', () => kendallTau([1, 2], [1, NaN])],
  ['evolve: fitness of path', () => evolve(() => NaN, searchSpace())],
  ['evolve: mutation must be', () => evolve(() => 1, searchSpace(), { mutation: 2 })],
  ['evolve: space must be', () => evolve(() => 1, any({ count: 3 }))],
  [
    'gradientVariance: pathProbabilities must be of length 125',
    () => gradientVariance(net(), data().inputs, data().labels, { pathProbabilities: [1] }),
  ],
  [
    'gradientVariance: dataProbabilities must be probabilities that sum to 1',
    () => gradientVariance(net(), data().inputs, data().labels, { dataProbabilities: [1, 1, 0, 0] }),
  ],
  ['gradientVariance: batch must be', () => gradientVariance(net(), data().inputs, data().labels, { batch: 0 })],
  ['PathSampler: choices[1] must be 2 like the first', () => new PathSampler({ choices: [2, 3] })],
  [
    'PathSampler: choices must be of at most 1000000 paths',
    () => new PathSampler({ choices: Array(20).fill(9), mode: 'table' }),
  ],
  ['PathSampler: target must be left out', () => new PathSampler({ choices: [2], mode: 'table', target: [1, 0] })],
  [
    'PathSampler.record: norms of path 0-1[0] must be a finite number, got NaN',
    () => new PathSampler({ choices: [2, 2] }).record([0, 1], [NaN, 1]),
  ],
  [
    'PathSampler.endEpoch: tau must be a finite number between 0 and 1, got 1.5',
    () => new PathSampler({ choices: [2, 2] }).endEpoch(1.5),
  ],
  ['PathSampler.sample: source[1] must be below 1, got 1', () => new PathSampler({ choices: [2, 2] }).sample([0, 1])],
  [
    'PathSampler.sample: source must be a Random, or 2 numbers',
    () => new PathSampler({ choices: [2, 2] }).sample(any(Math.random)),
  ],
  ['gradientVariance: y[0] must be', () => gradientVariance(net(), data().inputs, [9, 1, 1, 0])],
  [
    'Supernet: channels must be few enough for 100000000 weights',
    () => new Supernet({ inputs: 1e6, classes: 10, channels: 1e6 }),
  ],
  ['DataSampler: count must be', () => new DataSampler(0)],
  [
    'DataSampler.record: indices[1] must be an integer between 0 and 2, got 3',
    () => new DataSampler(3).record([0, 3], [1, 1]),
  ],
  ['DataSampler.record: norms[0] must be nonnegative', () => new DataSampler(3).record([0], [-1])],
  ['DataSampler.draw: source must be of length 3', () => new DataSampler(3).draw([0.5])],
]

test.each(cases)('%s', (message, run) => {
  expect(run).toThrow(message)
})

test('an infinite weight is refused; norms of zero keep the probabilities', () => {
  const paths = new PathSampler({ choices: [3, 3] })
  paths.endEpoch(1)
  expect(paths.probabilities[0]).toEqual(Float64Array.of(1 / 3, 1 / 3, 1 / 3))
  paths.record([0, 1], [1, 2, 0])
  paths.endEpoch(1)
  expect(() => paths.weight([2, 0])).toThrow('PathSampler.weight: path 2-0 must be of positive probability')
  const data = new DataSampler(2)
  data.record([0, 1], [0, 0])
  data.endEpoch(1)
  expect(data.probabilities).toEqual(Float64Array.of(0.5, 0.5))
  data.record([0], [1e308])
  data.record([1], [1e308])
  data.endEpoch(1)
  expect(data.probabilities).toEqual(Float64Array.of(0.5, 0.5))
  data.record([0], [3])
  data.endEpoch(1)
  expect(() => data.weight(1)).toThrow('DataSampler.weight: example 1 must be of positive probability')
  expect(kendallTau([1, 1, 1], [1, 2, 3])).toEqual({ tau: 0, degenerate: true })
})
