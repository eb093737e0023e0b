import { type Array as JaxArray, numpy as np } from '@jax-js/jax'
import { type Device, init, oracles, ravel } from '../src/index.ts'

beforeAll(() => init('wasm'))

const loss = (p: JaxArray, u: JaxArray) => np.square(p.sub(u)).sum()
const make = () => oracles(loss, np.zeros([3]), { model: (p: JaxArray, u: JaxArray) => p.mul(u) })
const U = () => np.array([1, 2, 3])

describe('what is refused', () => {
  const f = make()
  const cases: [string, () => unknown, typeof TypeError | typeof RangeError | typeof Error, string][] = [
    ['another length', () => f.value([1, 2], U()), RangeError, 'value: x must be of length 3, got length 2'],
    ['no array', () => f.gradient(7 as never, U()), TypeError, 'gradient: x must be an array of numbers, got 7'],
    ['NaN', () => f.gradient([1, NaN, 2], U()), RangeError, 'gradient: x[1] must be a finite number, got NaN'],
    [
      'text',
      () => f.gradient([1, 2, 'a'] as never, U()),
      RangeError,
      'gradient: x[2] must be a finite number, got "a"',
    ],
    ['v of another length', () => f.hvp([1, 2, 3], [1], U()), RangeError, 'hvp: v must be of length 3, got length 1'],
    ['Infinity in v', () => f.hvp([1, 2, 3], [1, 2, Infinity], U()), RangeError, 'hvp: v[2] must be a finite number'],
    ['NaN in x of hvp', () => f.hvp([NaN, 2, 3], [1, 2, 3], U()), RangeError, 'hvp: x[0] must be a finite number'],
    [
      'a short out',
      () => f.gradient([1, 2, 3], U(), new Float32Array(2)),
      RangeError,
      'gradient: out must be a typed array of length 3, got length 2',
    ],
    [
      'a short out of norms',
      () => f.perExampleGradientNorms([1, 2, 3], U(), new Float64Array(1)),
      RangeError,
      'perExampleGradientNorms: out must be a typed array of length 3, got length 1',
    ],
    [
      'data that are no arrays of jax-js',
      () => f.value([1, 2, 3], Float32Array.of(1, 2, 3) as never),
      TypeError,
      'value: data must be a tree of jax-js arrays, got one with Float32Array',
    ],
    [
      'no model',
      () => oracles(loss, np.zeros([3])).predict([1, 2, 3], U()),
      TypeError,
      'predict: oracles was given no',
    ],
    ['no loss', () => oracles(3 as never, np.zeros([3])), TypeError, 'oracles: loss must be a function'],
    ['no tree', () => oracles(loss as never, {}), RangeError, 'oracles: params must be a tree with arrays'],
    [
      'a number for a leaf',
      () => oracles(loss as never, { w: np.zeros([2]), b: 3 }),
      TypeError,
      'oracles: params.b must be an array of jax-js as `import` loads it, got 3',
    ],
    [
      'whole numbers for a leaf',
      () => oracles(loss as never, [np.zeros([2]), { k: np.array(Int32Array.of(1, 2)) }]),
      TypeError,
      'oracles: params.1.k must be float32 or float64, got int32',
    ],
    [
      'two types of leaves',
      () => ravel([np.zeros([2]), np.zeros([2], { dtype: np.float64 })]),
      TypeError,
      'ravel: params.1 must be float32, like the first leaf, got float64',
    ],
    [
      'an empty leaf',
      () => ravel({ a: np.zeros([2, 0]) }),
      RangeError,
      'ravel: params.a must be nonempty, got shape [2,0]',
    ],
    [
      'one path twice',
      () => ravel({ 'a.b': np.zeros([2]), a: { b: np.zeros([2]) } }),
      RangeError,
      'ravel: params must be a tree with one leaf per path, got two at "a.b"',
    ],
    [
      'unravel of another length',
      () => ravel(np.zeros([2])).unravel([1]),
      RangeError,
      'unravel: x must be of length 2',
    ],
    [
      'a loss that is no scalar',
      () => oracles((p: JaxArray) => p, np.zeros([3])).gradient([1, 2, 3]),
      TypeError,
      'oracles: loss must be a function that returns a scalar of jax-js, got shape [3]',
    ],
    [
      'a loss that is no array',
      () => oracles((() => 3) as never, np.zeros([3])).value([1, 2, 3]),
      TypeError,
      'oracles: loss must be a function that returns a scalar of jax-js, got 3',
    ],
    [
      'an exampleLoss that is no scalar',
      () => oracles(loss, np.zeros([3]), { exampleLoss: (p) => p }).perExampleGradientNorms([1, 2, 3], U()),
      TypeError,
      'oracles: exampleLoss must be a function that returns a scalar of jax-js, got shape [3]',
    ],
  ]
  test.each(cases)('%s', (_, work, kind, message) => {
    expect(work).toThrow(kind)
    expect(work).toThrow(message)
  })

  test('data that were used up, with the words of jax-js', () => {
    const data = U()
    data.dispose()
    expect(() => f.value([1, 2, 3], data)).toThrow(/freed/)
  })

  test('anything after dispose, which may be called twice', async () => {
    const gone = make()
    gone.value([1, 2, 3], U())
    gone.dispose()
    gone.dispose()
    expect(() => gone.value([1, 2, 3], U())).toThrow('value: these oracles have been disposed of')
    await expect(gone.async.gradient([1, 2, 3], U())).rejects.toThrow('gradient: these oracles have been disposed of')
  })

  test('a device that is unknown or not here', async () => {
    await expect(init('tpu' as Device)).rejects.toThrow("init: device must be 'cpu', 'wasm' or 'webgpu', got \"tpu\"")
    await expect(init('webgpu')).rejects.toThrow('init: there is no webgpu here (no navigator.gpu, or no adapter)')
  })

  test('leaves the oracles as they were', () => {
    expect([...f.gradient([1, 2, 4], U())]).toEqual([0, 0, 2])
  })
})

describe('devices', () => {
  test('cpu gives what wasm gives', async () => {
    await init('cpu')
    const f = make()
    expect([...f.gradient([1, 2, 4], U())]).toEqual([0, 0, 2])
    await init('wasm')
    expect([...make().gradient([1, 2, 4], U())]).toEqual([0, 0, 2])
  })

  test('an engine without float16 arrays says so when one is made', async () => {
    const host = globalThis as { Float16Array?: new (length: number) => unknown }
    const own = host.Float16Array
    host.Float16Array = undefined as never
    await init()
    const Stand = host.Float16Array as unknown as new (length: number) => unknown
    if (own) host.Float16Array = own
    expect(() => new Stand(1)).toThrow('this engine has no Float16Array')
  })
})
