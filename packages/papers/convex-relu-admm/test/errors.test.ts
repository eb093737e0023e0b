import { random } from '@opt/core'
import {
  adversarialAccuracy,
  blockDescent,
  ConvexReluNetwork,
  type ConvexReluOptions,
  convexRelu,
  crossValidateBeta,
  enumeratePatterns,
  fgsm,
  fromNetwork,
  type NetworkLike,
  patternCount,
  pgd,
  predict,
  sampledConvex,
  samplePatterns,
  samplesNeeded,
  thickPatterns,
  toNetwork,
} from '../src/index.ts'

const X = [
  [1, 2],
  [-1, 0.5],
  [0.3, -1],
]
const y = [1, -1, 1]
const patterns = ['110', '001']
const solve = (options: Partial<ConvexReluOptions> | object, x: unknown = X, targets: unknown = y) =>
  convexRelu(x as number[][], targets as number[], { patterns, ...options } as ConvexReluOptions)
const network: NetworkLike = { hidden: [[1, 1]], output: [1] }
const attack = { epsilon: 0.1 }

const battery: [what: string, call: () => unknown, message: string][] = [
  [
    'no patterns',
    () => convexRelu(X, y, {} as ConvexReluOptions),
    'convexRelu: patterns must be given (see samplePatterns), got undefined',
  ],
  ['an empty list', () => solve({ patterns: [] }), 'convexRelu: patterns must be nonempty, got no pattern'],
  [
    'a short pattern',
    () => solve({ patterns: ['11'] }),
    'convexRelu: patterns[0] must be of length 3, a bit for each row of X, got length 2',
  ],
  ['a bit of 2', () => solve({ patterns: [[0, 2, 1]] }), 'convexRelu: patterns[0][1] must be 0 or 1, got 2'],
  ['a short y', () => solve({}, X, [1, -1]), 'convexRelu: y must be of length 3, got length 2'],
  [
    'NaN in X',
    () =>
      solve({}, [
        [1, NaN],
        [0, 0],
        [0, 0],
      ]),
    'convexRelu: X[0][1] must be a finite number, got NaN',
  ],
  ['Infinity in y', () => solve({}, X, [1, -1, Infinity]), 'convexRelu: y[2] must be a finite number, got Infinity'],
  ['an empty X', () => solve({}, []), 'convexRelu: X must be nonempty, got shape [0, 0]'],
  [
    '0/1 labels',
    () => solve({ loss: 'hinge' }, X, [1, 0, 1]),
    'convexRelu: y[1] must be -1 or 1 for hinge (map labels 0 and 1 by 2 y - 1), got 0',
  ],
  ['labels of 2', () => solve({ loss: 'bce' }, X, [1, 2, 1]), 'convexRelu: y[1] must be -1 or 1 for bce, got 2'],
  ['a loss of none', () => solve({ loss: 'mse' }), "convexRelu: loss must be 'squared', 'hinge' or 'bce', got \"mse\""],
  ['a negative beta', () => solve({ beta: -1 }), 'convexRelu: beta must be a nonnegative number, got -1'],
  ['rho 0', () => solve({ rho: 0 }), 'convexRelu: rho must be a positive number, got 0'],
  ['gamma 0', () => solve({ gamma: 0 }), 'convexRelu: gamma must be a positive number, got 0'],
  ['relaxation 2', () => solve({ relaxation: 2 }), 'convexRelu: relaxation must be strictly between 0 and 2, got 2'],
  ['relaxation 0', () => solve({ relaxation: 0 }), 'convexRelu: relaxation must be strictly between 0 and 2, got 0'],
  ['a negative epsilon', () => solve({ epsilon: -0.1 }), 'convexRelu: epsilon must be a nonnegative number, got -0.1'],
  [
    'three flags',
    () => solve({ epsilon: 1, perturbed: [1, 1, 1] }),
    'convexRelu: perturbed must be of length 2, a flag for each feature, got length 3',
  ],
  [
    'admm for the hinge',
    () => solve({ loss: 'hinge', method: 'admm' }),
    "convexRelu: method must be 'split' or 'rbcd' for the loss hinge, got 'admm'",
  ],
  [
    'rbcd for the hinge',
    () => solve({ loss: 'hinge', method: 'rbcd' }),
    "convexRelu: method must be 'split' for the hinge, which has no gradient, got 'rbcd'",
  ],
  [
    'a method for robust',
    () => solve({ epsilon: 0.1, method: 'rbcd' }),
    "convexRelu: method must be left out when epsilon > 0, got 'rbcd'",
  ],
  [
    'gamma for robust',
    () => solve({ epsilon: 0.1, gamma: 1 }),
    'convexRelu: gamma must be left out when epsilon > 0, got 1',
  ],
  [
    'a state of another shape',
    () => solve({ initial: { u: new Float64Array(3) } }),
    'convexRelu: initial.u must be of length 8, got length 3',
  ],
  [
    'half a state',
    () => solve({ initial: { u: new Float64Array(8) } }),
    'convexRelu: initial must be a state with u, v, lambda, s, nu, r, mu, got one without v',
  ],
  [
    'measureEvery 0',
    () => solve({ measureEvery: 0 }),
    'convexRelu: measureEvery must be an integer of at least 1, got 0',
  ],
  [
    'too many patterns',
    () => enumeratePatterns(Array.from({ length: 40 }, (_, i) => [i, i * i, 1, i % 7, i % 5])),
    'enumeratePatterns: X must be a matrix with at most 20000 patterns (limit); draw some with samplePatterns instead, got 40 directions of rank 5, up to 184342 patterns',
  ],
  [
    'count 0',
    () => samplePatterns(X, { count: 0, random: random(0) }),
    'samplePatterns: count must be an integer of at least 1, got 0',
  ],
  [
    'normals of another width',
    () => samplePatterns(X, { normals: [[1, 2, 3]] }),
    'samplePatterns: normals must be of shape [1, 2], got shape [1, 3]',
  ],
  [
    'nothing perturbed',
    () => thickPatterns(X, { count: 2, random: random(0), perturbed: [0, 0] }),
    'thickPatterns: perturbed must be true for at least one feature, got none',
  ],
  ['rank 0', () => patternCount(3, 0), 'patternCount: rank must be an integer of at least 1, got 0'],
  ['psi 0', () => samplesNeeded({ n: 3, xi: 0.1, psi: 0 }), 'samplesNeeded: psi must be in (0, 1], got 0'],
  [
    'a network of another width',
    () => predict({ hidden: [[1, 2, 3]], output: [1] }, X),
    'predict: network.hidden must be of shape [1, 2], got shape [1, 3]',
  ],
  [
    'output of another length',
    () => predict({ hidden: [[1, 2]], output: [1, 2] }, X),
    'predict: network.output must be of length 1, got length 2',
  ],
  [
    'no network',
    () => predict(null as unknown as NetworkLike, X),
    'predict: network must be a network { hidden, output }, got null',
  ],
  [
    'a network of zeros',
    () => fromNetwork({ hidden: [[1, 2]], output: [0] }, X),
    'fromNetwork: network must be a network with a nonzero output weight, got none',
  ],
  [
    'w of another shape',
    () => toNetwork({ v: [[1, 2]], w: [[1]] }),
    'toNetwork: weights.w must be of shape [1, 2], got shape [1, 1]',
  ],
  [
    'attack labels',
    () => fgsm(network, X, [1, 0, 1], attack),
    'fgsm: y[1] must be -1 or 1 for attacks (map labels 0 and 1 by 2 y - 1), got 0',
  ],
  [
    'pgd steps',
    () => pgd(network, X, y, { ...attack, steps: 0 }),
    'pgd: steps must be an integer of at least 1, got 0',
  ],
  ['pgd epsilon', () => pgd(network, X, y, { epsilon: -1 }), 'pgd: epsilon must be a nonnegative number, got -1'],
  [
    'an attack of none',
    () => adversarialAccuracy(network, X, y, { ...attack, attack: 'cw' as 'pgd' }),
    "adversarialAccuracy: attack must be 'none', 'fgsm' or 'pgd', got \"cw\"",
  ],
  [
    'no directions',
    () => sampledConvex(X, y, {}),
    'sampledConvex: count must be an integer of at least 1, got undefined',
  ],
  [
    'no generator',
    () => sampledConvex(X, y, { count: 3 }),
    'sampledConvex: random must be given with count (see random of @opt/core), got undefined',
  ],
  [
    'a zero direction',
    () => sampledConvex(X, y, { directions: [[0, 0]] }),
    'sampledConvex: directions[0] must be nonzero, got a row of zeros',
  ],
  [
    'fista for the hinge',
    () => sampledConvex(X, y, { directions: X, loss: 'hinge', method: 'fista' }),
    "sampledConvex: method must be 'split' for the hinge, which has no gradient, got 'fista'",
  ],
  [
    'no state',
    () => blockDescent(X, y, { patterns } as unknown as Parameters<typeof blockDescent>[2]),
    'blockDescent: at must be the state of ADMM, got undefined',
  ],
  ['an estimator not fitted', () => new ConvexReluNetwork().predict(X), 'ConvexReluNetwork: fit it first'],
  [
    'one class',
    () => new ConvexReluNetwork({ loss: 'hinge' }).fit(X, [1, 1, 1]),
    'ConvexReluNetwork: y must be labels of at least two classes, got only 1',
  ],
  [
    'regression by hinge',
    () => new ConvexReluNetwork({ loss: 'hinge', task: 'regression' }),
    "ConvexReluNetwork: loss must be squared for regression, got 'hinge'",
  ],
  [
    'no patterns for it',
    () => new ConvexReluNetwork({ patterns: 0 }),
    'ConvexReluNetwork: patterns must be an integer of at least 1, got 0',
  ],
  [
    'JSON of another kind',
    () => ConvexReluNetwork.fromJSON({} as Parameters<typeof ConvexReluNetwork.fromJSON>[0]),
    'ConvexReluNetwork.fromJSON: saved must be what toJSON returned, got an object',
  ],
  [
    'one fold',
    () => crossValidateBeta(X, y, { folds: 1 }),
    'crossValidateBeta: folds must be an integer between 2 and 3, got 1',
  ],
]

test.each(battery)('refuses %s', (_, call, message) => {
  expect(call).toThrow(message)
})

test('wrong types are TypeErrors, wrong values RangeErrors', () => {
  expect(() => solve({ rho: '1' })).toThrow(TypeError)
  expect(() => solve({ rho: -1 })).toThrow(RangeError)
})

describe('what must work', () => {
  test.each(['squared', 'hinge', 'bce'] as const)('zero rows, repeated rows, one row, equal targets: %s', (loss) => {
    const bce = { loss, beta: 0.05, tolerance: 1e-4, maxIterations: 3000 }
    const rows = [
      [0, 0],
      [1, 2],
      [1, 2],
      [-1, -2],
    ]
    const answer = convexRelu(rows, [1, 1, 1, 1], { ...bce, patterns: enumeratePatterns(rows) })
    expect(answer.status).toBe('converged')
    const one = convexRelu([[2, 1]], [1], { ...bce, patterns: enumeratePatterns([[2, 1]]) })
    expect(one.status).toBe('converged')
  })

  test('a beta so large that nothing is left', () => {
    const { network: zero, objective, notes, status } = solve({ beta: 1000 })
    expect(status).toBe('converged')
    expect(zero.output.length).toBe(0)
    expect(objective).toBe(1.5)
    expect([...predict(zero, X)]).toEqual([0, 0, 0])
    expect(notes).toEqual(['every weight is zero: beta is too large for this data'])
    expect(fgsm(zero, X, y, attack).data).toEqual(Float64Array.from(X.flat()))
  })

  test('beta 0, which prunes nothing', () => {
    const { objective, lowerBound } = solve({ beta: 0, maxIterations: 5000 })
    expect(lowerBound).toBe(0)
    expect(objective).toBeLessThan(1e-3)
  })

  test('a robust program without a cone says so', () => {
    const { objective, notes } = solve({ loss: 'hinge', epsilon: 50, beta: 0.1, maxIterations: 3000 })
    expect(objective).toBeCloseTo(3, 6)
    expect(notes[0]).toMatch(/no pattern leaves room for epsilon \(see thickPatterns\)/)
  })

  test.each(['squared', 'hinge', 'bce'] as const)('robust training without weight decay: %s', (loss) => {
    const { status, objective, lowerBound } = solve({
      loss,
      epsilon: 0.01,
      beta: 0,
      stopping: 'gap',
      maxIterations: 200,
    })
    expect(['max-iterations', 'converged']).toContain(status)
    expect(lowerBound).toBe(0)
    expect(objective).toBeGreaterThanOrEqual(0)
  })

  test('epsilon on no feature is no epsilon', () => {
    const options = { beta: 0.1, maxIterations: 50 }
    expect(solve({ ...options, epsilon: 1, perturbed: [0, 0] }).weights).toEqual(solve(options).weights)
  })

  test('huge and tiny scales stay finite', () => {
    for (const scale of [1e-8, 1e8]) {
      const { objective, lowerBound } = solve(
        { beta: 0.1 },
        X.map((row) => row.map((v) => v * scale)),
      )
      expect(Number.isFinite(objective)).toBe(true)
      expect(lowerBound).toBeLessThanOrEqual(1.5)
    }
  })
})
