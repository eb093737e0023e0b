import { random } from '@opt/core'
import ndarray from 'ndarray'
import {
  ball,
  box,
  type Domain,
  type Learner,
  ogd,
  type Simplex,
  seaConvex,
  seaDynamic,
  seaEntropic,
  seaExpConcave,
  seaStrong,
  simplex,
} from '../src/index.ts'
import { drawDomain, drawGradients, GROWTH, growing, KINDS, learnersOn } from './learners.ts'

const disc = ball({ dimension: 2 })

describe('quiet and odd worlds', () => {
  test.each(KINDS.flatMap((kind) => Object.keys(learnersOn(drawDomain(kind, 2, random(3)))).map((key) => [kind, key])))(
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

  test('equal gradients add nothing to V after the first', () => {
    const learner = seaConvex({ domain: disc, G: 2, L: 1 })
    for (let t = 0; t < 5; t++) learner.update([1, 1])
    expect(learner.V).toBe(2)
  })

  test('a gradient longer than G is counted, voids the bound and the exp-concave certificate, not the convex one', () => {
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

  test('a pool of one plays alone, and going past the horizon is said', () => {
    const learner = seaDynamic({ domain: disc, G: 1, L: 100, horizon: 2 })
    expect([...learner.pool]).toEqual([1 / 800])
    for (let t = 0; t < 2; t++) learner.update([1, 0])
    expect([...learner.weights()]).toEqual([1])
    expect([learner.horizonExceeded, typeof learner.bound({ sigma2: 0, Sigma2: 0 })]).toEqual([false, 'number'])
    learner.update([1, 0])
    expect([learner.horizonExceeded, learner.bound({ sigma2: 0, Sigma2: 0 })]).toEqual([true, undefined])
    expect(learner.certificate(1)).toBeGreaterThan(learner.certificate())
  })

  test('one dimension works everywhere', () => {
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

  test('wild gradients never put NaN into a learner', () => {
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

  test('a learner starts where it is told, and its predictions can be scribbled on', () => {
    const learner = ogd({ domain: disc, G: 1, start: [0.5, 0] })
    learner.predict().fill(99)
    learner.update((x) => {
      expect([...x]).toEqual([0.5, 0])
      x.fill(99)
      return [0, 0]
    })
    expect([...learner.predict()]).toEqual([0.5, 0])
  })

  test('gradients may be typed arrays, ndarrays, arrays or functions, and are not changed', () => {
    const answers = [Float64Array.of(1, 2), Float32Array.of(1, 2), [1, 2], ndarray([1, 2]), () => [1, 2]].map((g) => {
      const learner = ogd({ domain: disc, G: 3 })
      learner.update(g)
      return [...learner.predict()]
    })
    for (const answer of answers) expect(answer).toEqual(answers[0])
  })

  test('the entropic learner finds the best expert', () => {
    const domain: Simplex = simplex({ dimension: 4, total: 2 })
    const learner = seaEntropic({ domain, G: 1 })
    for (let t = 0; t < 3000; t++) learner.update([0.5, 0.1, 0.9, 0.5])
    expect(learner.predict()[1]).toBeGreaterThan(1.99)
    expect(learner.predict().reduce((s, v) => s + v, 0)).toBeCloseTo(2, 12)
  })
})

test('long vectors, which SIMD kernels work on, go where short ones go', () => {
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

test('the metric stays the sum of its gradients over many rounds', () => {
  const learner = seaExpConcave({ domain: ball({ dimension: 2, radius: 5 }), G: 3, beta: 0.5 })
  const rng = random(4)
  const H = [1 + (0.5 * 9) / 2, 0, 0, 1 + (0.5 * 9) / 2]
  for (let t = 0; t < 65536; t++) {
    const g = [rng.uniform(-1, 1), rng.uniform(-1, 1)]
    learner.update(g)
    for (let k = 0; k < 4; k++) H[k] += 0.25 * g[k >> 1] * g[k & 1]
  }
  learner.metric().forEach((v, k) => expect(Math.abs(v - H[k]) / H[0]).toBeLessThan(1e-10))
})

describe('gradients of any length to 1e60', () => {
  test.each(GROWTH)('%s: every learner stays in its set', (shape) => {
    for (const kind of KINDS)
      for (const n of [1, 2, 5]) {
        const domain = drawDomain(kind, n, random(n))
        if (domain.diameter === 0) continue
        for (const [key, make] of Object.entries(learnersOn(domain))) {
          const rng = random(8)
          const learner = make()
          for (let t = 0; t < 300; t++) {
            learner.update(growing(shape, t, domain.dimension, () => rng.normal()))
            if (!domain.contains(learner.predict(), 1e-9))
              throw new Error(`${key} left the ${kind} in round ${t}: ${learner.predict()}`)
          }
          expect(JSON.stringify(learner.state())).toBe(JSON.stringify(reloaded(make(), learner).state()))
        }
      }
  })
  const reloaded = (fresh: Learner, from: Learner) => {
    fresh.load(JSON.parse(JSON.stringify(from.state())))
    return fresh
  }

  test('and not beyond, in domains and options neither', () => {
    const learner = ogd({ domain: disc, G: 1 })
    expect(() => learner.update([1e60, 1e60])).toThrow(/^ogd.update: gradient must be of length at most 1e\+60/)
    expect(learner.round).toBe(0)
    learner.update([1e60, 0])
    expect(() => ogd({ domain: disc, G: 1e61 })).toThrow(/^ogd: G must be a finite number between 1e-60 and 1e\+60/)
    expect(() => ogd({ domain: ball({ dimension: 2, radius: 1e61 }), G: 1 })).toThrow(
      /^ogd: domain must be of diameter/,
    )
    expect(() => ogd({ domain: ball({ center: [1e61] }), G: 1 })).toThrow(/^ogd: domain must be within 1e\+60/)
  })
})

test('a learner allocates nothing a round', () => {
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
})
