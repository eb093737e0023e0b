import { random } from '@opt/core'
import ndarray from 'ndarray'
import * as api from '../src/index.ts'

/** The longest that goes as a whole, and others whose last piece is short. */
const lengths = (kind: Kind) => [0, 1, 300_001].map((more) => 2 ** 20 / kind.BYTES_PER_ELEMENT + more)
const LONG = 300_001
/** The first entries of pieces, or the last ones. */
const PLACES = [0, 2 ** 18 - 1, 2 ** 18, LONG - 1]
type Kind = typeof Float32Array | typeof Float64Array
type Stepping = { step(g: unknown): void; parameters: unknown; gradients: unknown; state(): unknown }

const MAKERS: Record<string, (x: never, options?: object) => Stepping> = {
  SGD: (x, options) => new api.SGD(x, options) as never,
  'SGD with momentum': (x, options) => new api.SGD(x, { momentum: 0.9, nesterov: true, l2: 0.1, ...options }) as never,
  Adam: (x, options) => new api.Adam(x, { amsgrad: true, l2: 0.1, ...options }) as never,
  AdamW: (x, options) => new api.AdamW(x, options) as never,
  RMSProp: (x, options) => new api.RMSProp(x, { centered: true, momentum: 0.5, ...options }) as never,
  Adagrad: (x, options) => new api.Adagrad(x, options) as never,
}

const numbers = (kind: Kind, n: number, seed: number) => {
  const rng = random(seed)
  return new kind(n).map(() => rng.normal())
}

/** Expects the same bits; Jest's own comparison takes seconds. */
function expectSame(a: Float32Array | Float64Array, b: Float32Array | Float64Array): void {
  const [p, q] = [a, b].map((x) => Buffer.from(x.buffer, x.byteOffset, x.byteLength))
  expect(p.equals(q)).toBe(true)
}

describe('long arrays of the caller, which pass through the memory in pieces', () => {
  test.each(Object.entries(MAKERS))('%s: have the bits of resident ones', (_, make) => {
    for (const kind of [Float32Array, Float64Array])
      for (const n of lengths(kind)) {
        const x = numbers(kind, n, 1)
        const own = make(x as never)
        const resident = make(x as never, { resident: true })
        for (let t = 0; t < 3; t++) {
          const g = numbers(t === 1 ? Float64Array : kind, n, t + 2) // once of the other type
          own.step(g)
          resident.step(g)
        }
        expectSame(x, resident.parameters as Float32Array)
        if (n % 2 > 0) expect(JSON.stringify(own.state()) === JSON.stringify(resident.state())).toBe(true)
      }
  })

  test('a matrix by rows and one by columns end at the same numbers', () => {
    const [rows, columns] = [700, 500]
    const values = numbers(Float64Array, rows * columns, 1)
    const by = (stride: number[]) => {
      const matrix = ndarray(new Float64Array(rows * columns), [rows, columns], stride)
      values.forEach((v, i) => matrix.set(Math.floor(i / columns), i % columns, v))
      return matrix
    }
    const [a, b] = [by([columns, 1]), by([1, rows])]
    for (const x of [a, b]) {
      const optimizer = new api.Adam(x)
      for (let t = 0; t < 3; t++) optimizer.step(numbers(Float64Array, rows * columns, t))
    }
    const differ = Array.from(values.keys()).filter((k) => {
      const [i, j] = [Math.floor(k / columns), k % columns]
      return a.get(i, j) !== b.get(i, j)
    })
    expect(differ).toEqual([])
  })

  test('parameters may be gradients of one another', () => {
    const [a, b] = [numbers(Float32Array, LONG, 1), numbers(Float32Array, LONG, 2)]
    const [before, old] = [a.slice(), b.slice()]
    new api.SGD({ a, b }, { learningRate: 0.5 }).step({ a: b, b: a })
    expectSame(
      a,
      before.map((v, i) => v - Math.fround(0.5 * old[i])),
    )
    expectSame(
      b,
      old.map((v, i) => v - Math.fround(0.5 * before[i])),
    )
  })

  test('views in one buffer, and a parameter that is its own gradient', () => {
    const all = numbers(Float32Array, 2 * LONG + 9, 3)
    const [x, y] = [all.subarray(3, LONG + 3), all.subarray(LONG + 3, 2 * LONG + 3)]
    const expected = all.map((v, i) => (i >= 3 && i < 2 * LONG + 3 ? Math.fround(v - Math.fround(0.5 * v)) : v))
    new api.SGD([x, y], { learningRate: 0.5 }).step([x, y])
    expectSame(all, expected)
  })

  test.each(PLACES)('an entry %i that is not finite changes nothing and is named', (bad) => {
    for (const value of [NaN, -Infinity, 1e300]) {
      const x = { a: numbers(Float32Array, LONG, 1), b: numbers(Float32Array, LONG, 2) }
      const before = { a: x.a.slice(), b: x.b.slice() }
      const optimizer = new api.Adam(x)
      const g = new Float64Array(LONG)
      g[bad] = value
      expect(() => optimizer.step({ a: new Float64Array(LONG), b: g })).toThrow(
        `Adam.step: gradients.b[${bad}] must be a finite number, got ${Math.fround(value)}`,
      )
      expectSame(x.a, before.a)
      expectSame(x.b, before.b)
      optimizer.step({ a: x.a, b: x.b })
      new api.Adam(before).step({ a: before.a, b: before.b })
      expectSame(x.b, before.b)
    }
  })

  test('a step out of range throws and changes nothing; the next one goes on', () => {
    const x = numbers(Float32Array, LONG, 1)
    const before = x.slice()
    const optimizer = new api.SGD(x, { learningRate: 1e30, momentum: 0.9 })
    const g = new Float32Array(LONG)
    g[200_000] = 1e20
    expect(() => optimizer.step(g)).toThrow('nothing has changed')
    expectSame(x, before)
    g[200_000] = 1e-30
    optimizer.step(g)
    expect(x[200_000]).not.toBe(before[200_000])
    expect(x[199_999]).toBe(before[199_999])
  })

  test('changes of the parameter between steps count, and an update in JavaScript sees them', () => {
    class Halving extends api.Optimizer<api.Hyper> {
      protected override update({ length, parameter, gradient }: api.Slot): void {
        for (let i = 0; i < length; i++) parameter[i] = 0.5 * parameter[i] + gradient[i]
      }
    }
    const settings = { learningRate: api.nonnegative(0.1) }
    const rules = { name: 'Halving', settings, arrays: () => [], bound: () => {} }
    const x = new Float64Array(LONG).fill(1)
    const optimizer = new Halving(rules, x)
    optimizer.step(new Float64Array(LONG))
    expect(x[LONG - 1]).toBe(0.5)
    x.fill(8)
    optimizer.step(new Float64Array(LONG).fill(1))
    expect(x[LONG - 1]).toBe(5)
    const sgd = new api.SGD(x, { learningRate: 1 })
    for (const value of [7, 3]) {
      x.fill(value)
      sgd.step(new Float64Array(LONG).fill(1))
      expect([x[0], x[LONG - 1]]).toEqual([value - 1, value - 1])
    }
  })
})
