import {
  allocate,
  gemmScratch,
  type MatrixView,
  matrixKernels,
  matrixView,
  random,
  solveScratch,
  transpose,
  vectorKernels,
} from '../src/index.ts'
import { fill, largest, uniform } from './numbers.ts'

/** The kernels against textbook formulas; that both kinds of kernels agree is kernels.test.ts. */
describe('products', () => {
  test.each([
    [3, 4, 5],
    [1, 1, 1],
    [70, 45, 300],
    [129, 17, 33],
    [20, 1027, 2],
  ])('gemm is the textbook product, both operands as they are or transposed: %d x %d x %d', (m, n, k) => {
    const rng = random(m)
    const { kernels, A0, A1, B0, B1, C, work } = allocate([matrixKernels], (views) => ({
      A0: matrixView(views.f64(m * k), m, k),
      A1: transpose(views.matrix(k, m)),
      B0: matrixView(views.f64(k * n), k, n),
      B1: transpose(views.matrix(n, k)),
      C: matrixView(views.f64(m * n), m, n),
      work: views.f64(gemmScratch(m, n, k)),
    }))
    for (const { data } of [A0, A1, B0, B1]) fill(data, uniform(rng, data))
    const entry = ({ data, stride, transposed }: MatrixView, i: number, j: number) =>
      transposed ? data[j * stride + i] : data[i * stride + j]
    for (const A of [A0, A1])
      for (const B of [B0, B1]) {
        C.data.fill(1)
        kernels.gemm(-0.5, A, B, C, work)
        const want = Float64Array.from(C.data, (_, at) => {
          const [i, j] = [Math.floor(at / n), at % n]
          let s = 0
          for (let l = 0; l < k; l++) s += entry(A, i, l) * entry(B, l, j)
          return 1 - 0.5 * s
        })
        expect(largest(C.data, want)).toBeLessThan(1e-14 * k)
      }
  })

  test('NaN and Infinity stay in their own rows and columns', () => {
    const [m, n, k] = [9, 11, 6]
    const { kernels, A, B, C, work } = allocate([matrixKernels], (views) => ({
      A: views.matrix(m, k),
      B: views.matrix(k, n),
      C: views.matrix(m, n),
      work: views.f64(gemmScratch(m, n, k)),
    }))
    A.data.fill(1)
    B.data.fill(1)
    A.data[8 * k + 2] = NaN
    B.data[3 * n + 10] = Infinity
    work.fill(NaN)
    kernels.gemm(1, A, B, C, work)
    const wanted = Array.from(C.data, (_, at) => (at >= 8 * n ? NaN : at % n === 10 ? Infinity : k))
    expect(Array.from(C.data)).toEqual(wanted)
  })

  test('gemv, gemvT, dot, axpy and spmv are what their names say', () => {
    const [m, n] = [23, 37]
    const rng = random(4)
    const { kernels, A, x, y, z, starts, columns } = allocate([vectorKernels, matrixKernels], (views) => ({
      A: views.f64(m * n),
      x: views.f64(n),
      y: views.f64(m),
      z: views.f64(n),
      starts: views.i32(m + 1),
      columns: views.i32(m * n),
    }))
    fill(A, uniform(rng, A))
    fill(x, uniform(rng, x))
    const row = (i: number) => A.slice(i * n, i * n + n)
    const rows = Array.from(y, (_, i) => row(i).reduce((s, v, j) => s + v * x[j], 0))
    kernels.gemv(matrixView(A, m, n), x, y)
    expect(largest(y, rows)).toBeLessThan(1e-14)
    kernels.gemvT(matrixView(A, m, n), y, fill(z, x))
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
    const { kernels, M, A, B, x, work } = allocate([vectorKernels, matrixKernels], (views) => ({
      M: views.f64(n * n),
      A: views.matrix(n, n),
      B: views.f64(n * columns),
      x: views.f64(n),
      work: views.f64(Math.max(gemmScratch(n, n, n), solveScratch(n, columns))),
    }))
    fill(M, uniform(rng, M))
    const ld = A.stride
    for (let i = 0; i < n; i++) A.data[i * ld + i] = 1
    for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) A.data[i * ld + j] = 9
    kernels.syrk(1, matrixView(M, n, n), A, work)
    const S = (i: number, j: number) =>
      kernels.dot(n, M.subarray(i * n, i * n + n), M.subarray(j * n, j * n + n)) + (i === j ? 1 : 0)
    expect(kernels.potrf(A, work)).toBe(0)
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
    kernels.trsm(A, matrixView(B, n, columns), work)
    kernels.trsmT(A, matrixView(B, n, columns), work)
    b.forEach((right, c) => {
      fill(x, right)
      kernels.trsv(A, x)
      kernels.trsvT(A, x)
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

  test('a matrix that is not positive definite is known by its first bad pivot', () => {
    const { kernels, A, work } = allocate([matrixKernels], (views) => ({
      A: views.f64(9),
      work: views.f64(solveScratch(3, 3)),
    }))
    const pivot = (...entries: number[]) => kernels.potrf(matrixView(fill(A, entries), 3, 3), work)
    expect(pivot(4, 0, 0, 2, 1, 0, 0, 0, 1)).toBe(2)
    expect(pivot(4, 0, 0, 2, 5, 0, 0, 0, 1)).toBe(0)
    expect(pivot(NaN, 0, 0, 2, 5, 0, 0, 0, 1)).toBe(1)
    expect(pivot(4, 0, 0, 2, 5, 0, 0, 0, Infinity)).toBe(3)
  })
})

describe('views of matrices', () => {
  test('float32 views have float32 products', () => {
    const { kernels, x, y, A, b } = allocate([vectorKernels, matrixKernels], (views) => ({
      x: views.f32(2),
      y: views.f32(2),
      A: views.f32(4),
      b: views.f32(2),
    }))
    x.set([1, 3e38])
    y.set([1, 1e38])
    expect(kernels.dot(2, x, y)).toBe(Infinity)
    A.set([1, 2, 3, 4])
    b.fill(1)
    kernels.gemvT(matrixView(A, 2, 2), b, y.fill(0))
    expect([...y]).toEqual([4, 6])
  })

  test('what does not fit is refused', () => {
    const { kernels, A, C, work } = allocate([matrixKernels], (views) => ({
      A: views.matrix(2, 3),
      C: views.matrix(2, 2),
      work: views.f64(gemmScratch(2, 2, 3)),
    }))
    expect(() => kernels.gemm(1, A, A, C, work)).toThrow('gemm: B must be 3 x 2, got 2 x 3')
    expect(() => kernels.gemm(1, A, transpose(A), transpose(C), work)).toThrow(
      'gemm: C must be row-major, got a transposed',
    )
    expect(() => kernels.gemm(1, A, transpose(A), C, work.subarray(9))).toThrow('gemm: work must be of length')
    expect(() => kernels.gemv(transpose(A), work, work)).toThrow('gemv: A must be row-major')
    expect(() => kernels.potrf(A, work)).toThrow('potrf: A must be 2 x 2, got 2 x 3')
    expect(() => matrixView(new Float64Array(5), 2, 3)).toThrow(
      'matrixView: data must be of length 6 at least, got length 5',
    )
    expect(() => matrixView(new Float64Array(6), 2, 3, 2)).toThrow('matrixView: stride')
    expect(() => matrixView([1] as never, 1, 1)).toThrow('matrixView: data must be a Float64Array or Float32Array')
  })
})
