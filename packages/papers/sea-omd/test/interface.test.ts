import { jest } from '@jest/globals'
import { random } from '@opt/core'
import ndarray from 'ndarray'
import {
  adagradDiagonal,
  adagradNorm,
  type Box,
  ball,
  bounds,
  box,
  comparators,
  type Domain,
  environments,
  logisticStream,
  oftl,
  oftrl,
  ogd,
  ogdStrong,
  ons,
  play,
  product,
  type Simplex,
  seaConvex,
  seaDynamic,
  seaEntropic,
  seaExpConcave,
  seaImplicit,
  seaStrong,
  simplex,
} from '../src/index.ts'
import { drawDomain, drawGradients, KINDS, learnersOn } from './learners.ts'

const disc = ball({ dimension: 2 })
// biome-ignore lint/suspicious/noExplicitAny: wrong on purpose
const wrong = (value: unknown): any => value

describe('what is refused leaves the learner as it was', () => {
  const bad: [string, unknown, RegExp][] = [
    ['too short', [1], /gradient must be of length \d, got length 1$/],
    ['too long', new Float64Array(99), /of length \d, got length 99$/],
    ['NaN', 'NaN', /gradient\[0\] must be a finite number, got NaN$/],
    ['Infinity', 'Infinity', /gradient\[0\] must be a finite number, got Infinity$/],
    ['a text', 'text', /gradient\[0\] must be a finite number, got "1"$/],
    ['a number', 3, /gradient must be a vector .*, got 3$/],
    ['nothing', undefined, /gradient must be a vector .*, got undefined$/],
    ['a gradient longer than 1e60', 'long', /of length at most 1e\+60/],
    ['a function that throws', () => boom(), /^boom$/],
    ['a function that gives NaN', () => [NaN, 1, 1, 1, 1, 1, 1].slice(0, 2), /gradient/],
    ['a matrix', ndarray(new Float64Array(4), [2, 2]), /must be a vector, got an ndarray of shape \[2,2\]$/],
  ]
  const boom = () => {
    throw new Error('boom')
  }
  describe.each(KINDS)('%s', (kind) => {
    const domain = drawDomain(kind, 2, random(1))
    const filled = (value: unknown) => Array.from({ length: domain.dimension }, () => value)
    const texts: Record<string, unknown> = {
      ...{ NaN: filled(NaN), Infinity: filled(Infinity), text: filled('1'), long: filled(1e155) },
    }
    it.each(Object.keys(learnersOn(domain)))('%s', (key) => {
      const learner = learnersOn(domain)[key]()
      for (const g of drawGradients(2, 7, domain.dimension, 'noise')) learner.update(g)
      const before = JSON.stringify(learner.state())
      const x = learner.predict().slice()
      for (const [, given, message] of bad) {
        const gradient = wrong(typeof given === 'string' ? texts[given] : given)
        // The implicit learner of these tests computes its own prox from the gradient.
        expect(() => learner.update(gradient)).toThrow(message)
        if (given !== bad[8][1]) expect(() => learner.update(gradient)).toThrow(new RegExp(`^${learner.name}.update: `))
        expect(JSON.stringify(learner.state())).toBe(before)
        expect(learner.predict()).toEqual(x)
      }
    })
    it.each(Object.keys(learnersOn(domain)))('states that do not fit %s', (key) => {
      const learner = learnersOn(domain)[key]()
      for (const g of drawGradients(2, 7, domain.dimension, 'noise')) learner.update(g)
      const state = learner.state()
      const before = JSON.stringify(state)
      const spoilt: unknown[] = [
        ...[null, 7, {}, { ...state, learner: 'other' }, { ...state, dimension: 77 }, { ...state, round: -1 }],
        ...[
          { ...state, round: 1.5 },
          { ...state, violations: 'none' },
          { ...state, numbers: { no: '' } },
        ],
        ...[
          { ...state, arrays: { ...state.arrays, more: '' } },
          { ...state, arrays: { ...state.arrays, x: '' } },
        ],
        ...[
          { ...state, arrays: { ...state.arrays, x: '!!!' } },
          { ...state, arrays: { ...state.arrays, x: btoa('ÿ'.repeat(8 * domain.dimension)) } },
        ],
      ]
      for (const s of spoilt) {
        expect(() => learner.load(wrong(s))).toThrow(new RegExp(`^${learner.name}.load: state`))
        expect(JSON.stringify(learner.state())).toBe(before)
      }
    })
  })

  it('an implicit update whose prox is missing, throws, or answers nonsense', () => {
    const learner = seaImplicit({ domain: disc, G: 1 })
    learner.update([1, 0], (z, eta) => disc.project([z[0] - eta, z[1]]))
    const before = JSON.stringify(learner.state())
    for (const prox of [undefined, () => [NaN, 0], () => [9, 0], () => [0], () => wrong('x'), () => wrong(undefined)])
      expect(() => learner.update([1, 0], prox)).toThrow(/^seaImplicit.update: prox/)
    expect(() => learner.update([1, 0], () => ({ x: [0, 0], subgradient: [Infinity, 0] }))).toThrow(/subgradient\[0\]/)
    expect(() => learner.update([1, 0], boomProx)).toThrow('boom')
    expect(JSON.stringify(learner.state())).toBe(before)
  })
  const boomProx = () => {
    throw new Error('boom')
  }
})

describe('options out of range are refused by name', () => {
  const segment = box({ lower: [0], upper: [0] })
  const cases: [() => unknown, RegExp][] = [
    [() => ball({ dimension: 2, radius: 0 }), /^ball: radius must be a positive number, got 0/],
    [() => ball({ dimension: 0 }), /^ball: dimension must be an integer of at least 1/],
    [() => ball({}), /^ball: dimension must be given/],
    [() => ball({ dimension: 3, center: [1] }), /^ball: center must be of length 3/],
    [() => ball({ dimension: 3, radius: Infinity }), /^ball: radius/],
    [() => box({ lower: [1], upper: [0] }), /^box: lower\[0\] must be at most upper\[0\] = 0, got 1/],
    [() => box({ lower: [0, -Infinity], upper: 1 }), /^box: .*\[1\] must be a finite number/],
    [() => box({}), /^box: dimension/],
    [() => box({ dimension: 1.5 }), /^box: dimension/],
    [() => simplex({ dimension: 3, total: 0 }), /^simplex: total must be a positive number/],
    [() => simplex({ dimension: 0 }), /^simplex: dimension/],
    [() => product([]), /^product: parts must be nonempty/],
    [() => product(wrong([7])), /^product: parts\[0\] must be a domain/],
    [() => product(wrong('x')), /^product: parts/],
    [() => disc.project([1]), /^ball.project: y must be of length 2/],
    [() => disc.contains([NaN, 0]), /^ball.contains: x\[0\]/],
    [() => disc.contains([0, 0], -1), /^ball.contains: tolerance/],
    [() => disc.projectMetric([5, 0], [[1, 0]]), /^ball.projectMetric: H must be of shape \[2, 2\]/],
    [
      () =>
        disc.projectMetric(
          [5, 0],
          wrong([
            [1, 2],
            [0, 1],
          ]),
        ),
      /^ball.projectMetric: H must be symmetric/,
    ],
    [
      () =>
        disc.projectMetric(
          [5, 0],
          wrong([
            [1, 0],
            [0, -1],
          ]),
        ),
      /^ball.projectMetric: H must be positive definite/,
    ],
    [
      () =>
        product([disc]).projectMetric(
          [5, 0],
          wrong([
            [1, 0],
            [0, 1],
          ]),
        ),
      /^product.projectMetric: domain/,
    ],
    [() => seaConvex({ domain: wrong(7) }), /^seaConvex: domain must be a domain, got 7/],
    [() => seaConvex({ domain: disc, G: 0 }), /^seaConvex: G must be a positive number, got 0/],
    [() => seaConvex({ domain: disc, G: NaN }), /^seaConvex: G/],
    [() => seaConvex({ domain: disc, G: 1, L: -1 }), /^seaConvex: L/],
    [() => seaConvex({ domain: disc, G: 1, delta: -1 }), /^seaConvex: delta must be a nonnegative number/],
    [() => seaConvex({ domain: disc, delta: 0 }), /^seaConvex: delta must be positive when G is not given/],
    [() => seaConvex({ domain: segment, G: 1 }), /^seaConvex: domain must be of positive diameter/],
    [() => seaConvex({ domain: disc, G: 1, start: [2, 2] }), /^seaConvex: start must be a point of the domain/],
    [() => seaConvex({ domain: disc, G: 1, start: [0] }), /^seaConvex: start must be of length 2/],
    [() => seaStrong({ domain: disc, lambda: 0 }), /^seaStrong: lambda/],
    [() => seaStrong(wrong({ domain: disc })), /^seaStrong: lambda must be a positive number, got undefined/],
    [() => seaExpConcave({ domain: disc, G: 1 }), /^seaExpConcave: alpha must be given/],
    [() => seaExpConcave({ domain: disc, G: 1, alpha: 0 }), /^seaExpConcave: alpha/],
    [() => seaExpConcave({ domain: disc, G: 1, beta: 0 }), /^seaExpConcave: beta/],
    [() => seaExpConcave({ domain: product([disc]), G: 1, beta: 1 }), /^seaExpConcave: domain/],
    [() => seaExpConcave({ domain: segment, G: 1, beta: 1 }), /^seaExpConcave: domain/],
    [() => seaDynamic({ domain: disc, G: 1, L: 1, horizon: 0 }), /^seaDynamic: horizon/],
    [() => seaDynamic({ domain: disc, G: 1, L: 0, horizon: 9 }), /^seaDynamic: L/],
    [() => seaDynamic({ domain: disc, G: 1, L: 1, horizon: 9 }).certificate(-1), /^seaDynamic.certificate: pathLength/],
    [() => seaImplicit({ domain: disc }), /^seaImplicit: delta/],
    [() => seaEntropic({ domain: wrong(disc), G: 1 }), /^seaEntropic: domain must be a simplex, got a ball/],
    [() => seaEntropic({ domain: simplex({ dimension: 2 }), G: 1, start: [0, 1] }), /^seaEntropic: start\[0\]/],
    [() => oftrl({ domain: disc }), /^oftrl: nu/],
    [() => oftrl({ domain: disc, nu: 0 }), /^oftrl: nu/],
    [() => oftl({ domain: disc, mu: -1 }), /^oftl: mu/],
    [() => ogd({ domain: disc, G: 0 }), /^ogd: G/],
    [() => ogdStrong({ domain: disc, lambda: 0 }), /^ogdStrong: lambda/],
    [() => adagradNorm({ domain: disc, k: 0 }), /^adagradNorm: k/],
    [() => adagradDiagonal({ domain: wrong(disc) }), /^adagradDiagonal: domain must be a box, got a ball/],
    [() => ons({ domain: disc, gamma: 0 }), /^ons: gamma/],
    [() => ons({ domain: disc }), /^ons: gamma/],
    [() => bounds.convex({ D: 0, G: 1, L: 1, sigma2: 1, Sigma2: 1 }), /^bounds.convex: D/],
    [() => bounds.convex({ D: 1, G: 1, L: 1, sigma2: -1, Sigma2: 1 }), /^bounds.convex: sigma2/],
    [() => bounds.oftrl(wrong({ D: 1, G: 1, L: 1, sigma2: 1, Sigma2: 1 })), /^bounds.oftrl: nu/],
    [() => comparators.logistic([[1]], [2], { radius: 1 }), /^comparators.logistic: y\[0\] must be -1 or \+1/],
    [() => comparators.leastSquares([[1]], [2], { radius: 0 }), /^overBall: radius/],
    [() => environments.iid(random(0), { rounds: 0 }), /^environments.multiscale: rounds/],
    [() => environments.multiscale(random(0), { rounds: 5, sigma: -1 }), /^environments.multiscale: sigma/],
    [() => environments.corrupted(random(0), { rounds: 5, corruptions: 6 }), /^environments.corrupted: corruptions/],
    [() => environments.randomOrder(random(0), { size: 0 }), /^environments.randomOrder: size/],
    [() => environments.slowShift(random(0), { rounds: 5, epsilon: 0 }), /^environments.slowShift: epsilon/],
    [() => environments.abruptShift(random(0), { rounds: 5, jumps: 5 }), /^environments.abruptShift: jumps/],
    [() => environments.labelShift(random(0), { rounds: 5, accuracy: 0.2 }), /^environments.labelShift: accuracy/],
    [
      () => play(ogd({ domain: disc, G: 1 }), environments.iid(random(0), { rounds: 5 })),
      /^play: learner must be of dimension 10/,
    ],
    [() => playing({ rounds: 6 }), /^play: rounds must be an integer from 1 to 5, got 6/],
    [() => playing({ every: 0 }), /^play: every must be a positive integer, got 0/],
    [() => logisticStream({ learner: ogd({ domain: disc, G: 1 }), scale: 0 }), /^logisticStream: scale/],
    [() => logisticStream(wrong({})), /^logisticStream: learner/],
  ]
  const playing = (options: object) =>
    play(ogd({ domain: box({ dimension: 10 }), G: 1 }), environments.iid(random(0), { rounds: 5 }), options)
  it.each(cases.map(([make, message]) => [message.source.replaceAll('\\\\', ''), make, message] as const))(
    '%s',
    (_, make, message) => {
      expect(make).toThrow(message)
    },
  )
})

describe('quiet and odd worlds', () => {
  it.each(KINDS.flatMap((kind) => Object.keys(learnersOn(drawDomain(kind, 2, random(3)))).map((key) => [kind, key])))(
    'zero gradients move nothing: %s, %s',
    (kind, key) => {
      const domain = drawDomain(kind, 2, random(3))
      const learner = learnersOn(domain)[key]()
      const start = learner.predict().slice()
      for (let t = 0; t < 50; t++) learner.update(new Float64Array(domain.dimension))
      learner.predict().forEach((v, i) => expect(v).toBeCloseTo(start[i], 12))
      expect(learner.certificate() ?? 0).toBeGreaterThanOrEqual(-1e-12)
      expect(learner.round).toBe(50)
    },
  )

  it('equal gradients add nothing to V after the first', () => {
    const learner = seaConvex({ domain: disc, G: 2, L: 1 })
    for (let t = 0; t < 5; t++) learner.update([1, 1])
    expect(learner.V).toBe(2)
  })

  it('a gradient longer than G is counted, voids the bound and the exp-concave certificate, not the convex one', () => {
    const world = { sigma2: 1, Sigma2: 1 }
    const convex = seaConvex({ domain: disc, G: 1, L: 1 })
    const newton = seaExpConcave({ domain: disc, G: 1, alpha: 1, L: 1 })
    for (const learner of [convex, newton]) {
      learner.update([0.6, 0.8])
      expect([learner.violations, typeof learner.bound(world), typeof learner.certificate()]).toEqual([
        0,
        'number',
        'number',
      ])
      learner.update([0.6, 0.9])
      expect([learner.violations, learner.bound(world)]).toEqual([1, undefined])
    }
    expect(typeof convex.certificate()).toBe('number')
    expect([newton.certificate(), newton.vBound()]).toEqual([undefined, undefined])
    expect(seaConvex({ domain: disc, G: 1, L: 1, delta: 1 }).bound(world)).toBeUndefined()
    expect(seaConvex({ domain: disc, G: 1 }).bound(world)).toBeUndefined()
    expect(seaExpConcave({ domain: disc, G: 1, beta: 1, L: 1 }).bound(world)).toBeUndefined()
  })

  it('a pool of one plays alone, and going past the horizon is said', () => {
    const learner = seaDynamic({ domain: disc, G: 1, L: 100, horizon: 2 })
    expect([...learner.pool]).toEqual([1 / 800])
    for (let t = 0; t < 2; t++) learner.update([1, 0])
    expect([...learner.weights()]).toEqual([1])
    expect([learner.horizonExceeded, typeof learner.bound({ sigma2: 0, Sigma2: 0 })]).toEqual([false, 'number'])
    learner.update([1, 0])
    expect([learner.horizonExceeded, learner.bound({ sigma2: 0, Sigma2: 0 })]).toEqual([true, undefined])
    expect(learner.certificate(1)).toBeGreaterThan(learner.certificate())
  })

  it('one dimension works everywhere', () => {
    for (const domain of [ball({ dimension: 1 }), box({ dimension: 1 }), simplex({ dimension: 1 })] as Domain[]) {
      if (domain.diameter === 0) {
        expect(domain.project([7])).toEqual(Float64Array.of(1))
        const still = seaStrong({ domain, lambda: 1 })
        still.update([3])
        expect(still.predict()).toEqual(Float64Array.of(1))
        continue
      }
      for (const make of Object.values(learnersOn(domain))) {
        const learner = make()
        for (let t = 0; t < 20; t++) learner.update([1])
        expect(learner.predict()[0]).toBeLessThan(-0.2)
      }
    }
  })

  it('wild gradients never put NaN into a learner', () => {
    for (const kind of KINDS) {
      const domain = drawDomain(kind, 3, random(5))
      const rng = random(6)
      for (const [key, make] of Object.entries(learnersOn(domain))) {
        const learner = make()
        for (let t = 0; t < 40; t++) {
          const size = [1e-300, 1e-150, 1, 1e8, 1e55][rng.integer(0, 5)]
          learner.update(Float64Array.from({ length: domain.dimension }, () => size * rng.normal()))
          if (!domain.contains(learner.predict(), 1e-6))
            throw new Error(`${key} left the ${kind}: ${learner.predict()}`)
        }
      }
    }
  })

  it('a learner starts where it is told, and its predictions can be scribbled on', () => {
    const learner = ogd({ domain: disc, G: 1, start: [0.5, 0] })
    learner.predict().fill(99)
    learner.update((x) => {
      expect([...x]).toEqual([0.5, 0])
      x.fill(99)
      return [0, 0]
    })
    expect([...learner.predict()]).toEqual([0.5, 0])
  })

  it('gradients may be typed arrays, ndarrays, arrays or functions, and are not changed', () => {
    const answers = [Float64Array.of(1, 2), Float32Array.of(1, 2), [1, 2], ndarray([1, 2]), () => [1, 2]].map((g) => {
      const learner = ogd({ domain: disc, G: 3 })
      learner.update(g)
      return [...learner.predict()]
    })
    for (const answer of answers) expect(answer).toEqual(answers[0])
  })

  it('the entropic learner finds the best expert', () => {
    const domain: Simplex = simplex({ dimension: 4, total: 2 })
    const learner = seaEntropic({ domain, G: 1 })
    for (let t = 0; t < 3000; t++) learner.update([0.5, 0.1, 0.9, 0.5])
    expect(learner.predict()[1]).toBeGreaterThan(1.99)
    expect(learner.predict().reduce((s, v) => s + v, 0)).toBeCloseTo(2, 12)
  })
})

it('long vectors, which SIMD kernels work on, go where short ones go', () => {
  const gradients = drawGradients(11, 80, 3, 'drift')
  const [short, long] = [3, 70].map((dimension) => ball({ dimension, radius: 1.3 }))
  const padded = (g: Float64Array) => Float64Array.from({ length: 70 }, (_, i) => g[i] ?? 0)
  const twins = learnersOn(long)
  for (const [key, make] of Object.entries(learnersOn(short))) {
    const [a, b] = [make(), twins[key]()]
    for (const g of gradients) {
      a.update(g)
      b.update(padded(g))
      const [x, y] = [a.predict(), b.predict()]
      y.forEach((v, i) => {
        if (!(Math.abs(v - (x[i] ?? 0)) < 1e-11)) throw new Error(`${key}: ${v} and ${x[i]}`)
      })
    }
    const certificate = a.certificate()
    if (certificate !== undefined) expect(b.certificate()).toBeCloseTo(certificate, 9)
  }
})

it('the inverse is rebuilt from H before rounding adds up', () => {
  const learner = seaExpConcave({ domain: ball({ dimension: 2, radius: 5 }), G: 3, beta: 0.5 })
  const rng = random(4)
  const H = [1 + (0.5 * 9) / 2, 0, 0, 1 + (0.5 * 9) / 2]
  for (let t = 0; t < 65536 + 10; t++) {
    const g = [rng.uniform(-1, 1), rng.uniform(-1, 1)]
    learner.update(g)
    for (let k = 0; k < 4; k++) H[k] += 0.25 * g[k >> 1] * g[k & 1]
    if (t !== 65535 && t !== 65545) continue
    const metric = learner.metric()
    metric.forEach((v, k) => expect(Math.abs(v - H[k]) / H[0]).toBeLessThan(1e-10))
  }
  const { arrays, numbers } = learner.state()
  const read = (text: string) => new Float64Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer)
  const [inverse, h, [c]] = [read(arrays.inverse), read(arrays.h), read(numbers.downdate)]
  for (let i = 0; i < 2; i++)
    for (let j = 0; j < 2; j++) {
      const entry = (k: number) => inverse[i * 2 + k] - c * h[i] * h[k]
      expect(entry(0) * H[j] + entry(1) * H[2 + j]).toBeCloseTo(i === j ? 1 : 0, 9)
    }
})

it('a learner allocates nothing a round', () => {
  const collect = (globalThis as { gc?: () => void }).gc
  expect(collect).toBeDefined()
  const domain = ball({ dimension: 400, radius: 3 })
  const gradients = drawGradients(1, 50, 400, 'noise')
  for (const [key, make] of Object.entries(learnersOn(domain))) {
    // The tests' own prox allocates; a projection in a metric may.
    if (key === 'seaImplicit' || key.startsWith('seaExp') || key === 'ons') continue
    const learner = make()
    const round = (count: number) => {
      for (let t = 0; t < count; t++) learner.update(gradients[t % 50])
    }
    // Until the engine has compiled the loops they box every number: the best of several spells counts.
    let grown = Infinity
    for (let spell = 0; spell < 30 && grown > 1500; spell++) {
      round(1000)
      collect!()
      const before = process.memoryUsage().heapUsed
      round(1000)
      grown = Math.min(grown, Math.abs(process.memoryUsage().heapUsed - before) / 1000)
    }
    // One vector would be 3200 bytes.
    if (grown > 1500) throw new Error(`${key} allocates ${grown} bytes a round`)
  }
}, 60_000)

describe('play', () => {
  it('goes on, stops when told, and reports as often as asked', () => {
    const environment = environments.multiscale(random(1), { rounds: 3000, sigma: 1 })
    const { domain, G, L } = environment
    const onProgress = jest.fn()
    const learner = seaConvex({ domain, G, L })
    const a = play(learner, environment, { every: 100, onProgress, stopWhen: ({ round }) => round >= 500 })
    expect([a.status, a.round, a.iterations, onProgress.mock.calls.length]).toEqual(['stopped', 500, 5, 5])
    expect(learner.round).toBe(500)
    expect(a.linearRegret).toBeLessThanOrEqual(a.certificate!)
    const b = play(seaConvex({ domain, G, L }), environment)
    expect([b.status, b.round, b.history.length]).toEqual(['completed', 3000, 1000])
    expect(b.bound).toBeCloseTo(bounds.convex({ ...environment, D: domain.diameter }), 8)
  })

  it.each([
    ['iid', environments.iid(random(2), { rounds: 1500 })],
    ['adversarial', environments.adversarial(random(2), { rounds: 1500 })],
    ['corrupted', environments.corrupted(random(2), { rounds: 1500, corruptions: 100 })],
    ['randomOrder', environments.randomOrder(random(2), { size: 500, passes: 3 })],
    ['slowShift', environments.slowShift(random(2), { rounds: 1500, epsilon: 1e-3, sigma: 0.5 })],
    ['abruptShift', environments.abruptShift(random(2), { rounds: 1500, sigma: 0.5 })],
    ['labelShift', environments.labelShift(random(2), { rounds: 300 })],
  ])('%s: G and the bounds hold, gradients are slopes of the losses, comparators are best', (_, environment) => {
    const { domain, G, L, rounds } = environment
    for (const learner of [seaConvex({ domain, G, L }), seaDynamic({ domain, G, L, horizon: rounds })]) {
      const a = play(learner, environment)
      expect(learner.violations).toBe(0)
      expect(a.linearRegret).toBeLessThanOrEqual(a.certificate!)
      expect(a.realizedRegret).toBeLessThanOrEqual(a.linearRegret + 1e-9)
      expect(a.regret).toBeLessThan(a.bound!)
    }
    const rng = random(9)
    const total = (x: Float64Array, f: 'expected' | 'loss') => {
      let sum = 0
      for (let t = 1; t <= rounds; t++) sum += environment[f](t, x)
      return sum
    }
    for (const [comparator, f] of [
      [environment.comparator(), 'expected'],
      [environment.realizedComparator(), 'loss'],
    ] as const) {
      expect(comparator.total).toBeCloseTo(total(comparator.x, f), 6)
      for (let k = 0; k < 5; k++) {
        const other = domain.project(comparator.x.map((v) => v + rng.normal(0, 0.1)))
        expect(total(other, f)).toBeGreaterThanOrEqual(comparator.total - 1e-8)
      }
    }
    const x = domain.project(domain.center().map((v) => v + rng.normal(0, 0.3)))
    const g = environment.gradient(7, x).slice()
    g.forEach((slope, i) => {
      const [up, down] = [1e-5, -1e-5].map((h) =>
        environment.loss(
          7,
          x.map((v, j) => (i === j ? v + h : v)),
        ),
      )
      expect((up - down) / 2e-5).toBeCloseTo(slope, 5)
    })
    for (let t = 1; t <= rounds; t += 97) {
      const length = Math.sqrt(environment.gradient(t, x).reduce((s, v) => s + v * v, 0))
      expect(length).toBeLessThanOrEqual(G * (1 + 1e-12))
    }
  })

  it('measured noise is what the environment says it is', () => {
    const slow = environments.slowShift(random(3), { rounds: 2000, epsilon: 1e-2, sigma: 0.7 })
    expect(slow.sigma2).toBeCloseTo(2000 * 0.49, 8)
    expect(slow.SigmaMax2).toBeLessThanOrEqual(1e-2 * (1 + 1e-12))
    const bad = environments.corrupted(random(3), { rounds: 2000, corruptions: 50 })
    expect(bad.Sigma2).toBeLessThanOrEqual(4 * bad.G * 50 * 2)
    const order = environments.randomOrder(random(3), { size: 8000 })
    expect(order.sigma2 / 8000).toBeCloseTo(0.9987, 3)
    expect(order.Sigma2).toBeLessThan(8 * order.G * order.G)
  })
})

describe('a stream', () => {
  it('goes on from a saved state to the same numbers, and refuses what it cannot use', () => {
    const rng = random(5)
    const examples = Array.from({ length: 400 }, () => {
      const values = [rng.normal(), rng.normal(), rng.normal()]
      return { label: values[0] + 0.5 * values[1] + rng.normal() > 0 ? 1 : -1, indices: [0, 2, 3], values }
    })
    const make = () =>
      logisticStream({ learner: seaConvex({ domain: ball({ dimension: 6, radius: 5 }), G: 1, L: 0.25 }) })
    const whole = make()
    for (const example of examples) whole.see(example)
    const first = make()
    for (const example of examples.slice(0, 150)) first.see(example)
    const second = make()
    second.load(JSON.parse(JSON.stringify(first.state())))
    for (const example of examples.slice(150)) second.see(example)
    expect(second.state()).toEqual(whole.state())
    expect(whole.total / 400).toBeLessThan(0.65)
    expect([whole.examples, whole.learner.violations]).toEqual([400, 0])
    const before = JSON.stringify(whole.state())
    for (const [example, message] of [
      [{ label: 2, indices: [0], values: [1] }, /label must be -1, 0 or \+1, got 2/],
      [{ label: 1, indices: [5], values: [1] }, /indices\[0\] must be .* between 0 and 4, got 5/],
      [{ label: 1, indices: [0], values: [NaN] }, /values\[0\]/],
      [{ label: 1, indices: [0], values: [] }, /values must be of length 1/],
    ] as const)
      expect(() => whole.see(example)).toThrow(message)
    for (const state of [null, {}, { ...whole.state(), examples: -1 }, { ...whole.state(), total: 'x' }])
      expect(() => whole.load(wrong(state))).toThrow(/load: state/)
    expect(JSON.stringify(whole.state())).toBe(before)
  })
})

it('a metric projection on a box that is partly flat keeps the flat side', () => {
  const flat: Box = box({ lower: [0, -1, 0], upper: [0, 1, 5] })
  const x = flat.projectMetric(
    [3, 4, -2],
    [
      [2, 1, 0],
      [1, 3, 0.5],
      [0, 0.5, 1],
    ],
  )
  expect(x[0]).toBe(0)
  expect(flat.contains(x)).toBe(true)
})
