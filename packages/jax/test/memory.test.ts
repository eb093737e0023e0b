import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Array as JaxArray, numpy as np, tree } from '@jax-js/jax'
import { AdamW } from '@opt/optimizers'
import { applyUpdates, init, optax, oracles, ravel } from '../src/index.ts'
import { normals } from './models.ts'

beforeAll(() => init('wasm'))

type Bytes = { heap: number; external: number }
const { used } = (await import('./used.mjs' as string)) as { used(): Promise<Bytes> }

test('does not grow over 10,000 steps of an optimizer', () => {
  const program = fileURLToPath(new URL('steps.mjs', import.meta.url))
  const { heap, external }: Bytes = JSON.parse(
    execFileSync(process.execPath, ['--expose-gc', program], { encoding: 'utf8' }),
  )
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

  /** Returns the growth over some calls, in arrays of SIZE numbers; after a warm-up, as WebAssembly memory never shrinks. */
  const growth = async (work: () => void, calls = 40) => {
    for (let t = 0; t < 5; t++) work()
    const before = await used()
    for (let t = 0; t < calls; t++) work()
    return ((await used()).external - before.external) / BYTES
  }

  test('the measure sees one that is', async () => {
    expect(await growth(() => np.array(x))).toBeGreaterThan(35)
  })

  test('by any oracle', async () => {
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

  test('by refused calls', async () => {
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

  test('by first calls with their checks, once disposed of', async () => {
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

  test('by an optax loop', async () => {
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
