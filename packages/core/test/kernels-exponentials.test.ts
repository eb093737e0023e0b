import { allocate, exponentialKernels, random } from '../src/index.ts'
import { fill, largest, uniform } from './numbers.ts'

/** The kernels against textbook formulas with Math's functions; that both kinds of kernels agree is kernels.test.ts. */
describe('log-sum-exp and softmax', () => {
  const [m, n, epsilon] = [13, 22, 0.05]
  const make = (seed: number) => {
    const views = allocate([exponentialKernels], (views) => ({
      C: views.matrix(m, n),
      f: views.f64(m),
      g: views.f64(n),
      out: views.f64(n),
      t: views.f64(2 * n),
    }))
    const rng = random(seed)
    fill(views.C.data, uniform(rng, views.C.data, 0, 1))
    fill(views.g, uniform(rng, views.g, -0.2, 0.2))
    return views
  }
  const lse = (values: number[]) => {
    const most = Math.max(...values)
    return most + Math.log(values.reduce((s, v) => s + Math.exp(v - most), 0))
  }
  const rowsOf = <T>(f: (i: number) => T) => Array.from({ length: m }, (_, i) => f(i))
  const columnsOf = <T>(f: (j: number) => T) => Array.from({ length: n }, (_, j) => f(j))

  test('log-sum-exp of rows and columns', () => {
    const { kernels, C, f, g, out, t } = make(1)
    const c = (i: number, j: number) => C.data[i * C.stride + j]
    kernels.rowLse(C, g, epsilon, f, t)
    expect(
      largest(
        f,
        rowsOf((i) => lse(columnsOf((j) => (g[j] - c(i, j)) / epsilon))),
      ),
    ).toBeLessThan(1e-13)
    kernels.colLse(C, f, epsilon, out, t)
    expect(
      largest(
        out,
        columnsOf((j) => lse(rowsOf((i) => (f[i] - c(i, j)) / epsilon))),
      ),
    ).toBeLessThan(1e-11)
    g.fill(-Infinity)
    kernels.rowLse(C, g, epsilon, f, t)
    expect(f.every((v) => v === -Infinity)).toBe(true)
  })

  test('softmax of rows, in place', () => {
    const { kernels, C } = make(4)
    const before = C.data.slice()
    kernels.softmaxRows(C, C)
    const want = rowsOf((i) => {
      const row = Array.from(before.slice(i * C.stride, i * C.stride + n))
      return row.map((v) => Math.exp(v - lse(row)))
    })
    expect(largest(C.data, want.flat())).toBeLessThan(1e-15)
  })
})
