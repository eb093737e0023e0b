import fc from 'fast-check'
import { Random, random } from '../src/index.ts'

describe('random', () => {
  it('draws the same numbers in every engine', () => {
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

  it('goes on from a saved state, through JSON, at any point', () => {
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

  it('gives neighbouring seeds and split streams nothing in common', () => {
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

  it('is uniform and normal by its moments', () => {
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

  it('draws integers without bias', () => {
    const rng = random(4)
    const counts = new Int32Array(7)
    for (let i = 0; i < 70_000; i++) counts[rng.integer(3, 10) - 3]++
    for (const c of counts) expect(Math.abs(c - 10_000)).toBeLessThan(400)
    for (let i = 0; i < 100; i++) {
      const whole = rng.integer(-2147483648, 2147483648)
      expect(whole).toBe(whole | 0)
    }
  })

  it('chooses distinct indices, or by weight', () => {
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

  it('refuses what it cannot draw', () => {
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
})
