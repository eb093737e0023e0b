import { decodeFloats, type RandomState, random } from '@opt/core'
import fc from 'fast-check'
import ndarray from 'ndarray'
import { AdaHessian, type AdaHessianOptions } from '../src/index.ts'

const one = { beta1: 0, beta2: 0, epsilon: 1e-300, learningRate: 1 }

test('a diagonal Hessian: z * Hz is exact, and learning rate 1 is Newton', () => {
  const curvatures = fc.array(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(curvatures, fc.nat(), fc.boolean(), (h, seed, concave) => {
      const rng = random(seed)
      const x = Float64Array.from(h, () => rng.normal())
      const sign = concave ? -1 : 1
      const optimizer = new AdaHessian(x, { ...one, seed })
      const before = x.slice()
      optimizer.step(
        x.map((v, i) => sign * h[i] * v),
        (z) => z.map((v, i) => sign * h[i] * v),
      )
      // Where f is concave the step has the same size and leads away: |z * Hz|.
      x.forEach((v, i) => expect(Math.abs(v - (concave ? 2 : 0) * before[i])).toBeLessThan(1e-12))
    }),
  )
})

describe('what is averaged', () => {
  const averaged = (shape: number[], options: AdaHessianOptions) => {
    const n = shape.reduce((product, v) => product * v, 1)
    const x = ndarray(new Float64Array(n), shape)
    const optimizer = new AdaHessian(x, { ...one, ...options })
    const products = Float64Array.from({ length: n }, (_, i) => (i + 1) * (i % 2 === 0 ? 1 : -1))
    optimizer.step(new Float64Array(n), products)
    const { meanSquare } = optimizer.state().parameters[0].arrays
    return [...decodeFloats(meanSquare, Float64Array, n, 'meanSquare').map(Math.sqrt)]
  }
  const means = (n: number, block: number) =>
    Array.from({ length: n }, (_, i) => Math.floor(i / block) * block + (block + 1) / 2)
  const single = (n: number) => means(n, 1)

  test.each([
    [[6], single(6)],
    [[2, 3], means(6, 3)],
    [[2, 2, 3], means(12, 3)],
    [[2, 2, 2, 3], means(24, 6)],
  ])('by default in shape %j: the absolute values, before anything is squared', (shape, expected) => {
    expect(averaged(shape, {})).toEqual(expected.map((v) => expect.closeTo(v, 12)))
  })

  test('the convention of the image code: convolution kernels only', () => {
    const blockSizes = [1, 1, 1, -1] as const
    expect(averaged([2, 3], { blockSizes })).toEqual(single(6).map((v) => expect.closeTo(v, 12)))
    expect(averaged([1, 2, 2, 2], { blockSizes })).toEqual(means(8, 4).map((v) => expect.closeTo(v, 12)))
  })

  test('blocks of a given length run over rows', () => {
    expect(averaged([2, 6], { blockSizes: [-1, 4, -1, -1] })).toEqual(means(12, 4).map((v) => expect.closeTo(v, 12)))
    expect(averaged([6], { blockSizes: [2, 1, 1, 1] })).toEqual(means(6, 2).map((v) => expect.closeTo(v, 12)))
  })
})

describe('the power of the Hessian', () => {
  test('0 leaves momentum, and every power follows the formula', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(), (hessianPower, seed) => {
        const rng = random(seed)
        const start = [rng.normal(), rng.normal()]
        const x = Float64Array.from(start)
        const options = { hessianPower, learningRate: 0.1, weightDecay: 0.2, epsilon: 1e-3 }
        const optimizer = new AdaHessian(x, options)
        const [m, v] = [
          [0, 0],
          [0, 0],
        ]
        for (let t = 1; t <= 3; t++) {
          const g = Float64Array.of(rng.normal(), rng.normal())
          const d = Float64Array.of(rng.normal(), rng.normal())
          optimizer.step(g, d)
          for (const i of [0, 1]) {
            m[i] = 0.9 * m[i] + 0.1 * g[i]
            v[i] = 0.999 * v[i] + 0.001 * d[i] * d[i]
            const below = Math.sqrt(v[i]) ** hessianPower / Math.sqrt(1 - 0.999 ** t) ** hessianPower + 1e-3
            start[i] -= 0.1 * (m[i] / (1 - 0.9 ** t) / below + 0.2 * start[i])
            expect(x[i]).toBeCloseTo(start[i], 11)
          }
        }
      }),
    )
  })

  test('a power just below 1 is near the fused update of 1', () => {
    const [x, y] = [new Float64Array(50), new Float64Array(50)]
    const [fused, plain] = [new AdaHessian(x), new AdaHessian(y, { hessianPower: 1 - 1e-12 })]
    for (let t = 0; t < 5; t++) {
      const rng = random(t)
      const [g, d] = [x.map(() => rng.normal()), x.map(() => rng.normal())]
      fused.step(g, d)
      plain.step(g, d)
    }
    x.forEach((v, i) => expect(y[i]).toBeCloseTo(v, 9))
  })
})

describe('the random signs', () => {
  const drawn = (seed: number, n: number) => new AdaHessian(new Float64Array(n), { seed }).rademacher()

  test('are +1 and -1 in equal parts, without pattern, the same for the same seed', () => {
    const [z, again, other] = [drawn(1, 10000), drawn(1, 10000), drawn(2, 10000)]
    expect(z.every((v) => Math.abs(v) === 1)).toBe(true)
    expect(Math.abs(z.reduce((sum, v) => sum + v, 0))).toBeLessThan(400)
    for (const lag of [1, 2, 31, 32, 33, 64])
      expect(Math.abs(z.reduce((sum, v, i) => sum + v * (z[i + lag] ?? 0), 0))).toBeLessThan(400)
    expect(again).toEqual(z)
    expect(other).not.toEqual(z)
  })

  test('come in the structure of the parameters, anew each time, from a generator passed in too', () => {
    const parameters = { w: ndarray(new Float64Array(6), [2, 3], [1, 2]), b: new Float32Array(40) }
    const optimizer = new AdaHessian(parameters, { seed: random(5) })
    const { w, b } = optimizer.rademacher()
    const first = [...b]
    expect([w.shape, b.length]).toEqual([[2, 3], 40])
    optimizer.rademacher()
    expect([...b]).not.toEqual(first)
  })

  test('go on from a saved state', () => {
    const [x, y] = [Float64Array.of(1, 2), Float64Array.of(1, 2)]
    const first = new AdaHessian(x, { seed: 3 })
    const hvp = (z: Float64Array) => Float64Array.of(2 * z[0] + z[1], z[0] + 3 * z[1])
    const run = (optimizer: AdaHessian<Float64Array>, at: Float64Array) => optimizer.step(hvp(at), hvp)
    for (let t = 0; t < 5; t++) run(first, x)
    const saved = JSON.parse(JSON.stringify(first.state()))
    y.set(x)
    const second = new AdaHessian(y, { seed: 99 })
    second.load(saved)
    for (let t = 0; t < 5; t++) {
      run(first, x)
      run(second, y)
    }
    expect(y).toEqual(x)
    expect(second.state()).toEqual(first.state())
  })
})

describe('errors name what is wrong, and nothing has changed', () => {
  const make = () => {
    const set = { w: ndarray(Float64Array.of(1, 2, 3, 4), [2, 2]), b: Float64Array.of(1, 2) }
    const gradients = { w: new Float64Array(4).fill(1), b: new Float64Array(2).fill(1) }
    return { set, gradients, optimizer: new AdaHessian(set) }
  }
  const flat = (n: number) => new Float64Array(n)

  test.each([
    ['no products', undefined, /step: products must be a record by name, got undefined/],
    ['a missing one', { w: flat(4) }, /step: products\.b must be a Float32Array/],
    ['null where there is a gradient', { w: flat(4), b: null }, /products\.b must be given where there is a gradient/],
    ['a wrong length', { w: flat(4), b: flat(3) }, /step: products\.b must be of length 2, got length 3/],
    ['an unknown one', { w: flat(4), b: flat(2), c: flat(1) }, /step: products\.c must be that of a parameter/],
    ['NaN', { w: Float64Array.of(0, 0, Number.NaN, 0), b: flat(2) }, /products\.w\[1\]\[0\] must be a finite number/],
  ])('%s, given or from the function', (_, products, words) => {
    const { set, gradients, optimizer } = make()
    const before = JSON.stringify([optimizer.state(), [...set.w.data], [...set.b]])
    expect(() => optimizer.step(gradients, products as never)).toThrow(words)
    expect(() => optimizer.step(gradients, () => products as never)).toThrow(words)
    expect(JSON.stringify([optimizer.state(), [...set.w.data], [...set.b]])).toBe(before)
  })

  test('an error in the function comes through, and the signs are drawn again', () => {
    const { gradients, optimizer } = make()
    const seen: number[][] = []
    const failing = () =>
      optimizer.step(gradients, (z) => {
        seen.push([...z.w.data, ...z.b])
        throw new Error('no product today')
      })
    expect(failing).toThrow('no product today')
    expect(failing).toThrow('no product today')
    expect(seen[0]).toEqual(seen[1])
    expect(optimizer.steps).toBe(0)
  })

  test('a parameter without a gradient needs no product', () => {
    const { set, gradients, optimizer } = make()
    optimizer.step({ ...gradients, b: null }, { w: flat(4), b: null })
    expect([...set.b]).toEqual([1, 2])
  })

  test('options', () => {
    for (const name of ['learningRate', 'beta1', 'beta2', 'epsilon', 'weightDecay', 'hessianPower'])
      for (const value of [-1, Number.NaN, '1', Infinity])
        expect(() => new AdaHessian(flat(2), { [name]: value })).toThrow(new RegExp(`^AdaHessian: ${name} must be`))
    const refused: [AdaHessianOptions, RegExp][] = [
      [{ hessianPower: 1.1 }, /hessianPower must be/],
      [{ blockSizes: [1, 1, 1] as never }, /blockSizes must be four numbers/],
      [{ blockSizes: [1, 0, 1, 1] }, /blockSizes\[1\] must be -1 or positive, got 0/],
      [{ blockSizes: [1, 1.5, 1, 1] }, /blockSizes\[1\] must be an integer/],
      [{ blockSizes: [4, 1, 1, 1] }, /parameters must be of a length that its block size 4 divides, got length 2/],
      [{ seed: 0.5 }, /seed must be/],
    ]
    for (const [options, words] of refused) expect(() => new AdaHessian(flat(2), options)).toThrow(words)
    expect(() => new AdaHessian(ndarray(flat(2), [1, 1, 1, 1, 2]))).toThrow(/at most 4 dimensions, got shape/)
  })

  test('a state without its generator', () => {
    const { optimizer } = make()
    const { random: _, ...state } = optimizer.state()
    expect(() => optimizer.load(state as never)).toThrow(
      /AdaHessian\.load: state\.random must be the state of a Random/,
    )
    expect(() => optimizer.load({ ...state, random: { generator: [1, 2], spare: null } as RandomState })).toThrow(
      /state\.random/,
    )
  })
})
