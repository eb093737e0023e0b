import { checkSameBits } from '@opt/testing'
import fc from 'fast-check'
import {
  allocate,
  gemmScratch,
  matrixKernels,
  matrixView,
  type Random,
  random,
  solveScratch,
  type Views,
} from '../src/index.ts'
import { sets } from './kernel-calls.ts'

/** Every kernel in WebAssembly against its plain twin: all arrays, gaps and ends included, must hold the same bits. */
type View = Float64Array | Float32Array | Int32Array

const SPECIAL = [0, -0, NaN, Infinity, -Infinity, 5e-324, -3e-310, 1e-45, 1e300, -1e300, 3e38, 1, -1, 709.5, -745]

/** Mostly ordinary numbers; with `wild`, some of every kind there is. */
const draw = (rng: Random, wild: boolean) =>
  wild && rng.uniform() < 0.1 ? SPECIAL[rng.integer(0, SPECIAL.length)] : rng.normal()
const f64 = (rng: Random, n: number, wild: boolean) => Float64Array.from({ length: n + 3 }, () => draw(rng, wild))
const f32 = (rng: Random, n: number, wild: boolean) => Float32Array.from({ length: n + 3 }, () => draw(rng, wild))

/** Scratch, whose contents do not count. */
const scratch = new WeakSet<View>()
const work = (n: number) => {
  const array = new Float64Array(n)
  scratch.add(array)
  return array
}
const work32 = (n: number) => {
  const array = new Float32Array(n)
  scratch.add(array)
  return array
}

function sameBits(name: string, ...args: (number | View)[]): void {
  const set = sets.find(({ plain }) => name in plain)!
  checkSameBits(
    { allocate },
    set,
    name,
    args,
    args.filter((arg) => typeof arg !== 'number' && scratch.has(arg)),
  )
}

const size = fc.integer({ min: 0, max: 40 })
const gap = fc.integer({ min: 0, max: 5 })
/** For as many seeds and sizes as given, tame and wild data. */
function forAll(
  kernel: (rng: Random, wild: boolean, sizes: [number, number, number], gaps: [number, number, number]) => void,
  numRuns = 60,
) {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.boolean(),
      fc.tuple(size, size, size),
      fc.tuple(gap, gap, gap),
      (seed, wild, sizes, gaps) => kernel(random(seed), wild, sizes, gaps),
    ),
    { numRuns, seed: 7 },
  )
}

describe('WebAssembly and plain JavaScript give the same bits', () => {
  test('dot, axpy and nonFinite', () => {
    forAll((rng, wild, [a, b]) => {
      const n = a * b
      const x = f64(rng, n, wild)
      sameBits('dot', n, x, f64(rng, n, wild))
      sameBits('dot', n, x, x)
      sameBits('dot32', n, f32(rng, n, wild), f32(rng, n, wild))
      sameBits('axpy', n, draw(rng, wild), f64(rng, n, wild), f64(rng, n, wild))
      sameBits('axpy', n, 0.3, x, x)
      sameBits('axpy32', n, draw(rng, wild), f32(rng, n, wild), f32(rng, n, wild))
      sameBits('nonFinite', n, x)
      sameBits('nonFinite32', n, f32(rng, n, wild))
    })
  })

  test('gemv and gemvT', () => {
    forAll((rng, wild, [m, n], [p]) => {
      const ld = n + p
      sameBits('gemv', m, n, f64(rng, m * ld, wild), ld, f64(rng, n, wild), f64(rng, m, wild))
      sameBits('gemvT', m, n, f64(rng, m * ld, wild), ld, f64(rng, m, wild), f64(rng, n, wild))
      sameBits('gemvT32', m, n, f32(rng, m * ld, wild), ld, f32(rng, m, wild), f32(rng, n, wild))
    })
  })

  /** An m-by-k operand, as it is or transposed: [data, row stride, column stride]. */
  const operand = (rows: number, columns: number, gap: number, transposed: boolean) =>
    transposed ? [columns * (rows + gap), 1, rows + gap] : [rows * (columns + gap), columns + gap, 1]

  const oneProduct = (rng: Random, wild: boolean, [m, n, k]: number[], [p, q, r]: number[]) => {
    const alpha = wild ? draw(rng, wild) : 0.7
    const [lengthA, ...stridesA] = operand(m, k, p, rng.uniform() < 0.5)
    const [lengthB, ...stridesB] = operand(k, n, q, rng.uniform() < 0.5)
    const sizes = [m, n, k, alpha] as const
    const lengthC = m * (n + r)
    const [A, B, C] = [f64(rng, lengthA, wild), f64(rng, lengthB, wild), f64(rng, lengthC, wild)]
    sameBits('gemm', ...sizes, A, ...stridesA, B, ...stridesB, C, n + r, work(gemmScratch(m, n, k)))
    const [A32, B32, C32] = [f32(rng, lengthA, wild), f32(rng, lengthB, wild), f32(rng, lengthC, wild)]
    sameBits('gemm32', ...sizes, A32, ...stridesA, B32, ...stridesB, C32, n + r, work32(gemmScratch(m, n, k)))
    sameBits('syrk', m, k, alpha, A, ...stridesA, f64(rng, m * (m + r), wild), m + r, work(gemmScratch(m, m, k)))
  }

  test('gemm and syrk, small', () => forAll(oneProduct, 120))

  test.each([
    [130, 1030, 3],
    [5, 3, 600],
    [257, 9, 258],
    [1, 70, 40],
    [140, 1, 300],
    [33, 32, 257],
  ])('gemm and syrk beyond one block: %d x %d x %d', (m, n, k) => {
    for (const seed of [1, 2, 3]) oneProduct(random(seed), seed === 3, [m, n, k], [1, 0, 2])
  })

  /** Lower triangle of a matrix with a heavy diagonal. */
  const lowerTriangle = (rng: Random, n: number, ld: number, wild: boolean) => {
    const L = f64(rng, n * ld, wild)
    for (let i = 0; i < n; i++) L[i * ld + i] = 2 * n + rng.uniform()
    return L
  }

  const factorAndSolve = (rng: Random, wild: boolean, [n, columns]: number[], [p, q]: number[]) => {
    const L = lowerTriangle(rng, n, n + p, wild)
    sameBits('potrf', n, L, n + p, work(solveScratch(n, n)))
    sameBits('trsv', n, L, n + p, f64(rng, n, wild))
    sameBits('trsvT', n, L, n + p, f64(rng, n, wild))
    const B = f64(rng, n * (columns + q), wild)
    sameBits('trsm', n, columns, L, n + p, B, columns + q, work(solveScratch(n, columns)))
    sameBits('trsmT', n, columns, L, n + p, B, columns + q, work(solveScratch(n, columns)))
  }

  test('potrf and triangular solves, small', () => forAll(factorAndSolve))

  test.each([
    [64, 1],
    [65, 40],
    [150, 33],
    [200, 7],
  ])('potrf and triangular solves beyond one block: %d, %d right-hand sides', (n, columns) => {
    for (const seed of [1, 2]) factorAndSolve(random(seed), false, [n, columns], [3, 1])
  })

  test('work that is too short is refused by name', () => {
    const layout = (views: Views) => ({ A: views.matrix(2, 2), work: views.f64(gemmScratch(2, 2, 2) - 1) })
    const short = /^(gemm|syrk|potrf|trsm|trsmT): work must be of length 56 at least, got length 55$/
    for (const plain of [false, true]) {
      const { kernels, A, work } = allocate([matrixKernels], layout, { plain })
      expect(() => kernels.gemm(1, A, A, A, work)).toThrow(short)
      expect(() => kernels.syrk(1, A, A, work)).toThrow(short)
      expect(() => kernels.potrf(A, work)).toThrow(short)
      expect(() => kernels.trsm(A, A, work)).toThrow(short)
      expect(() => kernels.trsmT(A, A, work)).toThrow(short)
    }
  })

  test('potrf stops at the same bad pivot', () => {
    for (const bad of [0, 63, 64, 100]) {
      const A = lowerTriangle(random(bad), 101, 101, false)
      A[bad * 102] = bad === 63 ? NaN : -1
      sameBits('potrf', 101, A, 101, work(solveScratch(101, 101)))
      const { kernels } = allocate([matrixKernels], () => ({}), { plain: true })
      expect(kernels.potrf(matrixView(A, 101, 101), work(solveScratch(101, 101)))).toBe(bad + 1)
    }
  })

  test('vexp, the whole range', () => {
    forAll((rng, wild, [a, b]) => {
      const n = a * b
      const x = Float64Array.from({ length: n + 3 }, () => (wild ? draw(rng, true) : rng.uniform(-760, 720)))
      sameBits('vexp', n, x, f64(rng, n, wild))
      sameBits('vexp', n, x, x)
    })
  })

  test('vexp where it changes its way', () => {
    const near = (x: number) =>
      [-1e-3, -1e-10, -1e-13, 0, 1e-13, 1e-10, 1e-3].map((step) => x + step * Math.max(1, Math.abs(x)))
    const x = Float64Array.from([-708.396, 709, 709.782712893384, 800, -745.13, 0, Math.LN2 / 64].flatMap(near))
    for (let shift = 0; shift < 5; shift++)
      sameBits('vexp', x.length - shift, x.subarray(shift).slice(), f64(random(1), x.length, false))
  })

  test('rowLse, colLse and softmaxRows', () => {
    forAll((rng, wild, [m, n], [p, q]) => {
      const ld = n + p
      const epsilon = [1, 0.1, 0.001][rng.integer(0, 3)]
      const C = f64(rng, m * ld, wild)
      const [f, g] = [f64(rng, m, wild), f64(rng, n, wild)]
      sameBits('rowLse', m, n, C, ld, g, epsilon, f64(rng, m, wild), work(n))
      sameBits('colLse', m, n, C, ld, f, epsilon, f64(rng, n, wild), work(2 * n))
      sameBits('softmaxRows', m, n, C, ld, f64(rng, m * (n + q), wild), n + q)
      sameBits('softmaxRows', m, n, C, ld, C, ld)
    })
  })

  test('spmv, with empty rows', () => {
    forAll((rng, wild, [m, n]) => {
      const starts = new Int32Array(m + 4)
      for (let i = 0; i < m; i++) starts[i + 1] = starts[i] + (n === 0 ? 0 : rng.integer(0, 6))
      const columns = Int32Array.from({ length: starts[m] }, () => rng.integer(0, n))
      sameBits('spmv', m, starts, columns, f64(rng, starts[m], wild), f64(rng, n, wild), f64(rng, m, wild))
    })
  })
})
