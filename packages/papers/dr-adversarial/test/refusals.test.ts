import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import { SGD } from '@opt/optimizers'
import ndarray from 'ndarray'
import {
  barrierAttack,
  CompositionalWeights,
  classMargins,
  gairatWeights,
  hypergradient,
  klWeights,
  mailWeights,
  marginPgd,
  martLoss,
  type RobustCheckpoint,
  type RobustOptions,
  robustReport,
  trainRobust,
} from '../src/index.ts'
import { trainSeed } from '../src/seeds/train-seed.ts'
import { clouds, smallNetwork, softmaxRegression } from './shared.ts'

const { inputs, targets } = clouds(12, 1)
const zero = inputs.map(() => [0, 0])
const train = (options: object, network: unknown = smallNetwork(), data: object = { inputs, targets }) =>
  trainRobust(network as never, data as never, { epsilon: 0.1, epochs: 1, batchSize: 4, ...options } as RobustOptions)
const report = (options: object, x: unknown = inputs, y: unknown = targets) =>
  robustReport(smallNetwork(), x as never, y as never, { epsilon: 0.1, ...options } as never)
const barrier = (options: object, x: unknown = inputs) =>
  barrierAttack(smallNetwork(), x as never, targets, { epsilon: 0.1, ...options } as never)

const CASES: [string, () => unknown][] = [
  ['klWeights: losses must be nonempty', () => klWeights([], 1)],
  ['klWeights: losses[1] must be a finite number, got NaN', () => klWeights([1, NaN], 1)],
  ['klWeights: r must be a positive number or Infinity, got 0', () => klWeights([1], 0)],
  ['klWeights: r must be a positive number or Infinity, got NaN', () => klWeights([1], NaN)],
  ['CompositionalWeights: track must be a positive number', () => new CompositionalWeights({ track: 0 })],
  [
    'CompositionalWeights: maxWeight must be a finite number of at least 1',
    () => new CompositionalWeights({ maxWeight: 0.5 }),
  ],
  ['did you mean maxWeight?', () => new CompositionalWeights({ maxweight: 5 } as never)],
  [
    'update: losses must be of a size that r = 1e-300 divides',
    () => new CompositionalWeights({ r: 1e-300 }).update([1e10]),
  ],
  ['load: state.logU must be a finite number', () => new CompositionalWeights().load({ logU: Infinity })],
  ['load: state must be what state() returned', () => new CompositionalWeights().load(null as never)],
  ['gairatWeights: steps must be an integer of at least 2, got 1', () => gairatWeights([0], 1)],
  ['gairatWeights: kappa[0] must be an integer between 0 and 4, got 5', () => gairatWeights([5], 4)],
  [
    "gairatWeights: kind must be 'tanh', 'sigmoid' or 'discrete'",
    () => gairatWeights([1], 4, { kind: 'relu' as never }),
  ],
  ['mailWeights: logits must be nonempty, of at least two classes', () => mailWeights([[1]], [0])],
  ['mailWeights: labels[0] must be a class from 0 to 1, got 2', () => mailWeights([[1, 2]], [2])],
  ['did you mean slope?', () => mailWeights([[1, 2]], [0], { slop: 1 } as never)],
  ["classMargins: of must be 'logits' or 'probabilities'", () => classMargins([[1, 2]], [0], 'p' as never)],
  ['martLoss: natural must be 1 x 2, got 1 x 3', () => martLoss([[1, 2]], [[1, 2, 3]], [0])],
  ['martLoss: beta must be a nonnegative number', () => martLoss([[1, 2]], [[1, 2]], [0], { beta: -1 })],
  ['barrierAttack: epsilon must be', () => barrier({ epsilon: 0 })],
  ['barrierAttack: epsilon must be', () => barrier({ epsilon: NaN })],
  ['barrierAttack: c must be a positive number', () => barrier({ c: 0 })],
  ['barrierAttack: tau must be', () => barrier({ tau: 0.5 })],
  ['barrierAttack: tau must be', () => barrier({ tau: 0 })],
  ['barrierAttack: steps must be an integer of at least 1', () => barrier({ steps: 0 })],
  [
    'barrierAttack: inputs[0][1] must be between low and high, 0 and 1, got 2',
    () => barrier({}, [[0.5, 2], ...inputs.slice(1)]),
  ],
  ['barrierAttack: high must be above low = 1', () => barrier({ low: 1 })],
  ['barrierAttack: inputs must be nonempty', () => barrier({}, [])],
  ['barrierAttack: random must be a generator', () => barrier({ random: 3 })],
  ['barrierAttack: start must be given without random', () => barrier({ random: random(1), start: zero })],
  ['barrierAttack: start must be 12 rows of 2', () => barrier({ start: [[0, 0]] })],
  [
    'barrierAttack: model must be a network of 2 inputs',
    () => barrierAttack(mlp({ sizes: [3, 3] }), inputs, targets, { epsilon: 0.1 }),
  ],
  [
    'marginPgd: steps must be an integer of at least 1',
    () => marginPgd(smallNetwork(), inputs, targets, { epsilon: 0.1, steps: 0 }),
  ],
  [
    'marginPgd: model must be a network of at least two outputs',
    () => marginPgd(mlp({ sizes: [2, 1], loss: 'logistic' }), inputs, targets, { epsilon: 0.1 }),
  ],
  [
    "marginPgd: model must be a network with loss 'cross-entropy'",
    () => marginPgd(mlp({ sizes: [2, 3], loss: 'squared' }), inputs, targets, { epsilon: 0.1 }),
  ],
  ['marginPgd: model.logits must be a function', () => marginPgd({} as never, inputs, targets, { epsilon: 0.1 })],
  [
    'marginPgd: model.logits must be a function that returns at least two numbers for each of 1 rows, flat, got length 1',
    () => marginPgd({ logits: () => [1], inputGradient: () => [0] }, inputs, targets, { epsilon: 0.1 }),
  ],
  [
    'marginPgd: model.inputGradient must be a function that returns 24 numbers',
    () =>
      marginPgd({ logits: (x) => new Float64Array((x.length / 2) * 3), inputGradient: () => [0] }, inputs, targets, {
        epsilon: 0.1,
      }),
  ],
  [
    'marginPgd: model must be one with a finite gradient, got NaN in inputs[0][0]',
    () =>
      marginPgd(
        { logits: (x) => new Float64Array((x.length / 2) * 3), inputGradient: (x: Float64Array) => x.map(() => NaN) },
        inputs,
        targets,
        { epsilon: 0.1 },
      ),
  ],
  [
    'hypergradient: delta[0][0] must be strictly between',
    () =>
      hypergradient(
        smallNetwork(),
        inputs,
        targets,
        inputs.map(() => [0.1, 0]),
        { epsilon: 0.1 },
      ),
  ],
  [
    'hypergradient: delta must be 12 rows of 2',
    () => hypergradient(smallNetwork(), inputs, targets, [[0, 0]], { epsilon: 0.1 }),
  ],
  [
    'hypergradient: weights must be of length 12',
    () => hypergradient(smallNetwork(), inputs, targets, zero, { epsilon: 0.1, weights: [1] }),
  ],
  [
    'hypergradient: model.weightedGradient must be a function',
    () =>
      hypergradient(
        { ...softmaxRegression(2, 3, new Float64Array(9)), weightedGradient: 1 } as never,
        inputs,
        targets,
        zero,
        { epsilon: 0.1 },
      ),
  ],
  [
    'hypergradient: model.parameters must be a nonempty Float64Array',
    () =>
      hypergradient(
        { ...softmaxRegression(2, 3, new Float64Array(9)), parameters: [1] } as never,
        inputs,
        targets,
        zero,
        { epsilon: 0.1 },
      ),
  ],
  ['trainRobust: epsilon must be', () => train({ epsilon: -1 })],
  ['trainRobust: epsilon must be', () => train({ epsilon: undefined })],
  ['did you mean epsilon?', () => train({ epsilom: 0.1 })],
  ["trainRobust: method must be 'done'", () => train({ method: 'trades' })],
  ["trainRobust: weights must be 'kl', 'uniform', 'gairat', 'mail' or a function", () => train({ weights: 'dro' })],
  ['trainRobust: gairat must be named lambda or kind', () => train({ method: 'gairat', gairat: { lamda: 1 } })],
  ['trainRobust: mail must be named slope or bias', () => train({ mail: { slop: 1 } })],
  ["trainRobust: implicit must be false with attack 'pgd'", () => train({ method: 'at', implicit: true })],
  ["trainRobust: norm must be 'linf' with attack 'barrier'", () => train({ norm: 'l2' })],
  ["trainRobust: method must be not 'mart' with other weights", () => train({ method: 'mart', weights: 'kl' })],
  ["trainRobust: steps must be at least 2 with weights 'gairat', got 1", () => train({ method: 'gairat', steps: 1 })],
  ['trainRobust: r must be a positive number or Infinity', () => train({ r: 0 })],
  ['trainRobust: track must be a positive number', () => train({ track: 1.5 })],
  ['trainRobust: maxWeight must be', () => train({ maxWeight: 0 })],
  ['trainRobust: batchSize must be an integer between 1 and 12, got 13', () => train({ batchSize: 13 })],
  ['trainRobust: epochs must be a nonnegative number', () => train({ epochs: Infinity })],
  ['trainRobust: burnIn must be', () => train({ burnIn: 2 })],
  [
    'trainRobust: learningRate must be left out with an optimizer',
    () => {
      const network = smallNetwork()
      return train({ optimizer: new SGD(network.parameters), learningRate: 0.1 }, network)
    },
  ],
  [
    'trainRobust: targets[0] must be a class from 0 to 2, got 3',
    () => train({}, undefined, { inputs, targets: targets.map(() => 3) }),
  ],
  [
    'trainRobust: targets must be labels of at least two classes',
    () => train({}, undefined, { inputs, targets: targets.map(() => 1) }),
  ],
  ['trainRobust: inputs[0][0] must be between low and high', () => train({ low: 0.9 }, undefined, { inputs, targets })],
  ['trainRobust: data must be an object of inputs and targets', () => train({}, undefined, { inputs })],
  [
    'trainRobust: data must be named inputs or targets',
    () => train({}, undefined, { inputs, targets, labels: targets }),
  ],
  ['trainRobust: weights must be a function that returns 4 numbers', () => train({ weights: () => [1] })],
  [
    'trainRobust: weights must be a function that returns finite nonnegative numbers, got -1',
    () => train({ weights: () => [1, 1, 1, -1] }),
  ],
  ['trainRobust: batches must be a function that returns 4 indices', () => train({ batches: () => [0] })],
  ['trainRobust: batches()[3] must be an integer from 0 to 11, got 12', () => train({ batches: () => [0, 1, 2, 12] })],
  ['trainRobust: starts must be a function that returns 4 rows of 2', () => train({ starts: () => [[0, 0]] })],
  ['trainRobust: seed must be an integer', () => train({ seed: 0.5 })],
  ['robustReport: epsilon must be', () => report({ epsilon: 0 })],
  ['robustReport: restarts must be an integer of at least 1', () => report({ restarts: 0 })],
  ['robustReport: tailShare must be', () => report({ tailShare: 0 })],
  ['did you mean strongSteps?', () => report({ strongstep: 4 })],
  ['robustReport: inputs must be nonempty', () => report({}, [], [])],
  ['robustReport: targets must be of length 12', () => report({}, inputs, [0])],
  [
    'robustReport: model must be one with finite logits, got NaN',
    () =>
      robustReport(
        { logits: (x) => new Float64Array((x.length / 2) * 3).fill(NaN), inputGradient: (x: Float64Array) => x },
        inputs,
        targets,
        { epsilon: 0.1 },
      ),
  ],
  ['trainSeed: job must be named', () => trainSeed({ net: 1 } as never)],
]

test.each(CASES)('%s', (message, call) => {
  expect(call).toThrow(message)
})

describe('a checkpoint that does not fit is refused, and nothing changes', () => {
  const options = { epsilon: 0.1, epochs: 2, batchSize: 4, reportEvery: 1, maxIterations: 2 }
  const { checkpoint } = trainRobust(smallNetwork(), { inputs, targets }, options)
  const wrong: [string, Partial<Record<keyof RobustCheckpoint, unknown>>][] = [
    ['resume.step', { step: -1 }],
    ['resume.logU', { logU: NaN }],
    ['resume.logU', { logU: null }],
    ['resume.random', { random: { generator: [0, 0, 0, 0], spare: null } }],
    ['resume.batches', { batches: { ...checkpoint.batches, order: [0, 1] } }],
    ['resume.model', { model: 'text' }],
    ['state.sizes', { model: mlp({ sizes: [2, 3] }).state() }],
    ['resume.optimizer', { optimizer: null }],
    ['state', { optimizer: { steps: 1 } }],
  ]
  test.each(wrong)('%s', (message, part) => {
    const network = smallNetwork('tanh', 7)
    const before = network.parameters.slice()
    const resume = { ...checkpoint, ...part } as RobustCheckpoint
    expect(() => trainRobust(network, { inputs, targets }, { ...options, resume })).toThrow(message)
    expect(network.parameters).toEqual(before)
  })

  test('nor with other weights or anything but a checkpoint', () => {
    const at = { ...options, method: 'at' as const }
    expect(() => trainRobust(smallNetwork(), { inputs, targets }, { ...at, resume: checkpoint })).toThrow('resume.logU')
    expect(() => trainRobust(smallNetwork(), { inputs, targets }, { ...options, resume: 3 as never })).toThrow(
      'trainRobust: resume must be a checkpoint',
    )
  })
})

test('strided and reversed views, frozen arrays and flat inputs are read, and left alone', () => {
  const flat = Float64Array.from(inputs.flat())
  const network = smallNetwork()
  const options = { epsilon: 0.1, steps: 3 }
  const expected = marginPgd(network, inputs, targets, options)
  const wide = ndarray(
    Float64Array.from({ length: 48 }, (_, at) => (at % 2 ? 7 : flat[at / 2])),
    [12, 2],
    [4, 2],
  )
  expect(marginPgd(network, wide, targets, options)).toEqual(expected)
  const reversed = ndarray(Float64Array.from(flat).reverse(), [12, 2], [-2, -1], 23)
  expect(marginPgd(network, reversed, targets, options)).toEqual(expected)
  const frozen = Object.freeze(inputs.map((row) => Object.freeze(row.slice())))
  expect(marginPgd(network, frozen as never, Object.freeze(targets.slice()) as never, Object.freeze(options))).toEqual(
    expected,
  )
  expect(marginPgd(network, flat, Int32Array.from(targets), options)).toEqual(expected)
  expect(Array.from(flat)).toEqual(inputs.flat())
})

test('one row, one column, wild boxes', () => {
  const network = mlp({ sizes: [1, 2], seed: 1 })
  expect(marginPgd(network, [[0.5]], [1], { epsilon: 0.1, steps: 2 }).length).toBe(1)
  expect(barrierAttack(network, [[1e10]], [1], { epsilon: 1e-3, low: -Infinity, high: Infinity }).length).toBe(1)
  const far = barrierAttack(network, [[0]], [1], { epsilon: 1e50, low: -1e50, high: 1e50 })
  expect(Number.isFinite(far[0])).toBe(true)
  const { clean } = robustReport(network, [[0.5]], [1], { epsilon: 0.1 })
  expect([0, 1]).toContain(clean.accuracy)
})
