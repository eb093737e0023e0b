import { type Array as JaxArray, numpy as np, tree } from '@jax-js/jax'
import { AdamW } from '@opt/optimizers'
import { applyUpdates, init, optax, oracles, ravel } from '../src/index.ts'
import { type Batch, crossEntropy, layers, normals } from './models.ts'

beforeAll(() => init('wasm'))

/** Bytes after collection: the heap, and outside of it, where the WebAssembly memory counts in which jax-js keeps its arrays. */
async function used(): Promise<{ heap: number; external: number }> {
  const { gc } = globalThis as { gc?: () => void }
  if (!gc) throw new Error('the heap can be measured with --expose-gc only')
  // What a collection finds dead outside of the heap is freed a little later.
  for (let k = 0; k < 3; k++) {
    gc()
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  const { heapUsed, external } = process.memoryUsage()
  return { heap: heapUsed, external }
}

const arrays = (): Batch => ({
  u: np.array(normals(1, 16 * 8)).reshape([16, 8]),
  y: np.array(Int32Array.from({ length: 16 }, (_, i) => i % 3)),
})

it('does not grow over 10,000 steps of an optimizer', async () => {
  const f = oracles(crossEntropy, layers([8, 8, 3]))
  const data = arrays()
  const x = normals(2, f.size, 0.3)
  const optimizer = new AdamW(x, { learningRate: 1e-3 })
  const step = () => optimizer.step(f.gradient(x, data, optimizer.gradients))
  for (let t = 0; t < 2000; t++) step()
  const seen = [await used()]
  for (let round = 0; round < 5; round++) {
    for (let t = 0; t < 2000; t++) step()
    seen.push(await used())
  }
  const median = (bytes: number[]) => bytes.sort((a, b) => a - b)[2]
  const heap = median(seen.slice(1).map((now, k) => (now.heap - seen[k].heap) / 2000))
  const external = (seen[5].external - seen[0].external) / 10_000
  if (process.env.OPT_SHOW) console.error('bytes a step', { heap, external })
  // Parameters forgotten once a step would be 500 outside of the heap, and 900 in it.
  expect(external).toBeLessThan(40)
  expect(heap).toBeLessThan(300)
})

describe('no array is left behind', () => {
  const SIZE = 100_000
  const BYTES = 4 * SIZE
  const params = () => ({ a: np.zeros([SIZE]) })
  const loss = ({ a }: { a: JaxArray }, u: JaxArray) => np.square(a.mul(u)).sum()
  const x = normals(1, SIZE)

  /** Growth over some calls, in arrays of SIZE numbers; the memory of WebAssembly never shrinks, so it is warmed up first. */
  const growth = async (work: () => void, calls = 40) => {
    for (let t = 0; t < 5; t++) work()
    const before = await used()
    for (let t = 0; t < calls; t++) work()
    return ((await used()).external - before.external) / BYTES
  }

  it('the measure sees one that is', async () => {
    expect(await growth(() => np.array(x))).toBeGreaterThan(35)
  })

  it('by any oracle', async () => {
    const f = oracles(loss, params(), { exampleLoss: ({ a }, u) => np.dot(a, u), model: ({ a }, u) => a.mul(u) })
    const u = np.array(normals(3, SIZE)).reshape([1, SIZE])
    const work = () => {
      f.value(x, u)
      f.gradient(x, u)
      f.hvp(x, x, u)
      f.perExampleGradientNorms(x, u)
      f.predict(x, u)
    }
    expect(await growth(work)).toBeLessThan(1)
  })

  it('by refused calls', async () => {
    const f = oracles(loss, params())
    const u = np.array(normals(3, SIZE))
    const bad = new Float32Array(SIZE).fill(NaN)
    const work = () => {
      expect(() => f.gradient(bad, u)).toThrow('finite')
      expect(() => f.hvp(x, bad, u)).toThrow('finite')
      expect(() => f.gradient(x, u, new Float32Array(3))).toThrow('length')
    }
    expect(await growth(work)).toBeLessThan(1)
  })

  it('by first calls with their checks, once disposed of', async () => {
    const u = np.array(normals(3, SIZE)).reshape([1, SIZE])
    const work = () => {
      const f = oracles(loss, params(), { exampleLoss: ({ a }, e) => np.dot(a, e) })
      f.value(x, u)
      f.gradient(x, u)
      f.hvp(x, x, u)
      f.perExampleGradientNorms(x, u)
      f.dispose()
    }
    expect(await growth(work, 10)).toBeLessThan(1)
  })

  it('by an optax loop', async () => {
    const transformation = optax((p) => new AdamW(p))
    let at = { a: np.array(x) }
    let state = transformation.init(tree.ref(at))
    const work = () => {
      let updates: typeof at
      ;[updates, state] = transformation.update({ a: np.array(x) }, state, tree.ref(at))
      at = applyUpdates(at, updates)
      ravel(at)
    }
    expect(await growth(work)).toBeLessThan(1)
  })
})
