import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import {
  cosine,
  elasticL1,
  euclidean,
  euclideanP,
  exactMongeGap,
  geodesic,
  type LearnMapOptions,
  learnMap,
  mapLoss,
  mongeGap,
  pNormP,
  sinkhornDivergence,
  sqPNorm,
  structured,
} from '../src/index.ts'

const x = [
  [0, 1],
  [1, 0],
  [2, 2],
]
const y = [
  [1, 1],
  [0, 0],
  [3, 1],
]

test.each<[string, () => unknown]>([
  ['mongeGap: y must be of shape [3, 2], got shape [2, 2]', () => mongeGap(x, y.slice(1))],
  ['mongeGap: x[0][1] must be a finite number, got NaN', () => mongeGap([[0, Number.NaN]], [[0, 1]])],
  ['mongeGap: x must be nonempty', () => mongeGap([], [])],
  ['mongeGap: weights[1] must be nonnegative, got -0.5', () => mongeGap(x, y, { weights: [1, -0.5, 0.5] })],
  ['mongeGap: weights must be of sum 1, got sum 1.5', () => mongeGap(x, y, { weights: [0.5, 0.5, 0.5] })],
  ['mongeGap: epsilon must be a positive number, got 0', () => mongeGap(x, y, { epsilon: 0 })],
  ['mongeGap: relativeEpsilon must be a positive number, got -1', () => mongeGap(x, y, { relativeEpsilon: -1 })],
  [
    'mongeGap: epsilon must be given where the costs allow no relative one (relativeEpsilon), got 0.05 times the std of the costs = 0',
    () => mongeGap([[1], [1]], [[1], [1]]),
  ],
  ['mongeGap: x and y must be points at finite costs (sqEuclidean)', () => mongeGap([[1e300], [0]], [[0], [0]])],
  [
    'mongeGap: x[0] must be a unit vector for the cost geodesic, got norm 2',
    () => mongeGap([[2, 0]], [[1, 0]], { cost: geodesic(1) }),
  ],
  ['mongeGap: y[1] must be a point other than 0', () => mongeGap(x, y, { cost: cosine() })],
  ['mongeGap: cost must be a cost, such as sqEuclidean()', () => mongeGap(x, y, { cost: 'euclidean' as never })],
  ['exactMongeGap: y must be of shape', () => exactMongeGap(x, [[1, 2]])],
  ['sinkhornDivergence: z must be of shape', () => sinkhornDivergence(y, [[1]])],
  ['sinkhornDivergence: weightsZ must be of length 3', () => sinkhornDivergence(x, y, { weightsZ: [1] })],
  ['mapLoss: y must be of shape [3, 2]', () => mapLoss(x, y)([[1, 2]])],
  ['mapLoss: epsilonGap must be a positive number', () => mapLoss(x, y, { epsilonGap: 0 })],
  ['mapLoss: epsilonFitting must be given where all costs are 0', () => mapLoss(x, [[1, 1]])],
  ['euclideanP: p must be a finite number of at least 1, got 0.5', () => euclideanP(0.5)],
  ['pNormP: p must be', () => pNormP(0)],
  ['sqPNorm: p must be', () => sqPNorm(Number.NaN)],
  ['geodesic: p must be', () => geodesic(3 as never)],
  ['elasticL1: lambda must be', () => elasticL1(-1)],
  ['elasticL1: rho must be', () => elasticL1(1, 0)],
  ['structured: cost must be one with a twist, such as sqEuclidean(), got euclidean', () => structured(euclidean())],
  ['structured: cost must be one with a twist', () => structured(cosine())],
  ['structured: cost must be one with a twist', () => structured(pNormP(1))],
  ['structured: cost must be one with a twist', () => structured(geodesic(2))],
])('%s', (message, call) => {
  expect(call).toThrow(message)
})

const network = () => mlp({ sizes: [2, 4, 2], loss: 'squared', seed: 1 })

test.each<[string, LearnMapOptions]>([
  ['learnMap: strength must be a nonnegative number, got -1', { strength: -1 }],
  ['learnMap: strength[1] must be a nonnegative number', { strength: [1, Number.NaN] }],
  ['learnMap: strength must be a number, a nonempty array', { strength: [] }],
  ['learnMap: strength(0) must be a nonnegative number, got -2', { strength: () => -2 }],
  ['learnMap: steps must be', { steps: -1 }],
  ["learnMap: output must be 'free', 'sphere' or 'exponential'", { output: 'ball' as never }],
  ['learnMap: sinkhornTolerance must be a positive number', { sinkhornTolerance: 0 }],
  ['learnMap: optimizer must be an object with step(gradients)', { optimizer: {} as never }],
  ['learnMap: validation.x must be of shape', { validation: { x: [[1]], z: y } }],
  ['learnMap: x[0] must be', { cost: geodesic(2), steps: 1 }],
  ['learnMap: batchSize must be', { batchSize: 0 }],
])('%s', (message, options) => {
  const net = network()
  const before = net.parameters.slice()
  const far = x.map((row) => row.map((v) => v + 0.5))
  expect(() => learnMap(net, far, y, options)).toThrow(message)
  expect(net.parameters).toEqual(before)
})

test('networks of other sizes, and outputs of 0 on the sphere', () => {
  expect(() => learnMap(mlp({ sizes: [3, 2], loss: 'squared' }), x, y)).toThrow(
    'learnMap: network must be one with 2 inputs, as many as x has columns, got 3',
  )
  expect(() => learnMap({} as never, x, y)).toThrow('learnMap: network must be a network of @opt/nn')
  const zero = mlp({ sizes: [2, 2], loss: 'squared', bias: false })
  zero.parameters.fill(0)
  expect(() => learnMap(zero, x, y, { output: 'sphere', steps: 1 })).toThrow("for the output 'sphere'")
})

test('a network that leaves the range of numbers ends as diverged', () => {
  const net = network()
  net.parameters.fill(1e200)
  const { status, history, unconverged } = learnMap(net, x, y, { steps: 5 })
  expect(status).toBe('diverged')
  expect(history.length).toBe(1)
  expect(unconverged).toBe(1)
})

test('plans that miss their tolerance are counted', () => {
  const rng = random(3)
  const points = () => Array.from({ length: 30 }, () => [rng.normal(), rng.normal()])
  const net = network()
  const settings = { steps: 4, epsilonGap: 1e-3, sinkhornTolerance: 1e-9, sinkhornIterations: 3 }
  const { unconverged, history } = learnMap(net, points(), points(), settings)
  expect(unconverged).toBe(4)
  expect(history.every(({ sinkhornError }) => sinkhornError > 1e-9)).toBe(true)
})

test('wild scales give the answer of the usual one, scaled', () => {
  const { gap } = mongeGap(x, y, { cost: euclidean(), epsilon: 0.1, tolerance: 1e-9 })
  for (const by of [1e-200, 1e-300, 1e150, 1e300]) {
    const scaled = (points: number[][]) => points.map((row) => row.map((v) => v * by))
    const answer = mongeGap(scaled(x), scaled(y), { cost: euclidean(), epsilon: 0.1 * by, tolerance: 1e-9 })
    expect(Math.abs(answer.gap / by - gap)).toBeLessThan(1e-7)
    expect(answer.gradient.data.every(Number.isFinite)).toBe(true)
  }
})

test('one point, equal points, a plan of one column', () => {
  const one = mongeGap([[1, 2]], [[4, 6]], { epsilon: 1 })
  expect(one.gap).toBeCloseTo(0, 12)
  expect(one.displacement).toBe(25)
  const same = mongeGap([[1], [1]], [[1], [1]], { epsilon: 1 })
  expect(same.gapKL).toBeCloseTo(0, 12)
  expect(sinkhornDivergence([[0]], [[2]], { epsilon: 1 }).divergence).toBeCloseTo(4, 12)
  const light = mongeGap(x, y, { weights: [0.5, 0.5, 0], epsilon: 0.1, tolerance: 1e-10 })
  const two = mongeGap(x.slice(0, 2), y.slice(0, 2), { epsilon: 0.1, tolerance: 1e-10 })
  expect(Math.abs(light.gap - two.gap)).toBeLessThan(1e-8)
  expect([...light.gradient.data.slice(4)]).toEqual([0, 0])
})

test('options that do not exist are refused, with the nearest one', () => {
  const call = (options: object) => () => learnMap(network(), x, y, options)
  expect(call({ strenght: 1 })).toThrow('did you mean strength?')
  expect(() => mongeGap(x, y, { Cost: euclidean() } as never)).toThrow('did you mean cost?')
  expect(() => mapLoss(x, y, { epsilon: 1 } as never)).toThrow('mapLoss: options must be named')
})
