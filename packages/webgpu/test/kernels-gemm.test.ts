import { random } from '@opt/core'
import fc from 'fast-check'
import { planProduct } from '../src/kernels/gemm.ts'
import { U, uniform, worst } from './matrices.ts'
import { gpu, onDevice } from './open.ts'

const rng = random(11)

/** How a factor lies in memory: by rows, or by columns as a transposed view. */
type Layout = 'rows' | 'columns'

/** A random factor, its view on the device, and its entries. */
function factor(layout: Layout, rows: number, columns: number, pad: number) {
  const transposed = layout === 'columns'
  const [lines, length] = transposed ? [columns, rows] : [rows, columns]
  const stride = length + pad
  const values = uniform(rng, lines * stride)
  return {
    view: { data: gpu.array(values), rows, columns, stride, transposed },
    at: (i: number, j: number) => values[transposed ? j * stride + i : i * stride + j],
  }
}

interface Case {
  m: number
  n: number
  k: number
  alpha?: number
  A?: Layout
  B?: Layout
  pad?: number
}

/**
 * The share of the bound (k + 2) u |alpha| |A| |B| + u |C| that the product's error takes up; other entries of C must
 * not change.
 */
async function product(
  { m, n, k, alpha = 0.5, A = 'rows', B = 'rows', pad = 0 }: Case,
  symmetric = false,
): Promise<number> {
  const [a, b] = [factor(A, m, k, pad), factor(B, k, n, pad)]
  const ldc = n + pad
  const c = uniform(rng, m * ldc)
  const C = { data: gpu.array(c), rows: m, columns: n, stride: ldc }
  if (symmetric) gpu.syrk(alpha, a.view, C)
  else gpu.gemm(alpha, a.view, b.view, C)
  const got = await gpu.read(C.data)
  for (const { data } of [a.view, b.view, C]) data.free()
  const want = Float64Array.from(c)
  const allowed = new Float64Array(c.length)
  for (let i = 0; i < m; i++)
    for (let j = 0; j < (symmetric ? i + 1 : n); j++) {
      let [sum, size] = [0, 0]
      for (let l = 0; l < k; l++) {
        const term = a.at(i, l) * (symmetric ? a.at(j, l) : b.at(l, j))
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
  const layouts: Layout[] = ['rows', 'columns']
  const pairs = layouts.flatMap((A) => layouts.map((B) => [A, B] as const))

  test.each(pairs)('with A by %s and B by %s, aligned and not', async (A, B) => {
    for (const pad of [0, 3]) {
      expect(await product({ m: 36, n: 40, k: 20, A, B, pad })).toBeLessThan(1)
      expect(await product({ m: 33, n: 35, k: 65, A, B, pad })).toBeLessThan(1)
    }
  })

  test.each([
    [1, 1, 1],
    [1, 70, 9],
    [70, 1, 9],
    [5, 4, 1],
    [3, 130, 31],
  ])('of %d x %d by %d of k', async (m, n, k) => {
    expect(await product({ m, n, k })).toBeLessThan(1)
    expect(await product({ m, n, k, A: 'columns', B: 'columns', alpha: -1.5 })).toBeLessThan(1)
  })

  test('in parts of k, which also makes it more accurate', async () => {
    expect(await product({ m: 9, n: 12, k: 3000, A: 'columns' })).toBeLessThan(0.05)
    expect(await product({ m: 34, n: 7, k: 1031, pad: 1 })).toBeLessThan(0.05)
  })

  test('in tiles of 64', async () => {
    expect(await product({ m: 4200, n: 70, k: 9 })).toBeLessThan(1)
    expect(await product({ m: 8, n: 8140, k: 40, A: 'columns', B: 'columns' })).toBeLessThan(1)
  })

  test('in tiles of 128', async () => {
    expect(await product({ m: 16300, n: 3, k: 17 })).toBeLessThan(1)
    expect(await product({ m: 4, n: 16380, k: 12, A: 'columns', B: 'columns', pad: 4 })).toBeLessThan(1)
  })

  test('in any shape of tiles, with the same bits', async () => {
    const shape = { tile: 16, rows: 8, columns: 4, depth: 16 }
    for (const [A, B, pad] of [['rows', 'rows', 0] as const, ['columns', 'columns', 3] as const]) {
      const [m, n, k] = [36, 20, 52]
      const [a, b] = [factor(A, m, k, pad), factor(B, k, n, pad)]
      const [C, other] = [gpu.matrix(m, n), gpu.matrix(m, n)]
      gpu.gemm(0.5, a.view, b.view, C)
      const { program, numbers, workgroups } = planProduct(0.5, a.view, b.view, other, false, shape)
      gpu.run(program, { A: a.view.data, B: b.view.data, C: other.data }, numbers, workgroups)
      expect(await gpu.read(other.data)).toEqual(await gpu.read(C.data))
      for (const { data } of [a.view, b.view, C, other]) data.free()
    }
  })

  test('of any size and layout', async () => {
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

  test('of nothing changes nothing', async () => {
    const C = gpu.matrix(1, 2, [1, 2])
    gpu.gemm(1, gpu.matrix(1, 0), gpu.matrix(0, 2), C)
    gpu.gemm(1, gpu.matrix(0, 5), gpu.matrix(5, 2), { ...C, rows: 0 })
    expect([...(await gpu.read(C.data))]).toEqual([1, 2])
  })

  test('gives the same bits again', async () => {
    const [m, n, k] = [40, 50, 700]
    const [A, B] = [gpu.matrix(m, k, uniform(rng, m * k)), gpu.matrix(k, n, uniform(rng, k * n))]
    const [first, second] = [gpu.matrix(m, n), gpu.matrix(m, n)]
    for (const C of [first, second]) gpu.gemm(1, A, B, C)
    expect(await gpu.read(first.data)).toEqual(await gpu.read(second.data))
    for (const { data } of [A, B, first, second]) data.free()
  })
})

onDevice('syrk', () => {
  test.each([1, 31, 32, 70])('of %d rows leaves what is above the diagonal', async (n) => {
    for (const A of ['rows', 'columns'] as const) {
      expect(await product({ m: n, n, k: 21, A, pad: 1 }, true)).toBeLessThan(1)
      expect(await product({ m: n, n, k: 40, A }, true)).toBeLessThan(1)
    }
  })

  test('in parts of k', async () => {
    expect(await product({ m: 45, n: 45, k: 900, A: 'columns' }, true)).toBeLessThan(0.1)
  })
})

onDevice('memory', () => {
  test('is what it was after products in parts', async () => {
    const { used } = gpu.memory
    await product({ m: 9, n: 12, k: 3000 })
    await product({ m: 20, n: 20, k: 600 }, true)
    expect(gpu.memory.used).toBe(used)
  })
})
