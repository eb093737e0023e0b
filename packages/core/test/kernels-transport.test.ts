import { allocate, random } from '../src/index.ts'
import { fill, largest, uniform } from './numbers.ts'

/** The kernels against textbook formulas with Math's functions; that both kinds of kernels agree is kernels.test.ts. */
describe('transport', () => {
  const [m, n, epsilon] = [13, 22, 0.05]
  const make = (seed: number) => {
    const views = allocate((ws) => ({
      C: ws.matrix(m, n),
      K: ws.matrix(m, n),
      a: ws.f64(m).fill(1 / m),
      f: ws.f64(m),
      g: ws.f64(n),
      out: ws.f64(n),
      z: ws.f64(n),
      t: ws.f64(2 * n),
    }))
    const rng = random(seed)
    fill(views.C.data, uniform(rng, views.C.data, 0, 1))
    fill(views.g, uniform(rng, views.g, -0.2, 0.2))
    views.a.fill(1 / m)
    return views
  }
  const lse = (values: number[]) => {
    const most = Math.max(...values)
    return most + Math.log(values.reduce((s, v) => s + Math.exp(v - most), 0))
  }
  const rowsOf = <T>(f: (i: number) => T) => Array.from({ length: m }, (_, i) => f(i))
  const columnsOf = <T>(f: (j: number) => T) => Array.from({ length: n }, (_, j) => f(j))

  test.each([0, 100, -100])('a Sinkhorn iteration is the textbook one, from an old f of %d', (start) => {
    const { kernels, C, K, a, f, g, z, out, t } = make(2)
    const c = (i: number, j: number) => C.data[i * C.stride + j]
    f.fill(start)
    a[4] = 0
    const redone = kernels.sinkhornRow(m, n, C.data, C.stride, a, f, g, epsilon, z, t)
    expect(redone).toBe(start === 0 ? 0 : m)
    const want = rowsOf((i) => epsilon * (Math.log(a[i]) - lse(columnsOf((j) => (g[j] - c(i, j)) / epsilon))))
    expect(f[4]).toBe(-Infinity)
    expect(largest(f, want)).toBeLessThan(1e-14)
    kernels.gibbs(m, n, C.data, C.stride, f, g, epsilon, K.data, K.stride)
    expect(K.data[5 * K.stride + 6]).toBeCloseTo(Math.exp((f[5] + g[6] - c(5, 6)) / epsilon), 15)
    kernels.gemvT(m, n, K.data, K.stride, t.fill(1), out)
    expect(largest(z, out)).toBeLessThan(1e-14)
    expect(rowsOf((i) => K.data.slice(i * K.stride, i * K.stride + n).reduce((s, v) => s + v))[3]).toBeCloseTo(
      1 / m,
      14,
    )
  })

  test('a scaling iteration', () => {
    const { kernels, C, a, f, g, z, out } = make(3)
    kernels.scale2(m, n, C.data, C.stride, a, g.fill(1), f, z)
    const u = rowsOf((i) => a[i] / columnsOf((j) => C.data[i * C.stride + j]).reduce((s, v) => s + v))
    expect(largest(f, u)).toBeLessThan(1e-15)
    kernels.gemvT(m, n, C.data, C.stride, f, out)
    expect(Array.from(z)).toEqual(Array.from(out))
  })

  test('the plan with its marginals, and the plan rescaled', () => {
    const { kernels, C, K, a, f, g, z, out } = make(5)
    const k = (i: number, j: number) => K.data[i * K.stride + j]
    kernels.gibbsMarginals(m, n, C.data, C.stride, f, g, epsilon, K.data, K.stride, a, z)
    const plan = Float64Array.from({ length: m * n }, (_, at) => k(Math.floor(at / n), at % n))
    expect(plan[7]).toBeCloseTo(Math.exp((g[7] - C.data[7]) / epsilon), 13)
    expect(
      largest(
        a,
        rowsOf((i) => columnsOf((j) => plan[i * n + j]).reduce((s, v) => s + v)),
      ),
    ).toBeLessThan(1e-12)
    expect(
      largest(
        z,
        columnsOf((j) => rowsOf((i) => plan[i * n + j]).reduce((s, v) => s + v)),
      ),
    ).toBeLessThan(1e-12)
    f.fill(2)
    out.fill(0.5)
    out[4] = 3
    kernels.rescale(m, n, K.data, K.stride, f, out, a, z)
    expect(
      largest(
        rowsOf((i) => k(i, 4)),
        rowsOf((i) => 6 * plan[i * n + 4]),
      ),
    ).toBe(0)
    expect(
      largest(
        columnsOf((j) => z[j]),
        columnsOf((j) => rowsOf((i) => k(i, j)).reduce((s, v) => s + v)),
      ),
    ).toBeLessThan(1e-11)
  })
})
