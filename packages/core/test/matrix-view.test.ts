import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  allocate,
  gemmScratch,
  type MatrixView,
  matrixKernels,
  matrixView,
  random,
  transpose,
  vectorKernels,
} from '../src/index.ts'

const entry = ({ data, stride, transposed }: MatrixView, i: number, j: number) =>
  transposed ? data[j * stride + i] : data[i * stride + j]

describe('views of matrices', () => {
  test('a product of any two views is the sum of products', () => {
    const side = fc.integer({ min: 0, max: 9 })
    fc.assert(
      fc.property(side, side, side, fc.boolean(), fc.boolean(), fc.nat(), (m, n, k, flipA, flipB, seed) => {
        const { kernels, A0, B0, C, work } = allocate([matrixKernels], (views) => ({
          A0: flipA ? views.matrix(k, m) : views.matrix(m, k),
          B0: flipB ? views.matrix(n, k) : views.matrix(k, n),
          C: views.matrix(m, n),
          work: views.f64(gemmScratch(m, n, k)),
        }))
        const rng = random(seed)
        for (const { data } of [A0, B0]) for (let i = 0; i < data.length; i++) data[i] = rng.integer(-9, 10)
        const [A, B] = [flipA ? transpose(A0) : A0, flipB ? transpose(B0) : B0]
        kernels.gemm(2, A, B, C, work)
        for (let i = 0; i < m; i++)
          for (let j = 0; j < n; j++) {
            let sum = 0
            for (let l = 0; l < k; l++) sum += entry(A, i, l) * entry(B, l, j)
            expect(entry(C, i, j)).toBe(2 * sum)
          }
      }),
      { numRuns: 200, seed: 3 },
    )
  })

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
