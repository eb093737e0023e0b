import { type Array as JaxArray, numpy as np, tree } from '@jax-js/jax'
import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import fc from 'fast-check'
import { init, oracles, ravel } from '../src/index.ts'
import { type Batch, crossEntropy, dense, layers, normals, relative } from './models.ts'

beforeAll(() => init('wasm'))

const batch = (
  n: number,
  inputs: number,
  classes: number,
  seed = 1,
): Batch & { inputs: Float32Array; labels: Int32Array } => {
  const u = normals(seed, n * inputs)
  const rng = random(seed)
  const labels = Int32Array.from({ length: n }, () => rng.integer(0, classes))
  return { u: np.array(u).reshape([n, inputs]), y: np.array(labels), inputs: u, labels }
}

/** The part that is a tree of arrays. */
const arrays = ({ u, y }: Batch): Batch => ({ u, y })

describe('the same network in @opt/nn', () => {
  const sizes = [20, 16, 4]
  const network = mlp({ sizes, activation: 'tanh', loss: 'cross-entropy', dtype: 'float32', seed: 3 })
  const exact = mlp({ sizes, activation: 'tanh', loss: 'cross-entropy', dtype: 'float64', seed: 3 })
  const x = Float32Array.from(network.parameters)
  exact.parameters.set(x)
  const v = normals(4, x.length)

  test('has the same value, gradient, Hessian-vector product, per-example norms and outputs to float32 accuracy', () => {
    const data = batch(32, 20, 4)
    const { inputs, labels } = data
    const f = oracles(crossEntropy, layers(sizes), { model: dense })
    expect(f.size).toBe(x.length)
    expect(Math.abs(f.value(x, arrays(data)) / network.loss(inputs, labels) - 1)).toBeLessThan(2e-6)
    expect(relative(f.gradient(x, arrays(data)), exact.gradient(inputs, labels))).toBeLessThan(2e-6)
    expect(relative(f.hvp(x, v, arrays(data)), exact.hvp(inputs, labels, v))).toBeLessThan(5e-6)
    const norms = f.perExampleGradientNorms(x, arrays(data))
    expect(relative(norms, exact.perExampleGradientNorms(inputs, labels))).toBeLessThan(2e-6)
    expect(relative(f.predict(x, data.u), exact.predict(inputs))).toBeLessThan(2e-6)
    f.dispose()
  })

  test('steps along it: 50 steps of gradient descent end at the same parameters', () => {
    const data = batch(32, 20, 4)
    const f = oracles(crossEntropy, layers(sizes))
    const at = x.slice()
    for (let t = 0; t < 50; t++) {
      const g = f.gradient(at, arrays(data))
      for (let i = 0; i < at.length; i++) at[i] -= 0.2 * g[i]
      exact.lossAndGradient(data.inputs, data.labels)
      exact.descend(0.2)
    }
    expect(relative(at, exact.parameters)).toBeLessThan(1e-5)
    exact.parameters.set(x)
  })
})

describe('analytic cases', () => {
  test('x A x / 2 + b x: gradient and products are the matrix times x and v', () => {
    const A = np.array([
      [4, 1, 0],
      [1, 3, -1],
      [0, -1, 2],
    ])
    const loss = (p: JaxArray, a: JaxArray) => np.dot(p.ref, np.matmul(a, p.ref)).mul(0.5).add(p.sum())
    const f = oracles(loss, np.zeros([3]))
    expect(f.value([1, 2, -1], A)).toBe(0.5 * (4 + 12 + 2 + 2 * (2 + 2)) + 2)
    expect([...f.gradient([1, 2, -1], A)]).toEqual([7, 9, -3])
    expect([...f.hvp([9, 9, 9], [1, 0, -1], A)]).toEqual([4, 2, -2])
  })

  test('a loss without data', () => {
    const f = oracles(({ a, b }: { a: JaxArray; b: JaxArray }) => np.square(a).sum().add(b.mul(3)), {
      a: np.zeros([2]),
      b: np.array(0),
    })
    expect(f.value([1, 2, 5])).toBe(20)
    expect([...f.gradient([1, 2, 5])]).toEqual([2, 4, 3])
    expect([...f.hvp([1, 2, 5], [1, 1, 1])]).toEqual([2, 2, 0])
  })

  test('parameters that the loss does not look at have no gradient', () => {
    for (const dtype of ['float32', 'float64'] as const) {
      const zero = () => np.zeros([2], { dtype: np[dtype] })
      const f = oracles(
        ({ a, b }: { a: JaxArray; b: JaxArray }, u: JaxArray) => {
          b.dispose()
          return np.square(a).mul(u).sum()
        },
        { a: zero(), b: zero() },
      )
      const u = np.array([1, 0.5])
      expect([...f.gradient([1, 2, 3, 4], u)]).toEqual([2, 2, 0, 0])
      expect([...f.hvp([1, 2, 3, 4], [1, 1, 1, 1], u)]).toEqual([2, 1, 0, 0])
    }
  })

  test('per-example norms take exampleLoss where the loss of a batch of one is not the loss of one', () => {
    const spread = (p: JaxArray, u: JaxArray) => np.var_(u.mul(p)) // zero for a batch of one
    const own = (p: JaxArray, u: JaxArray) => np.square(p.sub(u)).sum()
    const U = np.array([1, 2, 4])
    const f = oracles(spread, np.array(0), { exampleLoss: own })
    expect([...f.perExampleGradientNorms([1], U)]).toEqual([0, 2, 6])
    expect([...oracles(spread, np.array(0)).perExampleGradientNorms([1], U)]).toEqual([0, 0, 0])
  })

  test('Rosenbrock: against the derivatives by hand at many points', () => {
    const f = oracles(
      (p: JaxArray) => {
        const [a, b] = [p.ref.slice(0), p.slice(1)]
        return np.square(np.array(1).sub(a.ref)).add(np.square(b.sub(np.square(a))).mul(100))
      },
      np.zeros([2]),
    )
    fc.assert(
      fc.property(fc.tuple(...Array.from({ length: 4 }, () => fc.integer({ min: -16, max: 16 }))), (numbers) => {
        const [x, y, u, v] = numbers.map((n) => n / 8)
        const gradient = [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)]
        const product = [(2 + 1200 * x * x - 400 * y) * u - 400 * x * v, -400 * x * u + 200 * v]
        const scale = 1e-4 * (1 + Math.abs(gradient[0]) + Math.abs(gradient[1]))
        f.gradient([x, y]).forEach((g, i) => {
          expect(Math.abs(g - gradient[i])).toBeLessThan(scale)
        })
        f.hvp([x, y], [u, v]).forEach((h, i) => {
          expect(Math.abs(h - product[i])).toBeLessThan(1e-3 * (1 + Math.abs(product[i])))
        })
      }),
      { numRuns: 60 },
    )
  })
})

describe('float64', () => {
  const f64 = (x: ArrayLike<number>, shape: number[]) => np.array(Float64Array.from(x), { shape, dtype: np.float64 })

  test('is exact where the loss needs arithmetic only', () => {
    const rng = random(1)
    const A = Float64Array.from({ length: 25 }, () => rng.normal())
    const x = Float64Array.from({ length: 5 }, () => rng.normal())
    const loss = (p: JaxArray, a: JaxArray) => np.square(np.matmul(a, p)).mean()
    const f = oracles(loss, np.zeros([5], { dtype: np.float64 }))
    expect(f.dtype).toBe('float64')
    const product = (v: Float64Array) => {
      const r = Float64Array.from({ length: 5 }, (_, i) => x.reduce((s, _, j) => s + A[5 * i + j] * v[j], 0))
      return Float64Array.from({ length: 5 }, (_, j) => 0.4 * r.reduce((s, ri, i) => s + A[5 * i + j] * ri, 0))
    }
    const g = f.gradient(x, f64(A, [5, 5]))
    expect(g).toHaveLength(5)
    // The mean's 1/5 is a scalar, which jax-js keeps as float32.
    expect(relative(g, product(x))).toBeLessThan(6e-8)
    const v = Float64Array.of(1, -1, 0.5, 2, 0)
    expect(relative(f.hvp(x, v, f64(A, [5, 5])), product(v))).toBeLessThan(6e-8)
    const sum = oracles(
      (p: JaxArray, a: JaxArray) => np.square(np.matmul(a, p)).sum(),
      np.zeros([5], { dtype: np.float64 }),
    )
    expect(
      relative(
        sum.gradient(x, f64(A, [5, 5])),
        product(x).map((gi) => 5 * gi),
      ),
    ).toBeLessThan(1e-15)
  })

  test('is good to 2e-6 with tanh, exp and log, its derivatives to 1e-7: networks against @opt/nn in float64', () => {
    const sizes = [20, 16, 4]
    const f = oracles(crossEntropy, layers(sizes, 'float64'))
    const worst = { value: 0, gradient: 0, hvp: 0, norms: 0 }
    for (let seed = 1; seed <= 10; seed++) {
      const network = mlp({ sizes, activation: 'tanh', loss: 'cross-entropy', dtype: 'float64', seed })
      const x = Float64Array.from(network.parameters)
      const { inputs, labels } = batch(32, 20, 4, seed)
      const data = { u: f64(inputs, [32, 20]), y: np.array(labels) }
      const v = Float64Array.from(normals(seed, x.length))
      const errors = {
        value: Math.abs(f.value(x, data) / network.loss(inputs, labels) - 1),
        gradient: relative(f.gradient(x, data), network.gradient(inputs, labels)),
        hvp: relative(f.hvp(x, v, data), network.hvp(inputs, labels, v)),
        norms: relative(f.perExampleGradientNorms(x, data), network.perExampleGradientNorms(inputs, labels)),
      }
      for (const name of ['value', 'gradient', 'hvp', 'norms'] as const)
        worst[name] = Math.max(worst[name], errors[name])
    }
    if (process.env.OPT_SHOW) console.error(worst)
    const { value, ...derivatives } = worst
    expect(value).toBeLessThan(2e-6)
    for (const error of Object.values(derivatives)) expect(error).toBeLessThan(1e-7)
  })
})

describe('what is the caller’s stays the caller’s', () => {
  test('neither parameters nor data are used up, x and v are not changed, out is written and returned', () => {
    const params = layers([3, 4, 2])
    const data = arrays(batch(5, 3, 2))
    const f = oracles(crossEntropy, params, { model: dense })
    const x = normals(1, f.size)
    const v = normals(2, f.size)
    const copies = [x.slice(), v.slice()]
    const out = new Float64Array(f.size)
    expect(f.gradient(x, data, out)).toBe(out)
    expect(Float32Array.from(out)).toEqual(f.gradient(x, data))
    expect(f.valueAndGradient(x, data, out)).toEqual({ value: f.value(x, data), gradient: out })
    expect(f.hvp(x, v, data, out)).toBe(out)
    const norms = new Float64Array(5)
    expect(f.perExampleGradientNorms(x, data, norms)).toBe(norms)
    f.predict(x, data.u)
    expect([x, v]).toEqual(copies)
    expect(
      [...tree.leaves<JaxArray>(params as never), ...tree.leaves<JaxArray>(data as never)].map((leaf) => leaf.refCount),
    ).toEqual([1, 1, 1, 1, 1, 1])
  })

  test('each shape is compiled, and the answers of another shape are right', () => {
    const f = oracles(crossEntropy, layers([3, 4, 2]))
    const network = mlp({ sizes: [3, 4, 2], activation: 'tanh', seed: 1 })
    for (const n of [5, 2, 5, 1, 2]) {
      const data = batch(n, 3, 2, n)
      expect(
        relative(f.gradient(network.parameters, arrays(data)), network.gradient(data.inputs, data.labels)),
      ).toBeLessThan(1e-5)
    }
  })

  test('async gives the same, and takes x at the call', async () => {
    const f = oracles(crossEntropy, layers([3, 4, 2]), { model: dense })
    const data = arrays(batch(5, 3, 2))
    const x = normals(1, f.size)
    const expected = f.gradient(x, data)
    const at = x.slice()
    const product = oracles(crossEntropy, layers([3, 4, 2])).hvp(x, x, data)
    const fresh = oracles(crossEntropy, layers([3, 4, 2]))
    const own = tree.ref(data as never) as unknown as Batch
    const promises = [f.async.gradient(x, data), fresh.async.gradient(x, own), fresh.async.hvp(x, x, own)]
    x.fill(7)
    tree.dispose(own as never)
    expect(await Promise.all(promises)).toEqual([expected, expected, product])
    expect(await f.async.value(at, data)).toBe(f.value(at, data))
    expect(await f.async.hvp(at, at, data)).toEqual(f.hvp(at, at, data))
    expect(await f.async.perExampleGradientNorms(at, data)).toEqual(f.perExampleGradientNorms(at, data))
    expect(await f.async.predict(at, data.u)).toEqual(f.predict(at, data.u))
    expect(await f.async.valueAndGradient(at, data)).toEqual(f.valueAndGradient(at, data))
  })
})

describe('ravel', () => {
  test('a tree and back, whatever its form', () => {
    const leaf = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 })
    const forms = fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        leaf.map((shape) => ({ shape })),
        tie('list'),
        tie('record'),
      ),
      list: fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
      record: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('node'), { minKeys: 1, maxKeys: 3 }),
    }))
    let next = 0
    const build = (form: unknown): never => {
      if (Array.isArray(form)) return form.map(build) as never
      const { shape } = form as { shape?: number[] }
      if (!Array.isArray(shape))
        return Object.fromEntries(Object.entries(form as object).map(([k, f]) => [k, build(f)])) as never
      const size = shape.reduce((a, b) => a * b, 1)
      return np.array(Float32Array.from({ length: size }, () => next++)).reshape(shape) as never
    }
    fc.assert(
      fc.property(forms.node, (form) => {
        next = 0
        const params = build(form)
        const { x, unravel, named, shapes } = ravel(params)
        expect([...x]).toEqual(Array.from({ length: next }, (_, i) => i))
        const back = unravel(x.map((value) => value + 0.5))
        expect(tree.structure(back).equals(tree.structure(params))).toBe(true)
        const numbers = tree.leaves<JaxArray>(back).map((a) => [...a.shape, ...a.dataSync()])
        const wanted = tree
          .leaves<JaxArray>(params)
          .map((a) => [...a.shape, ...Array.from(a.dataSync() as Float32Array, (value) => value + 0.5)])
        expect(numbers).toEqual(wanted)
        // Keys that are whole numbers come first in a record, whatever the order of the leaves.
        const parts = Object.values(named(x)).sort((a, b) => a.byteOffset - b.byteOffset)
        expect(parts.flatMap((part) => [...part])).toEqual([...x])
        expect(Object.keys(shapes)).toEqual(Object.keys(named(x)))
      }),
      { numRuns: 50 },
    )
  })

  test('names leaves by their paths, and views are views', () => {
    const { x, named, shapes } = ravel({ first: layers([2, 3]), scale: np.array(2) })
    expect(shapes).toEqual({ 'first.0.w': [2, 3], 'first.0.b': [3], scale: [] })
    named(x).scale[0] = 9
    expect(x[9]).toBe(9)
    expect(Object.keys(ravel(np.zeros([2])).shapes)).toEqual(['0'])
  })

  test('float64 numbers come and go unrounded', async () => {
    const params = { a: np.array(Float64Array.of(1 / 3, 2 / 3)), b: np.array(Float64Array.of(0.1, 0.1)) }
    const { x, unravel } = ravel(params)
    expect([...x]).toEqual([1 / 3, 2 / 3, 0.1, 0.1])
    expect(ravel(unravel([0.7, 0.7, 1 / 7, 2])).x).toEqual(Float64Array.of(0.7, 0.7, 1 / 7, 2))
    expect((await ravel.async(params)).x).toEqual(x)
  })
})
