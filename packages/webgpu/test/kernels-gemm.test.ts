import { random } from '@opt/core'
import fc from 'fast-check'
import { U, uniform, worst } from './matrices.ts'
import { gpu, onDevice } from './open.ts'

const rng = random(11)

/** A factor of so many rows and columns, as it lies in memory. */
type Layout = 'rows' | 'columns' | 'gaps'
const strides = (layout: Layout, rows: number, columns: number, pad: number): [number, number] =>
  layout === 'rows' ? [columns + pad, 1] : layout === 'columns' ? [1, rows + pad] : [2 * columns + pad, 2]

interface Case {
  m: number
  n: number
  k: number
  alpha?: number
  A?: Layout
  B?: Layout
  pad?: number
}

/** The share of the bound (k + 2) u |alpha| |A| |B| + u |C| that the product's error takes up; other entries of C must not change. */
async function product(
  { m, n, k, alpha = 0.5, A = 'rows', B = 'rows', pad = 0 }: Case,
  symmetric = false,
): Promise<number> {
  const [rowA, columnA] = strides(A, m, k, pad)
  const [rowB, columnB] = symmetric ? [columnA, rowA] : strides(B, k, n, pad)
  const ldc = n + pad
  const a = uniform(rng, m * rowA + k * columnA)
  const b = symmetric ? a : uniform(rng, k * rowB + n * columnB)
  const c = uniform(rng, m * ldc)
  const given = [a, b, c].map((values) => gpu.array(values))
  const [da, db, dc] = given
  if (symmetric) gpu.syrk(n, k, alpha, da, rowA, columnA, dc, ldc)
  else gpu.gemm(m, n, k, alpha, da, rowA, columnA, db, rowB, columnB, dc, ldc)
  const got = await gpu.read(dc)
  for (const array of given) array.free()
  const want = Float64Array.from(c)
  const allowed = new Float64Array(c.length)
  for (let i = 0; i < m; i++)
    for (let j = 0; j < (symmetric ? i + 1 : n); j++) {
      let [sum, size] = [0, 0]
      for (let l = 0; l < k; l++) {
        const term = a[i * rowA + l * columnA] * b[l * rowB + j * columnB]
        sum += term
        size += Math.abs(term)
      }
      const at = i * ldc + j
      want[at] += alpha * sum
      allowed[at] = U * Math.abs(c[at]) + (k + 2) * U * Math.abs(alpha) * size
    }
  return worst(got, want, (at) => allowed[at])
}

onDevice('gemm', () => {
  const layouts: Layout[] = ['rows', 'columns', 'gaps']
  const pairs = layouts.flatMap((A) => layouts.map((B) => [A, B] as const))

  it.each(pairs)('with A by %s and B by %s, aligned and not', async (A, B) => {
    for (const pad of [0, 3]) {
      expect(await product({ m: 36, n: 40, k: 20, A, B, pad })).toBeLessThan(1)
      expect(await product({ m: 33, n: 35, k: 65, A, B, pad })).toBeLessThan(1)
    }
  })

  it.each([
    [1, 1, 1],
    [1, 70, 9],
    [70, 1, 9],
    [5, 4, 1],
    [3, 130, 31],
  ])('of %d x %d by %d of k', async (m, n, k) => {
    expect(await product({ m, n, k })).toBeLessThan(1)
    expect(await product({ m, n, k, A: 'columns', B: 'columns', alpha: -1.5 })).toBeLessThan(1)
  })

  it('in parts of k, which also makes it more accurate', async () => {
    expect(await product({ m: 9, n: 12, k: 3000, A: 'columns' })).toBeLessThan(0.05)
    expect(await product({ m: 34, n: 7, k: 1031, pad: 1 })).toBeLessThan(0.05)
  })

  it('in tiles of 64', async () => {
    expect(await product({ m: 4200, n: 70, k: 9 })).toBeLessThan(1)
    expect(await product({ m: 8, n: 8140, k: 40, A: 'columns', B: 'columns' })).toBeLessThan(1)
  })

  it('in tiles of 128', async () => {
    expect(await product({ m: 16300, n: 3, k: 17 })).toBeLessThan(1)
    expect(await product({ m: 4, n: 16380, k: 12, A: 'columns', B: 'columns', pad: 4 })).toBeLessThan(1)
  })

  it('of any size and layout', async () => {
    const size = fc.integer({ min: 1, max: 40 })
    const layout = fc.constantFrom(...layouts)
    const alpha = fc.constantFrom(1, -2, 0)
    const pad = fc.integer({ min: 0, max: 4 })
    const given = fc.record({ m: size, n: size, k: size, A: layout, B: layout, alpha, pad })
    await fc.assert(
      fc.asyncProperty(given, async (one) => (await product(one)) <= 1),
      { numRuns: 15, seed: 1 },
    )
  })

  it('of nothing changes nothing', async () => {
    const C = gpu.array([1, 2])
    const none = gpu.array(0)
    gpu.gemm(1, 2, 0, 1, none, 0, 1, none, 2, 1, C, 2)
    gpu.gemm(0, 2, 5, 1, none, 5, 1, gpu.array(10), 2, 1, C, 2)
    expect([...(await gpu.read(C))]).toEqual([1, 2])
  })

  it('gives the same bits again', async () => {
    const [m, n, k] = [40, 50, 700]
    const [A, B] = [gpu.array(uniform(rng, m * k)), gpu.array(uniform(rng, k * n))]
    const [first, second] = [gpu.array(m * n), gpu.array(m * n)]
    for (const C of [first, second]) gpu.gemm(m, n, k, 1, A, k, 1, B, n, 1, C, n)
    expect(await gpu.read(first)).toEqual(await gpu.read(second))
    for (const array of [A, B, first, second]) array.free()
  })
})

onDevice('syrk', () => {
  it.each([1, 31, 32, 70])('of %d rows leaves what is above the diagonal', async (n) => {
    for (const A of ['rows', 'columns'] as const) {
      expect(await product({ m: n, n, k: 21, A, pad: 1 }, true)).toBeLessThan(1)
      expect(await product({ m: n, n, k: 40, A }, true)).toBeLessThan(1)
    }
  })

  it('in parts of k', async () => {
    expect(await product({ m: 45, n: 45, k: 900, A: 'columns' }, true)).toBeLessThan(0.1)
  })
})

onDevice('memory', () => {
  it('is what it was after products in parts', async () => {
    const { used } = gpu.memory
    await product({ m: 9, n: 12, k: 3000 })
    await product({ m: 20, n: 20, k: 600 }, true)
    expect(gpu.memory.used).toBe(used)
  })
})
