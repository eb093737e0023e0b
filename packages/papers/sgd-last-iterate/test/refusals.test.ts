import {
  bound,
  box,
  csmd,
  entropy,
  euclidean,
  indicator,
  l1Norm,
  lastIterate,
  lp,
  mirrorStep,
  noise,
  normBall,
  power,
  radialPower,
  simplex,
  stepSizes,
} from '../src/index.ts'

const run = (more: object) => () =>
  csmd({ subgradient: () => [1, 1], x0: [0.5, 0.5], stepSizes: [0.1, 0.1], ...more } as never)

test.each<[() => unknown, string]>([
  [run({ stepSizes: [0.1, 0] }), 'csmd: stepSizes[1] must be positive, got 0'],
  [run({ stepSizes: [0.1, Number.NaN] }), 'csmd: stepSizes[1] must be a finite number, got NaN'],
  [run({ stepSizes: [] }), 'csmd: stepSizes must be nonempty, got length 0'],
  [run({ subgradient: undefined }), 'csmd: subgradient must be a function, got undefined'],
  [run({ subgradient: () => [1] }), 'csmd: subgradient(x) must be of length 2, got length 1'],
  [run({ subgradient: () => ['1', 2] }), 'csmd: subgradient(x)[0] must be a finite number, got "1"'],
  [run({ map: {} }), 'csmd: map must be a map such as euclidean() or entropy(), got an object'],
  [run({ map: { ...euclidean() } }), 'csmd: map must be a map such as euclidean() or entropy(), got an object'],
  [run({ term: 'l1' }), 'csmd: term must be a term such as l1Norm(0.1), got "l1"'],
  [run({ term: l1Norm }), 'csmd: term must be a term such as l1Norm(0.1), got a function'],
  [run({ term: box({ dimension: 2 }) }), 'or indicator(set), got an object without value()'],
  [run({ random: 7 }), 'csmd: random must be a Random of @opt/core, got 7'],
  [run({ x0: [0.5, 0.6], map: entropy() }), 'csmd: x0 must be a point of the simplex, of sum 1, got sum 1.1'],
  [run({ x0: [0, 1], map: entropy() }), 'csmd: x0[0] must be positive, got 0'],
  [run({ x0: [2, 0], term: normBall(1) }), 'csmd: x0 must be a point where the term is finite'],
  [run({ x0: [2, 0], term: indicator(box({ dimension: 2 })) }), 'csmd: x0 must be a point where the term is finite'],
  [run({ reference: [0, 0] }), 'csmd: noise must be given for a certificate, which has to see it, got undefined'],
  [
    run({ reference: [0, 0], noise: noise.sign(1), muF: 11 }),
    'reference: stepSizes[0] must be at most 1 / muF = 0.09090909090909091, got 0.1',
  ],
  [run({ random: 1 }), 'csmd: random must be a Random of @opt/core'],
  [run({ every: 0 }), 'csmd: every must be an integer of at least 1, got 0'],
  [run({ state: { step: 3 } }), 'csmd: state.step must be an integer between 0 and 2, got 3'],
  [
    () => stepSizes.sqrt({ steps: 0, eta: 1 }),
    'stepSizes.sqrt: steps must be an integer between 1 and 1000000000, got 0',
  ],
  [() => stepSizes.sqrt({ steps: 5, eta: -1 }), 'stepSizes.sqrt: eta must be a positive number, got -1'],
  [() => stepSizes.linear({ steps: 5 }), 'stepSizes.linear: M must be a nonnegative number, got undefined'],
  [() => stepSizes.strong1({ steps: 5, mu: 0 }), 'stepSizes.strong1: mu must be a positive number, got 0'],
  [() => stepSizes.heavy({ steps: 5, p: 2, eta: 1 }), 'stepSizes.heavy: p must be less than 2, got 2'],
  [
    () => bound({ stepSizes: [0.1, 0.3], L: 2, M: 0, sigma: 0, distance: 1 }),
    'bound: stepSizes[1] must be at most 1 / (2 L) = 0.25, got 0.3',
  ],
  [
    () => bound({ stepSizes: [0.5, 0.5], L: 0, M: 1, sigma: 0, distance: 1, muF: 2 }),
    'bound: stepSizes[1] must be less than 1 / muF = 0.5, got 0.5',
  ],
  [
    () => bound({ stepSizes: [0.5], L: 0, M: 1, sigma: 0, distance: 1, delta: 1 }),
    'bound: delta must be between 0 and 1, got 1',
  ],
  [
    () => bound({ stepSizes: [0.5], L: 0, M: 1, distance: 1 } as never),
    'bound: sigma must be a nonnegative number, got undefined',
  ],
  [() => lp(1), 'lp: p must be a finite number between 1.000001 and 2, got 1'],
  [() => lp(2.1), 'lp: p must be a finite number between 1.000001 and 2, got 2.1'],
  [() => power(2), 'power: p must be less than 2, got 2'],
  [() => radialPower(1), 'radialPower: p must be a finite number of at least 1.01, got 1'],
  [() => normBall(0), 'normBall: radius must be a positive number, got 0'],
  [() => mirrorStep([1], [1], 0), 'mirrorStep: eta must be a positive number, got 0'],
  [() => mirrorStep([1], [1e300], 1e300), 'mirrorStep: eta must be such that the next point is finite, got 1e+300'],
  [
    () => lastIterate({ x0: [1], L: 0, M: 1, sigma: 1, distance: 1, p: 1.5 }),
    'lastIterate: p must be left out with this map, or power(p) or radialPower(p) be the map, got 1.5',
  ],
  [
    () => lastIterate({ x0: [1], L: 0, M: 1, sigma: 1, distance: 1, map: power(1.5) }),
    'lastIterate: p must be the p of the map, got undefined',
  ],
  [
    () => lastIterate({ x0: [1], L: 0, sigma: 1, distance: 1 } as never),
    'lastIterate: M must be a nonnegative number, got undefined',
  ],
  [
    () => lastIterate({ x0: [1], L: 0, M: 1, sigma: 1, distence: 1 } as never),
    'got "distence"; did you mean distance?',
  ],
  [
    () => csmd({ subgradient: () => undefined, x0: [1], stepSizes: [1] }),
    'csmd: subgradient must be a function that returns a vector or writes it to its second argument, got neither',
  ],
])('%#: %s', (call, message) => {
  expect(call).toThrow(message)
})

test('zeros are allowed on the simplex where they are asked for, and stay', () => {
  const { x } = csmd({
    subgradient: () => [-1, 0, 0],
    x0: [0, 0.5, 0.5],
    map: entropy(),
    allowZeros: true,
    stepSizes: [1],
    term: indicator(simplex({ dimension: 3 })),
  })
  expect([...x]).toEqual([0, 0.5, 0.5])
  expect(entropy().divergence([0, 1], [0.5, 0.5])).toBeCloseTo(Math.log(2), 15)
})
