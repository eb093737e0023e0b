import { distance } from '@opt/testing'
import { checkSameBits } from '@opt/testing/kernels'
import * as core from '../src/index.ts'
import { allocate, random } from '../src/index.ts'
import { transportKernels } from '../src/transport/index.ts'

test('every size gives the same bits in WebAssembly and in plain JavaScript', () => {
  const rng = random(11)
  const numbers = (n: number, low = -1, high = 1) => Float64Array.from({ length: n }, () => rng.uniform(low, high))
  for (let k = 0; k < 200; k++) {
    const [m, n] = [rng.integer(0, 10), rng.integer(0, 20)]
    const [K, C] = [numbers(m * n, 0, 1), numbers(m * n, 0, 1)]
    const [r, c, scratch] = [numbers(m), numbers(n), numbers(2 * n)]
    const rows = () => numbers(m, 0.1, 1)
    const columns = () => numbers(n, 0.1, 1)
    checkSameBits(core, transportKernels, 'scale2', [m, n, K, n, rows(), columns(), r, c])
    checkSameBits(core, transportKernels, 'rescale', [m, n, K, n, rows(), columns(), r, c])
    checkSameBits(core, transportKernels, 'gibbsMarginals', [m, n, C, n, rows(), columns(), 0.1, K, n, r, c])
    const step = [m, n, C, n, rows(), numbers(m, -90, 90), columns(), 0.1, c, scratch]
    checkSameBits(core, transportKernels, 'sinkhornRow', step, [scratch])
  }
})

/** The kernels against textbook formulas with Math's functions. */
describe('a plan', () => {
  const [m, n, epsilon] = [13, 22, 0.05]
  const make = (seed: number) => {
    const views = allocate([transportKernels], (space) => ({
      C: space.matrix(m, n),
      K: space.matrix(m, n),
      a: space.f64(m),
      f: space.f64(m),
      g: space.f64(n),
      r: space.f64(m),
      c: space.f64(n),
      z: space.f64(n),
      scratch: space.f64(2 * n),
    }))
    const rng = random(seed)
    views.C.data.set(views.C.data.map(() => rng.uniform(0, 1)))
    views.g.set(views.g.map(() => rng.uniform(-0.2, 0.2)))
    views.a.fill(1 / m)
    return views
  }
  const rowsOf = <T>(f: (i: number) => T) => Array.from({ length: m }, (_, i) => f(i))
  const columnsOf = <T>(f: (j: number) => T) => Array.from({ length: n }, (_, j) => f(j))
  const total = (values: number[]) => values.reduce((sum, v) => sum + v)
  const logSum = (values: number[]) => {
    const most = Math.max(...values)
    return most + Math.log(total(values.map((v) => Math.exp(v - most))))
  }

  test.each([0, 100, -100])('a Sinkhorn iteration is the textbook one, from an old f of %d', (start) => {
    const { kernels, C, K, a, f, g, r, c, z, scratch } = make(2)
    const cost = (i: number, j: number) => C.data[i * C.stride + j]
    f.fill(start)
    a[4] = 0
    const again = kernels.sinkhornRow(C, a, f, g, epsilon, z, scratch)
    expect(again).toBe(start === 0 ? 0 : m)
    const want = rowsOf((i) => epsilon * (Math.log(a[i]) - logSum(columnsOf((j) => (g[j] - cost(i, j)) / epsilon))))
    expect(f[4]).toBe(-Infinity)
    expect(distance(f.filter(Number.isFinite), want.filter(Number.isFinite))).toBeLessThan(1e-14)
    kernels.gibbsMarginals(C, f, g, epsilon, K, r, c)
    expect(K.data[5 * K.stride + 6]).toBeCloseTo(Math.exp((f[5] + g[6] - cost(5, 6)) / epsilon), 15)
    expect(distance(z, c)).toBeLessThan(1e-14)
    expect(r[3]).toBeCloseTo(1 / m, 14)
  })

  test('a scaling iteration', () => {
    const { kernels, C, a, f, g, c, z } = make(3)
    kernels.scale2(C, a, g.fill(1), f, z)
    const u = rowsOf((i) => a[i] / total(columnsOf((j) => C.data[i * C.stride + j])))
    expect(distance(f, u)).toBeLessThan(1e-15)
    kernels.gemvT(C, f, c)
    expect(Array.from(z)).toEqual(Array.from(c))
  })

  test('has its marginals, and is rescaled with them', () => {
    const { kernels, C, K, f, g, r, c, z } = make(5)
    const k = (i: number, j: number) => K.data[i * K.stride + j]
    kernels.gibbsMarginals(C, f, g, epsilon, K, r, c)
    const plan = rowsOf((i) => columnsOf((j) => k(i, j)))
    expect(plan[0][7]).toBeCloseTo(Math.exp((g[7] - C.data[7]) / epsilon), 13)
    expect(distance(r, plan.map(total))).toBeLessThan(1e-12)
    const columnSums = () => columnsOf((j) => total(rowsOf((i) => k(i, j))))
    expect(distance(c, columnSums())).toBeLessThan(1e-12)
    z.fill(0.5)
    z[4] = 3
    kernels.rescale(K, f.fill(2), z, r, c)
    const fourth = rowsOf((i) => k(i, 4))
    expect(fourth).toEqual(plan.map((row) => 6 * row[4]))
    expect(distance(c, columnSums())).toBeLessThan(1e-11)
  })
})
