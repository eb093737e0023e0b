// The same work for Node and for pages: every oracle and an optax step of a small network, all awaited.
import { type Array as JaxArray, numpy as np } from '@jax-js/jax'
import { applyUpdates, type Device, init, optax, oracles, ravel } from '../src/index.ts'
import { type Batch, crossEntropy, dense, layers, normals } from './models.ts'

export interface Answer {
  device: string
  value: number
  gradient: number[]
  product: number[]
  norms: number[]
  outputs: number[]
  optax: number[]
  /** The gradient of the synchronous functions, or their error message. */
  atOnce: number[] | string
  /** The gradient of float64 oracles, or their error message. */
  float64: number[] | string
  /** The gradient of a loss that jit alone gets wrong. */
  slice: number[]
}

/** Plain descent, so that only the bridge is tested. */
class Descent {
  readonly parameters: Record<string, Float32Array>
  constructor(parameters: Record<string, Float32Array>) {
    this.parameters = parameters
  }

  step(gradients: Record<string, ArrayLike<number>>): void {
    for (const [name, p] of Object.entries(this.parameters))
      for (let i = 0; i < p.length; i++) p[i] -= 0.1 * gradients[name][i]
  }
}

export async function work(device: Device): Promise<Answer> {
  await init(device)
  const params = layers([5, 8, 3])
  const f = oracles(crossEntropy, params, { model: dense })
  const x = normals(1, f.size, 0.5)
  const data: Batch = { u: np.array(normals(2, 30)).reshape([6, 5]), y: np.array(Int32Array.of(0, 1, 2, 0, 1, 2)) }
  const { value, gradient } = await f.async.valueAndGradient(x, data)
  const { unravel } = await ravel.async(params)
  const transformation = optax((p) => new Descent(p as Record<string, Float32Array>))
  const state = await transformation.async.init(unravel(x))
  const [updates] = await transformation.async.update(unravel(gradient), state, unravel(x))
  const moved = await ravel.async(applyUpdates(unravel(x), updates))
  let atOnce: number[] | string
  try {
    atOnce = [...f.gradient(x, data)]
  } catch (error) {
    atOnce = (error as Error).message
  }
  const first = oracles((p: JaxArray) => p.slice(0), np.zeros([3]))
  let float64: number[] | string
  try {
    const double = oracles((p: JaxArray) => np.square(p).sum(), np.zeros([2], { dtype: np.float64 }))
    float64 = [...(await double.async.gradient([0.1, 0.3]))]
  } catch (error) {
    float64 = (error as Error).message
  }
  return {
    device: data.u.device,
    value,
    gradient: [...gradient],
    atOnce,
    float64,
    product: [...(await f.async.hvp(x, x, data))],
    norms: [...(await f.async.perExampleGradientNorms(x, data))],
    outputs: [...(await f.async.predict(x, data.u))],
    optax: [...moved.x],
    slice: [...(await first.async.gradient([1, 2, 3]))],
  }
}
