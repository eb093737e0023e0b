import { type Array as JaxArray, numpy as np, tree } from '@jax-js/jax'
import { Adam, AdamW, linearDecay, SGD } from '@opt/optimizers'
import ndarray from 'ndarray'
import { applyUpdates, type Floats, init, type OptaxState, optax, oracles, ravel } from '../src/index.ts'
import { normals } from './models.ts'

beforeAll(() => init('wasm'))

type Params = { w: JaxArray; b: JaxArray }

const start = (dtype: 'float32' | 'float64' = 'float32'): Params => {
  const numbers = (seed: number, n: number) =>
    np.array(dtype === 'float32' ? normals(seed, n) : Float64Array.from(normals(seed, n)))
  return { w: numbers(1, 6).reshape([2, 3]), b: numbers(2, 3) }
}

const loss = ({ w, b }: Params): JaxArray => np.square(np.square(w).sum(0).add(b).sub(1)).sum()

/** The compiled gradient of each type, shared by all tests. */
const gradientOf = new Map<string, (params: Params) => Params>()

/** Returns the gradient of the loss; does not use the parameters up. */
function gradients(params: Params, dtype: 'float32' | 'float64'): Params {
  if (!gradientOf.has(dtype)) {
    const f = oracles(loss, start(dtype))
    const { unravel } = ravel(start(dtype))
    gradientOf.set(dtype, (at) => unravel(f.gradient(ravel(at).x)))
  }
  return gradientOf.get(dtype)!(params)
}

type Named = Record<string, Floats>
const OPTIMIZERS: [string, (p: Named) => { step(g: Named): void; readonly parameters: unknown }][] = [
  ['SGD with momentum', (p) => new SGD(p, { learningRate: 0.01, momentum: 0.9 })],
  ['Adam on a schedule', (p) => new Adam(p, { learningRate: linearDecay(0.1, 30) })],
  [
    'AdamW, decay on weights only',
    (p) => new AdamW(p, { learningRate: 0.05, groups: [{ parameters: ['b'], weightDecay: 0 }] }),
  ],
  ['resident AdamW', (p) => new AdamW(p, { learningRate: 0.05, resident: true })],
]

describe('an optimizer in the shape of optax', () => {
  test.each(OPTIMIZERS)('%s moves as the optimizer itself', (_, create) => {
    for (const dtype of ['float32', 'float64'] as const) {
      const transformation = optax(create)
      let params = start(dtype)
      let state = transformation.init(tree.ref(params))
      const { x, named, unravel } = ravel(start(dtype))
      const optimizer = create(named(x))
      const held = optimizer.parameters as Named
      for (let t = 0; t < 30; t++) {
        const flat = Float64Array.from([...held.w, ...held.b])
        const { x: g } = ravel(gradients(unravel(flat), dtype))
        optimizer.step(named(g))
        let updates: Params
        ;[updates, state] = transformation.update(gradients(params, dtype), state, tree.ref(params))
        params = applyUpdates(params, updates)
      }
      const [theirs, own] = [ravel(params).x, [...held.w, ...held.b]]
      own.forEach((value, i) => {
        expect(Math.abs(theirs[i] - value)).toBeLessThan(dtype === 'float32' ? 2e-5 : 1e-13)
      })
      expect(loss(params).item()).toBeLessThan(loss(start()).item() / 2)
    }
  })

  test('uses its arguments up, and nothing else', () => {
    const transformation = optax((p) => new SGD(p, { learningRate: 0.5 }))
    const params = start()
    const first = params.w
    const state = transformation.init(params)
    expect(() => first.ref).toThrow(/freed/)
    const [grads, at] = [start(), start()]
    const watched = [grads.w, at.b]
    const [updates] = transformation.update(grads, state, at)
    for (const array of watched) expect(() => array.ref).toThrow(/freed/)
    expect((updates as Params).w.refCount).toBe(1)
    expect([...(updates as Params).b.dataSync()]).toEqual(
      [...normals(2, 3).map((g) => Math.fround(-0.5 * g))].map((u) => expect.closeTo(u, 6)),
    )
  })

  test('gives shapes to those that look at them', () => {
    const seen: Record<string, readonly number[]>[] = []
    const transformation = optax((p, shapes) => {
      seen.push(shapes)
      const shaped = Object.fromEntries(
        Object.entries(p).map(([name, flat]) => [name, ndarray(flat as Float32Array, [...shapes[name]])]),
      )
      return new AdamW(shaped, { learningRate: 0.1 })
    })
    const state = transformation.init(start())
    expect(seen).toEqual([{ w: [2, 3], b: [3] }])
    const [updates] = transformation.update(start(), state, start())
    const plain = optax((p) => new AdamW(p, { learningRate: 0.1 }))
    const [same] = plain.update(start(), plain.init(start()), start())
    expect(ravel(updates).x).toEqual(ravel(same).x)
  })

  test('answers to await as well', async () => {
    const transformation = optax((p) => new Adam(p, { learningRate: 0.1 }))
    const state = await transformation.async.init(start())
    const [updates, next] = await transformation.async.update(start(), state, start())
    const [same] = transformation.update(start(), transformation.init(start()), start())
    expect(ravel(updates).x).toEqual(ravel(same).x)
    expect(next.optimizer).toBe(state.optimizer)
    expect(next.optimizer.steps).toBe(1)
  })

  test('refuses a damaged state by name, before anything changes', () => {
    const transformation = optax((p) => new Adam(p, { learningRate: 0.1 }))
    const steps = (damage: (state: OptaxState<Adam>) => void) => {
      let state = transformation.init(start())
      const updates: number[][] = []
      for (let t = 0; t < 6; t++) {
        if (t === 3) damage(state)
        let update: Params
        ;[update, state] = transformation.update(start(), state, start())
        updates.push([...ravel(update).x])
      }
      return updates
    }
    const plain = steps(() => {})
    const damaged = steps(({ optimizer }) => {
      const saved = optimizer.state()
      const [w, b] = saved.parameters
      const base64 = (...numbers: number[]) => Buffer.from(Float32Array.from(numbers).buffer).toString('base64')
      const withB = (change: object) => ({ ...saved, parameters: [w, { ...b, ...change }] })
      const cases: [unknown, string][] = [
        [null, 'Adam.load: state must be what state() returned, got null'],
        [{ ...saved, optimizer: 'Lion' }, 'Adam.load: state.optimizer must be "Adam", got "Lion"'],
        [{ ...saved, steps: -1 }, 'Adam.load: state.steps must be a nonnegative integer, got -1'],
        [withB({ steps: 9 }), 'Adam.load: state.b.steps must be at most 3, the steps taken, got 9'],
        [withB({ shape: [4] }), 'Adam.load: state.b.shape must be [3], got [4]'],
        [
          withB({ arrays: { ...b.arrays, meanSquare: base64(1, 1, -1) } }),
          'Adam.load: state.b.meanSquare[2] must be a nonnegative number, got -1',
        ],
        [
          withB({ arrays: { ...b.arrays, mean: base64(1, NaN, 1) } }),
          'Adam.load: state.b.mean[1] must be a finite number',
        ],
        [
          withB({ arrays: { ...b.arrays, mean: 'AAAA' } }),
          'Adam.load: state.b.mean must be base64 of 12 bytes, got 3 bytes',
        ],
      ]
      for (const [state, message] of cases) {
        expect(() => optimizer.load(state as never)).toThrow(message)
        expect(optimizer.state()).toEqual(saved)
      }
    })
    expect(damaged).toEqual(plain)
  })

  test.each([
    ['float32', 3e38],
    ['float64', 1.7e308],
  ] as const)('refuses by name a step that %s does not hold, and the state after it', (dtype, far) => {
    const array = (...numbers: number[]) =>
      np.array(dtype === 'float32' ? Float32Array.from(numbers) : Float64Array.from(numbers))
    const transformation = optax((p) => new AdamW(p, { learningRate: 1.9, weightDecay: 1 }))
    const state = transformation.init({ v: array(1), w: array(1, far) })
    const update = () =>
      transformation.update({ v: array(1), w: array(1, 1) }, state, { v: array(1), w: array(1, far) })
    expect(update).toThrow(new RegExp(`^update: w\\[1\\] must be a step that ${dtype} holds, got [\\d.]+e\\+\\d+ to -`))
    expect(update).toThrow('update: state must be the newest one')
  })

  test('refuses trees of another form, states that were used, and what is no optimizer', () => {
    const transformation = optax((p) => new SGD(p))
    const state = transformation.init(start())
    const other = () => ({ w: np.zeros([3, 2]), b: np.zeros([3]) })
    expect(() => transformation.update(other(), state, start())).toThrow(
      'update: grads must be a tree like that of init, ({w: *, b: *}) of float32 [2,3] [3], got ({w: *, b: *}) of float32 [3,2] [3]',
    )
    expect(() => transformation.update(start(), state, start('float64'))).toThrow('update: params must be a tree like')
    expect(() => transformation.update(start(), {} as never, start())).toThrow('update: state must be what init')
    expect(() => transformation.update(3 as never, state, start())).toThrow(
      'update: grads must be an array of jax-js as',
    )
    const nan = { w: np.array(new Float32Array(6).fill(NaN)).reshape([2, 3]), b: np.zeros([3]) }
    expect(() => transformation.update(nan, state, start())).toThrow(
      'SGD.step: gradients.w[0] must be a finite number, got NaN',
    )
    const [, next] = transformation.update(start(), state, start()) // the refused step used no state up
    expect(() => transformation.update(start(), state, start())).toThrow('update: state must be the newest one')
    transformation.update(start(), next, start())
    expect(() => optax(3 as never)).toThrow('optax: create must be a function')
    expect(() => optax((() => ({})) as never).init(start())).toThrow(
      'optax: create must be a function that makes an optimizer',
    )
    expect(() => optax((p) => new SGD(Object.values(p)) as never).init(start())).toThrow('optax: create must be')
  })
})
