// What jax-js 0.1.25 gets wrong under jit, and what the bridge makes of it.
import { grad, type Array as JaxArray, jit, numpy as np } from '@jax-js/jax'
import { difference } from '../src/check.ts'
import { init, oracles } from '../src/index.ts'
import { normals, relative } from './models.ts'

beforeAll(() => init('wasm'))

type Loss = (p: JaxArray) => JaxArray

const X = [0.5, 1, 2]
const zeros = (dtype: 'float32' | 'float64' = 'float32') => np.zeros([3], { dtype: np[dtype] })
const numbers = (x: readonly number[], dtype: 'float32' | 'float64') =>
  np.array(dtype === 'float32' ? Float32Array.from(x) : Float64Array.from(x))

/** Losses with the gradients they have at X; all but the last have no curvature. */
const WRONG: [string, 'float32' | 'float64', Loss, number[]][] = [
  ['an entry', 'float32', (p) => p.slice(0), [1, 0, 0]],
  ['a mean of entries', 'float32', (p) => p.slice([1]).mean(), [0, 0.5, 0.5]],
  ['a cumulative sum', 'float32', (p) => np.cumsum(p).slice(1), [1, 1, 0]],
  ['a flipped slice', 'float32', (p) => np.flip(p).slice([0, 2]).sum(), [0, 1, 1]],
  [
    'a scaled sum in float64',
    'float64',
    (p) =>
      p
        .reshape([3, 1])
        .sum()
        .mul(1 / 4),
    [0.25, 0.25, 0.25],
  ],
  ['a mean in float64', 'float64', (p) => np.square(p).mean(), X.map((x) => (2 * x) / 3)],
]

describe('losses that jit alone gets wrong', () => {
  test.each(WRONG.slice(0, 5))('%s: the fault is there', (_, dtype, loss, wanted) => {
    const alone = jit(grad(loss))(numbers(X, dtype)) as unknown as JaxArray
    const right = [...alone.dataSync()].every((g, i) => Math.abs(g - wanted[i]) < 1e-3)
    expect(right).toBe(false)
  })

  test.each(WRONG)('%s: the bridge gets it right', (name, dtype, loss, wanted) => {
    const f = oracles(loss, zeros(dtype))
    f.gradient(X).forEach((g, i) => {
      expect(g).toBeCloseTo(wanted[i], 6)
    })
    const curvature = name === 'a mean in float64' ? 2 / 3 : 0
    f.hvp(X, [1, 2, 3]).forEach((h, i) => {
      expect(h).toBeCloseTo(curvature * (i + 1), 6)
    })
  })

  test('Hessian-vector products of scaled losses in float64', () => {
    for (const scaled of [(s: JaxArray) => s.mul(0.5), (s: JaxArray) => s.mul(1 / 3), (s: JaxArray) => s.mul(1e-3)]) {
      const f = oracles((p: JaxArray) => scaled(np.square(np.square(p)).sum()), zeros('float64'))
      const factor = scaled(np.array(1, { dtype: np.float64 })).item()
      const wanted = X.map((x) => 12 * x * x * factor)
      expect(relative(f.hvp(X, [1, 1, 1]), wanted)).toBeLessThan(1e-7)
      const mean = oracles((p: JaxArray) => np.square(np.square(p)).mean(), zeros('float64'))
      expect(
        relative(
          mean.hvp(X, [1, 1, 1]),
          X.map((x) => 4 * x * x),
        ),
      ).toBeLessThan(1e-7)
    }
  })

  test('per-example norms through slices', () => {
    const f = oracles((p: JaxArray, e: JaxArray) => p.slice([0, 2]).mul(e).sum(-1).mean(), zeros())
    const each = np.array([
      [3, 4],
      [0, 2],
    ])
    expect([...f.perExampleGradientNorms(X, each)]).toEqual([5, 2])
  })
})

describe('the check at the first call', () => {
  /** A gradient inside of the loss: its constant is not the bridge's to hide. Right: x_0, with gradient [1, 0, 0]. */
  const inner: Loss = (p) => p.ref.mul(grad((q: JaxArray) => q.slice(0))(p) as unknown as JaxArray).sum()

  test('throws for a loss that is wrong in spite of the factor', () => {
    const f = oracles(inner, zeros())
    expect(() => f.gradient(X)).toThrow(/^gradient: jax-js compiles this function wrongly: its jit differs .* by [1-9]/)
    expect(() => f.value(X)).toThrow(/^value: jax-js compiles this function wrongly/)
    expect(() => f.gradient(X)).toThrow('compiles this function wrongly') // and again
    const model = oracles(inner, zeros(), { model: (p: JaxArray, u: JaxArray) => inner(p).mul(u) })
    expect(() => model.predict(X, np.array([1, 2]))).toThrow(/^predict: jax-js compiles/)
  })

  test('throws for products and per-example norms, too', () => {
    const square: Loss = (p) => inner(np.square(p))
    const f = oracles(square, zeros())
    expect(() => f.hvp(X, [1, 1, 1])).toThrow(/^hvp: jax-js compiles/)
    const g = oracles((p: JaxArray, u: JaxArray) => inner(p).mul(u).sum(), zeros())
    expect(() => g.perExampleGradientNorms(X, np.array([1, 2]))).toThrow(/^perExampleGradientNorms: jax-js compiles/)
  })

  test('rejects the promise of async', async () => {
    await expect(oracles(inner, zeros()).async.gradient(X)).rejects.toThrow(/^gradient: jax-js compiles/)
  })

  test('is turned off by check: false, which lets the wrong answer through', () => {
    expect([...oracles(inner, zeros(), { check: false }).gradient(X)]).toEqual([1, 1, 1])
  })

  test('runs the uncompiled loss once for each shape, and for each oracle', () => {
    let [traced, calls] = [0, 0]
    const f = oracles((p: JaxArray, u: JaxArray) => {
      if (u instanceof np.Array) calls++
      else traced++
      return np.square(p.sum().sub(u)).mean()
    }, zeros())
    const u = (n: number) => np.array(normals(1, n))
    for (const n of [4, 4, 5, 4, 5]) f.value(X, u(n))
    expect([traced, calls]).toEqual([2, 2])
    const off = oracles(
      (p: JaxArray, w: JaxArray) => {
        expect(w).not.toBeInstanceOf(np.Array)
        return np.square(p.sum().sub(w)).mean()
      },
      zeros(),
      { check: false },
    )
    off.value(X, u(4))
  })

  test('does not take rounding for a fault where everything cancels', () => {
    // At its minimum the gradient is rounding and nothing else.
    const target = normals(1, 300)
    const loss = (p: JaxArray, { u, y }: { u: JaxArray; y: JaxArray }) => np.square(np.matmul(u, p).sub(y)).mean()
    const A = normals(2, 90)
    const x = Float32Array.of(0.3, -1.7, 0.9)
    const data = {
      u: np.array(A).reshape([30, 3]),
      y: np.array(target.slice(0, 30).map((_, i) => A[3 * i] * x[0] + A[3 * i + 1] * x[1] + A[3 * i + 2] * x[2])),
    }
    const g = oracles(loss, zeros()).gradient(x, data)
    expect(Math.max(...g.map(Math.abs))).toBeLessThan(1e-6)
    // A constant: no gradient at all.
    expect([...oracles((p: JaxArray) => p.sum().mul(0), zeros()).gradient(X)]).toEqual([0, 0, 0])
  })

  test('says nothing of answers that are no numbers, and looks again', () => {
    const f = oracles((p: JaxArray) => np.log(p).sum(), zeros())
    expect(f.value([-1, 1, 1])).toBeNaN()
    expect(f.value(X)).toBeCloseTo(0, 5)
    const wrongAtLast = oracles((p: JaxArray) => inner(np.log(p)), zeros())
    expect(wrongAtLast.value([-1, -1, -1])).toBeNaN()
    expect(() => wrongAtLast.value([2, 3, 4])).toThrow('compiles this function wrongly')
  })
})

describe('the measure of the check', () => {
  test('is relative to each array, or to a hundredth of all where one hardly counts', () => {
    expect(difference([[1, 2]], [[1, 2]])).toBe(0)
    expect(difference([[1.1, 0]], [[1, 0]])).toBeCloseTo(0.1 / 1.01)
    expect(difference([[100], [2e-3]], [[100], [1e-3]])).toBeCloseTo(1e-3 / (1e-3 + 1))
    expect(difference([[100], [4]], [[100], [2]])).toBeCloseTo(2 / 3, 2)
    expect(difference([[0, 1]], [[0, 0]])).toBe(Infinity)
    expect(difference([[NaN, Infinity]], [[NaN, Infinity]])).toBe(0)
    expect(difference([[NaN]], [[1]])).toBeNaN()
    expect(difference([[Infinity]], [[-Infinity]]) <= 1e-3).toBe(false)
  })
})
