import fc from 'fast-check'
import { cryptographicRandom, Random, random } from '../src/index.ts'

describe('random', () => {
  test('draws the same numbers in every engine', () => {
    const rng = random(42)
    expect([rng.uniform(), rng.normal(), rng.integer(0, 1000), rng.normal()]).toMatchInlineSnapshot(`
      [
        0.7251719230720756,
        -0.5091325035589023,
        380,
        -0.552957286707329,
      ]
    `)
    expect([...rng.permutation(8)]).toMatchInlineSnapshot(`
      [
        4,
        2,
        6,
        1,
        0,
        3,
        5,
        7,
      ]
    `)
  })

  test('goes on from a saved state, through JSON, at any point', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.nat(20), (seed, draws) => {
        const rng = random(seed)
        for (let i = 0; i < draws; i++) rng.normal()
        const twin = new Random(JSON.parse(JSON.stringify(rng.state())))
        for (let i = 0; i < 5; i++) if (!Object.is(rng.normal(), twin.normal())) return false
        return rng.uniform() === twin.uniform()
      }),
    )
  })

  test('gives neighbouring seeds and split streams nothing in common', () => {
    const first = new Set<number>()
    for (let seed = -500; seed < 500; seed++) first.add(random(seed).uniform())
    expect(first.size).toBe(1000)
    const mean = [...first].reduce((a, b) => a + b) / 1000
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.03)
    const parent = random(1)
    const a = parent.split()
    const b = a.split()
    const streams = [parent, a, b].map((rng) => Array.from({ length: 100 }, () => rng.uniform()))
    expect(new Set(streams.flat()).size).toBe(300)
    expect(random(2 ** 40).uniform()).not.toBe(random(2 ** 41).uniform())
  })

  test('is uniform and normal by its moments', () => {
    const rng = random(3)
    const n = 200_000
    const moments = (draw: () => number) => {
      let m1 = 0
      let m2 = 0
      let m4 = 0
      for (let i = 0; i < n; i++) {
        const x = draw()
        m1 += x / n
        m2 += (x * x) / n
        m4 += x ** 4 / n
      }
      return [m1, m2, m4] as const
    }
    const [u1, u2, u4] = moments(() => rng.uniform(-1, 1))
    expect(Math.abs(u1)).toBeLessThan(0.006)
    expect(Math.abs(u2 - 1 / 3)).toBeLessThan(0.004)
    expect(Math.abs(u4 - 1 / 5)).toBeLessThan(0.004)
    const [n1, n2, n4] = moments(() => rng.normal())
    expect(Math.abs(n1)).toBeLessThan(0.01)
    expect(Math.abs(n2 - 1)).toBeLessThan(0.02)
    expect(Math.abs(n4 - 3)).toBeLessThan(0.15)
  })

  test('draws integers without bias', () => {
    const rng = random(4)
    const counts = new Int32Array(7)
    for (let i = 0; i < 70_000; i++) counts[rng.integer(3, 10) - 3]++
    for (const c of counts) expect(Math.abs(c - 10_000)).toBeLessThan(400)
    for (let i = 0; i < 100; i++) {
      const whole = rng.integer(-2147483648, 2147483648)
      expect(whole).toBe(whole | 0)
    }
  })

  test('integers are 53 random bits modulo the width', () => {
    const [rng, bits] = [random(8), random(8)]
    const widths = [1, 2, 3, 6, 7, 9, 1000, 65535, 2 ** 31, 2 ** 32 - 1, 2 ** 32]
    for (let k = 0; k < 20_000; k++) {
      const width = k < 10_000 ? widths[k % widths.length] : 1 + Math.floor(k * 214748)
      const drawn = BigInt(bits.uniform() * 2 ** 53)
      expect(rng.integer(-5, width - 5)).toBe(Number(drawn % BigInt(width)) - 5)
    }
  })

  test('chooses distinct indices, or by weight', () => {
    const rng = random(5)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.nat(50), (n, k) => {
        const chosen = rng.choice(n, Math.min(n, k))
        return new Set(chosen).size === Math.min(n, k) && chosen.every((i) => i >= 0 && i < n)
      }),
    )
    const counts = new Int32Array(3)
    for (const i of rng.choice(3, 30_000, {
      replace: true,
      weights: [1, 0, 3],
    }))
      counts[i]++
    expect(counts[1]).toBe(0)
    expect(Math.abs(counts[2] / counts[0] - 3)).toBeLessThan(0.15)
    expect([...rng.choice(4, 2, { weights: [0, 1, 0, 1] })].sort()).toEqual([1, 3])
  })

  test('refuses what it cannot draw', () => {
    expect(() => random(0.5)).toThrow('random: seed must be an integer, got 0.5')
    const rng = random(0)
    expect(() => rng.integer(2, 2)).toThrow('Random.integer: high must be an integer')
    expect(() => rng.choice(3, 4)).toThrow('Random.choice: size must be an integer between 0 and 3, got 4')
    expect(() => rng.choice(2, 2, { weights: [1, 0] })).toThrow(
      'Random.choice: weights must be positive for at least 2 indices',
    )
    expect(() => rng.choice(2, 1, { weights: [1, -1] })).toThrow(
      'Random.choice: weights[1] must be a nonnegative number',
    )
    expect(() => new Random({} as never)).toThrow('Random: state must be what state() returned')
  })

  test('never returns the upper end, on intervals of any width', () => {
    const rng = random(1)
    for (const [low, high] of [
      [1e15, 1e15 + 1],
      [1, 1 + Number.EPSILON],
      [-1.7e308, 1.7e308],
      [0, 5e-324],
      [-5e-324, 5e-324],
    ] as const)
      for (let k = 0; k < 2000; k++) {
        const x = rng.uniform(low, high)
        expect(x >= low && x < high).toBe(true)
      }
    expect(rng.uniform(3, 3)).toBe(3)
  })

  test('refuses what is no interval, no spread, no array', () => {
    const rng = random(1)
    const call = (name: 'uniform' | 'normal', ...args: unknown[]) => rng[name](...(args as [number, number]))
    expect(() => call('uniform', '1', 2)).toThrow(new TypeError('Random.uniform: low must be a finite number, got "1"'))
    expect(() => call('uniform', 0, '2')).toThrow(TypeError)
    expect(() => call('uniform', 2, 1)).toThrow(
      new RangeError('Random.uniform: high must be a finite number of at least 2, got 1'),
    )
    expect(() => call('uniform', Number.NaN, 1)).toThrow(RangeError)
    expect(() => call('uniform', 0, Infinity)).toThrow(RangeError)
    expect(() => call('normal', '0', 1)).toThrow(TypeError)
    expect(() => call('normal', 0, -1)).toThrow(
      new RangeError('Random.normal: deviation must be a nonnegative number, got -1'),
    )
    expect(() => rng.shuffle('ab' as unknown as number[])).toThrow('Random.shuffle: array must be an array')
  })

  test('chooses by weights of any size', () => {
    for (const weight of [5e-324, 1e-300, 1, 1e308]) {
      const drawn = random(1).choice(2, 1000, { replace: true, weights: [weight, weight] })
      const ones = drawn.reduce((sum, i) => sum + i, 0)
      expect(Math.abs(ones - 500)).toBeLessThan(70)
    }
  })

  test('refuses states that it has not written', () => {
    const good = random(1).state()
    for (const state of [
      { ...good, generator: [0, 0, 0, 0] },
      { ...good, generator: [1, 2, 3, 2 ** 31] },
      { ...good, generator: [1, 2, 3, 0.5] },
      { ...good, generator: [1, 2, 3] },
      { ...good, generator: Object.assign(Array(4), { 0: 1, 2: 3 }) },
      { ...good, generator: 'abcd' },
      { ...good, spare: 'x' },
      { ...good, spare: Number.NaN },
      null,
    ])
      expect(() => new Random(state as never)).toThrow(/^Random: state must be what state\(\) returned/)
    expect(new Random(good).state()).toEqual(good)
  })
})

describe('cryptographicRandom', () => {
  test('draws numbers of the right distribution that differ from run to run', () => {
    const rng = cryptographicRandom()
    const draws = Array.from({ length: 20_000 }, () => rng.normal())
    const mean = draws.reduce((sum, v) => sum + v, 0) / draws.length
    const variance = draws.reduce((sum, v) => sum + v * v, 0) / draws.length
    // Ten standard errors: once in 10^22 runs.
    expect(Math.abs(mean)).toBeLessThan(10 / Math.sqrt(20_000))
    expect(Math.abs(variance - 1)).toBeLessThan(10 * Math.sqrt(2 / 20_000))
    expect(cryptographicRandom().uniform()).not.toBe(cryptographicRandom().uniform())
    expect(rng.split().uniform()).not.toBe(rng.uniform())
    expect([...rng.permutation(5)].sort()).toEqual([0, 1, 2, 3, 4])
  })

  test('has no state to save', () => {
    expect(() => cryptographicRandom().state()).toThrow('cannot be drawn again')
  })
})
