import { type Array as JaxArray, numpy as np } from '@jax-js/jax'
import { AdamW } from '@opt/optimizers'
import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'

beforeAll(() => api.init('wasm'))

interface Params {
  w: JaxArray
  b: { c: JaxArray }
}

const params = (): Params => ({ w: np.array([0.5, -1, 2]), b: { c: np.array([0.25]) } })
const model = ({ w, b }: Params, u: JaxArray | undefined) => {
  if (!Array.isArray(u?.shape)) throw new TypeError('model: u must be an array')
  return w.mul(u).sum(-1).add(b.c)
}
const loss = (p: Params, u: JaxArray) => np.square(model(p, u)).sum()
const data = () =>
  np.array([
    [1, 2, 3],
    [-1, 0.5, 2],
  ])
const x = () => [0.5, -1, 2, 0.25]
const v = () => [1, 0, -1, 0.5]
const out = (length: number) => new Float32Array(length)

const functions = () => api.oracles(loss, params(), { model })
const transformation = () => api.optax((parameters) => new AdamW(parameters, { learningRate: 0.1 }))
const raveled = () => api.ravel(params())
/** An empty list or record is a tree as well. */
const loose = (k: number) => ['', '.w', '.b', '.b.c'].map((path) => `${k}${path}`)
/** What the loss does to parameters and data of any size is the caller's. */
const nonFinite = 'overflows as the loss does'

fuzz(
  { ...api, functions, transformation, raveled },
  {
    init: () => ['wasm'],
    oracles: { args: () => [loss, params(), { exampleLoss: loss, model, check: false }], loose: loose(1) },
    functions: {
      make: functions,
      methods: {
        value: { args: () => [x(), data()], nonFinite, says: ['model'] },
        gradient: { args: () => [x(), data(), out(4)], writes: ['2'], nonFinite, says: ['model'] },
        valueAndGradient: { args: () => [x(), data(), out(4)], writes: ['2'], nonFinite, says: ['gradient', 'model'] },
        hvp: { args: () => [x(), v(), data(), out(4)], writes: ['3'], nonFinite, says: ['model'] },
        perExampleGradientNorms: {
          args: () => [x(), data(), new Float64Array(2)],
          writes: ['2'],
          nonFinite,
          says: ['model'],
        },
        predict: { args: () => [x(), data()], nonFinite, says: ['model'] },
        dispose: () => [],
      },
    },
    ravel: { args: () => [params()], loose: loose(0) },
    raveled: {
      make: raveled,
      methods: {
        unravel: () => [x()],
        named: { args: () => [Float32Array.from(x())], nonFinite: "views of the caller's numbers" },
      },
    },
    optax: {
      args: () => [(p: Record<string, Float32Array>) => new AdamW(p)],
      methods: { init: { args: () => [params()], loose: loose(0) } },
    },
    transformation: {
      make: transformation,
      methods: {
        init: { args: () => [params()], loose: loose(0) },
        update: { args: () => [params(), transformation().init(params()), params()], says: ['AdamW'] },
      },
    },
    applyUpdates: { args: () => [params(), params()], loose: [...loose(0), ...loose(1)] },
  },
)
