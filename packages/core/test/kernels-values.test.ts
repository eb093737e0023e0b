import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { allocate, exp, gemmScratch, log, type Random, random, solveScratch } from '../src/index.ts'

/** The kernels against textbook formulas and 60-digit values; that both kinds of kernels agree is kernels.test.ts. */
const golden = JSON.parse(readFileSync(new URL('./golden/exp-log.json', import.meta.url), 'utf8')) as {
  exp: [number, number, number][]
  log: [number, number, number][]
}

const uniform = (rng: Random, view: Float64Array, low = -1, high = 1) => view.map(() => rng.uniform(low, high))
const largest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((most, v, i) => Math.max(most, v === b[i] ? 0 : Math.abs(v - b[i])), 0)
const fill = (view: Float64Array, values: ArrayLike<number>) => {
  view.set(values)
  return view
}

describe('exp and log', () => {
  const bits = new Float64Array(1)
  const whole = new BigInt64Array(bits.buffer)
  const ulp = (x: number) => {
    bits[0] = Math.abs(x)
    whole[0] += BigInt(x === Infinity ? 0 : 1)
    return bits[0] === Infinity ? 2 ** 971 : bits[0] - Math.abs(x)
  }
  const worst = (f: (x: number) => number, rows: [number, number, number][]) =>
    rows.reduce((most, [x, value, rest]) => Math.max(most, Math.abs((f(x) - value) / ulp(value) - rest)), 0)

  test('are within 1.0 and 0.9 ulp of 60-digit values', () => {
    expect(golden.exp.length).toBeGreaterThan(400)
    expect(golden.log.length).toBeGreaterThan(400)
    expect(worst(exp, golden.exp)).toBeLessThan(1.0)
    expect(worst(log, golden.log)).toBeLessThan(0.9)
  })

  test('know the ends of their ranges', () => {
    const ends = [0, -0, NaN, Infinity, -Infinity, 709.782712893384, 709.7827128933841, 1e300, -1e300, 5e-324, -708.4]
    expect(ends.map(exp)).toEqual([1, 1, NaN, Infinity, 0, 1.7976931348622732e308, Infinity, Infinity, 0, 1, 0])
    expect(exp(-708.396)).toBeGreaterThan(2.2250738585072014e-308)
    expect([0, -0, -1, -5e-324, NaN, Infinity, -Infinity, 1].map(log)).toEqual([
      -Infinity,
      -Infinity,
      NaN,
      NaN,
      NaN,
      Infinity,
      NaN,
      0,
    ])
  })

  test('log undoes exp, exp is monotone across every breakpoint', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -700, max: 700, noNaN: true }),
        (x) => Math.abs(log(exp(x)) - x) <= 3e-16 * Math.max(1, Math.abs(x)),
      ),
    )
    for (let n = -2000; n < 2000; n++) {
      const x = ((n + 0.5) * Math.LN2) / 32
      const near = [x - 1e-12, x - 1e-14, x, x + 1e-14, x + 1e-12].map(exp)
      expect(near).toEqual([...near].sort((a, b) => a - b))
    }
  })

  test('vexp and vlog are exp and log entry by entry', () => {
    const n = 1003
    const rng = random(2)
    const { kernels, x, y } = allocate((ws) => ({ x: ws.f64(n), y: ws.f64(n) }))
    fill(x, uniform(rng, x, -760, 705))
    const sum = kernels.vexp(n, x, y)
    expect(Array.from(y)).toEqual(Array.from(x, exp))
    expect(sum / y.reduce((a, b) => a + b)).toBeCloseTo(1, 13)
    kernels.vlog(n, y, x)
    expect(Array.from(x)).toEqual(Array.from(y, log))
  })
})

describe('products', () => {
  test.each([
    [3, 4, 5],
    [1, 1, 1],
    [70, 45, 300],
    [129, 17, 33],
    [20, 1027, 2],
  ])('gemm is the textbook product, both operands as they are or transposed: %d x %d x %d', (m, n, k) => {
    const rng = random(m)
    const { kernels, A, B, C, work } = allocate((ws) => ({
      A: ws.f64(m * k),
      B: ws.f64(k * n),
      C: ws.f64(m * n),
      work: ws.f64(gemmScratch(m, n, k)),
    }))
    fill(A, uniform(rng, A))
    fill(B, uniform(rng, B))
    for (const [ra, ca] of [
      [k, 1],
      [1, m],
    ])
      for (const [rb, cb] of [
        [n, 1],
        [1, k],
      ]) {
        C.fill(1)
        kernels.gemm(m, n, k, -0.5, A, ra, ca, B, rb, cb, C, n, work)
        const want = Float64Array.from(C, (_, at) => {
          const [i, j] = [Math.floor(at / n), at % n]
          let s = 0
          for (let l = 0; l < k; l++) s += A[i * ra + l * ca] * B[l * rb + j * cb]
          return 1 - 0.5 * s
        })
        expect(largest(C, want)).toBeLessThan(1e-14 * k)
      }
  })

  test('NaN and Infinity stay in their own rows and columns', () => {
    const [m, n, k] = [9, 11, 6]
    const { kernels, A, B, C, work } = allocate((ws) => ({
      A: ws.f64(m * k).fill(1),
      B: ws.f64(k * n).fill(1),
      C: ws.f64(m * n),
      work: ws.f64(gemmScratch(m, n, k)),
    }))
    A.fill(1)
    B.fill(1)
    A[8 * k + 2] = NaN
    B[3 * n + 10] = Infinity
    work.fill(NaN)
    kernels.gemm(m, n, k, 1, A, k, 1, B, n, 1, C, n, work)
    const wanted = Array.from(C, (_, at) => (at >= 8 * n ? NaN : at % n === 10 ? Infinity : k))
    expect(Array.from(C)).toEqual(wanted)
  })

  test('gemv, gemvT, dot, axpy and spmv are what their names say', () => {
    const [m, n] = [23, 37]
    const rng = random(4)
    const { kernels, A, x, y, z, starts, columns } = allocate((ws) => ({
      A: ws.f64(m * n),
      x: ws.f64(n),
      y: ws.f64(m),
      z: ws.f64(n),
      starts: ws.i32(m + 1),
      columns: ws.i32(m * n),
    }))
    fill(A, uniform(rng, A))
    fill(x, uniform(rng, x))
    const row = (i: number) => A.slice(i * n, i * n + n)
    const rows = Array.from(y, (_, i) => row(i).reduce((s, v, j) => s + v * x[j], 0))
    kernels.gemv(m, n, A, n, x, y)
    expect(largest(y, rows)).toBeLessThan(1e-14)
    kernels.gemvT(m, n, A, n, y, fill(z, x))
    const sums = Array.from(z, (_, j) => rows.reduce((s, v, i) => s + v * A[i * n + j], x[j]))
    expect(largest(z, sums)).toBeLessThan(1e-13)
    for (let i = 0; i <= m; i++) starts[i] = i * n
    columns.forEach((_, k) => void (columns[k] = k % n))
    y.fill(NaN)
    kernels.spmv(m, starts, columns, A, x, y)
    expect(largest(y, rows)).toBeLessThan(1e-14)
    expect(kernels.dot(n, x, z)).toBeCloseTo(
      x.reduce((s, v, j) => s + v * z[j], 0),
      12,
    )
    kernels.axpy(n, 2, x, z)
    expect(
      largest(
        z,
        sums.map((v, j) => v + 2 * x[j]),
      ),
    ).toBeLessThan(1e-13)
  })
})

describe('Cholesky and triangular solves', () => {
  test.each([1, 2, 7, 63, 64, 65, 130, 200])('n = %d', (n) => {
    const columns = 5
    const rng = random(n)
    const { kernels, M, A, B, x, work } = allocate((ws) => ({
      M: ws.f64(n * n),
      A: ws.matrix(n, n),
      B: ws.f64(n * columns),
      x: ws.f64(n),
      work: ws.f64(Math.max(gemmScratch(n, n, n), solveScratch(n, columns))),
    }))
    fill(M, uniform(rng, M))
    const ld = A.stride
    for (let i = 0; i < n; i++) A.data[i * ld + i] = 1
    for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) A.data[i * ld + j] = 9
    kernels.syrk(n, n, 1, M, n, 1, A.data, ld, work)
    const S = (i: number, j: number) =>
      kernels.dot(n, M.subarray(i * n, i * n + n), M.subarray(j * n, j * n + n)) + (i === j ? 1 : 0)
    expect(kernels.potrf(n, A.data, ld, work)).toBe(0)
    let [error, above] = [0, 0]
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        if (j > i) above = Math.max(above, Math.abs(A.data[i * ld + j] - 9))
        else
          error = Math.max(
            error,
            Math.abs(kernels.dot(j + 1, A.data.subarray(i * ld), A.data.subarray(j * ld)) - S(i, j)),
          )
      }
    expect(error).toBeLessThan(1e-12)
    expect(above).toBe(0)

    // One right-hand side at a time and all together must agree, and A x = b must hold.
    fill(B, uniform(rng, B))
    const b = Array.from({ length: columns }, (_, c) => Array.from(x, (_, i) => B[i * columns + c]))
    kernels.trsm(n, columns, A.data, ld, B, columns, work)
    kernels.trsmT(n, columns, A.data, ld, B, columns, work)
    b.forEach((right, c) => {
      fill(x, right)
      kernels.trsv(n, A.data, ld, x)
      kernels.trsvT(n, A.data, ld, x)
      expect(
        largest(
          x,
          Array.from(x, (_, i) => B[i * columns + c]),
        ),
      ).toBeLessThan(1e-10)
      const back = right.map((_, i) => x.reduce((s, v, j) => s + S(i, j) * v, 0))
      expect(largest(back, right)).toBeLessThan(1e-10)
    })
  })

  test('a matrix that is not positive definite is told by its first bad pivot', () => {
    const { kernels, A, work } = allocate((ws) => ({ A: ws.f64(9), work: ws.f64(solveScratch(3, 3)) }))
    const pivot = (...entries: number[]) => kernels.potrf(3, fill(A, entries), 3, work)
    expect(pivot(4, 0, 0, 2, 1, 0, 0, 0, 1)).toBe(2)
    expect(pivot(4, 0, 0, 2, 5, 0, 0, 0, 1)).toBe(0)
    expect(pivot(NaN, 0, 0, 2, 5, 0, 0, 0, 1)).toBe(1)
    expect(pivot(4, 0, 0, 2, 5, 0, 0, 0, Infinity)).toBe(3)
  })
})

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

  test('log-sum-exp of rows and columns', () => {
    const { kernels, C, f, g, out, t } = make(1)
    const c = (i: number, j: number) => C.data[i * C.stride + j]
    kernels.rowLse(m, n, C.data, C.stride, g, epsilon, f, t)
    expect(
      largest(
        f,
        rowsOf((i) => lse(columnsOf((j) => (g[j] - c(i, j)) / epsilon))),
      ),
    ).toBeLessThan(1e-13)
    kernels.colLse(m, n, C.data, C.stride, f, epsilon, out, t)
    expect(
      largest(
        out,
        columnsOf((j) => lse(rowsOf((i) => (f[i] - c(i, j)) / epsilon))),
      ),
    ).toBeLessThan(1e-11)
    g.fill(-Infinity)
    kernels.rowLse(m, n, C.data, C.stride, g, epsilon, f, t)
    expect(f.every((v) => v === -Infinity)).toBe(true)
  })

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

  test('softmax of rows, in place', () => {
    const { kernels, C } = make(4)
    const before = C.data.slice()
    kernels.softmaxRows(m, n, C.data, C.stride, C.data, C.stride)
    const want = rowsOf((i) => {
      const row = Array.from(before.slice(i * C.stride, i * C.stride + n))
      return row.map((v) => Math.exp(v - lse(row)))
    })
    expect(largest(C.data, want.flat())).toBeLessThan(1e-15)
  })
})
