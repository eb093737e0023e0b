import fc from 'fast-check'
import {
  allocate,
  gemmScratch,
  type Kernels,
  plainKernels,
  type Random,
  random,
  solveScratch,
  workspace,
} from '../src/index.ts'

/** Every kernel on a WebAssembly workspace against its plain twin: all arrays, gaps and ends included, must hold the same bits. */
type View = Float64Array | Float32Array | Int32Array

const SPECIAL = [0, -0, NaN, Infinity, -Infinity, 5e-324, -3e-310, 1e-45, 1e300, -1e300, 3e38, 1, -1, 709.5, -745]

/** Mostly ordinary numbers; with `wild`, some of every kind there is. */
const draw = (rng: Random, wild: boolean) =>
  wild && rng.uniform() < 0.1 ? SPECIAL[rng.integer(0, SPECIAL.length)] : rng.normal()
const f64 = (rng: Random, n: number, wild: boolean) => Float64Array.from({ length: n + 3 }, () => draw(rng, wild))
const f32 = (rng: Random, n: number, wild: boolean) => Float32Array.from({ length: n + 3 }, () => draw(rng, wild))

function bitsDiffer(a: ArrayLike<number>, b: ArrayLike<number>): string | null {
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return `entry ${i}: ${a[i]} against ${b[i]}`
  return null
}

/** The arguments with every view copied: one that is there twice is one copy. */
function copies(args: (number | View)[], copy: (view: View) => View): (number | View)[] {
  const known = new Map<View, View>()
  for (const arg of args) if (typeof arg !== 'number' && !known.has(arg)) known.set(arg, copy(arg))
  return args.map((arg) => (typeof arg === 'number' ? arg : known.get(arg)!))
}

function sameBits(name: keyof Kernels, ...args: (number | View)[]): void {
  const views = args.filter((arg) => typeof arg !== 'number')
  const ws = workspace(
    views.reduce((sum, view) => sum + view.byteLength + 16, 0),
    { checked: true },
  )
  const place = (view: View): View => {
    const { length } = view
    const own =
      view instanceof Float64Array ? ws.f64(length) : view instanceof Float32Array ? ws.f32(length) : ws.i32(length)
    own.set(view)
    return own
  }
  const plain = copies(args, (view) => view.slice())
  const wasm = copies(args, place)
  const call = (kernels: Kernels, values: (number | View)[]) =>
    (kernels[name] as (...values: (number | View)[]) => number | undefined)(...values)
  expect([call(ws.kernels, wasm)]).toEqual([call(plainKernels, plain)])
  plain.forEach((value, i) => {
    if (typeof value === 'number' || args[i] === scratch.current) return
    const difference = bitsDiffer(wasm[i] as View, value)
    if (difference)
      throw new Error(`${name}(${args.filter((arg) => typeof arg === 'number')}), argument ${i + 1}, ${difference}`)
  })
}

/** Scratch is compared neither in content nor in use. */
const scratch: { current: View | undefined } = { current: undefined }
const work = (n: number) => (scratch.current = new Float64Array(n))
const work32 = (n: number) => (scratch.current = new Float32Array(n))

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
  test('a workspace has the WebAssembly kernels here', () => {
    expect(workspace(8).kernels).not.toBe(plainKernels)
    expect(workspace(8, { plain: true }).kernels).toBe(plainKernels)
  })

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

  test('gemv, gemvT and scale2', () => {
    forAll((rng, wild, [m, n], [p]) => {
      const ld = n + p
      sameBits('gemv', m, n, f64(rng, m * ld, wild), ld, f64(rng, n, wild), f64(rng, m, wild))
      sameBits('gemv32', m, n, f32(rng, m * ld, wild), ld, f32(rng, n, wild), f32(rng, m, wild))
      sameBits('gemvT', m, n, f64(rng, m * ld, wild), ld, f64(rng, m, wild), f64(rng, n, wild))
      sameBits('gemvT32', m, n, f32(rng, m * ld, wild), ld, f32(rng, m, wild), f32(rng, n, wild))
      const [K, a, v] = [f64(rng, m * ld, wild), f64(rng, m, wild), f64(rng, n, wild)]
      sameBits('scale2', m, n, K, ld, a, v, f64(rng, m, wild), f64(rng, n, wild))
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
    const { kernels, A, work } = allocate((ws) => ({ A: ws.f64(4), work: ws.f64(gemmScratch(2, 2, 2) - 1) }))
    const short = /^(gemm|syrk|potrf|trsm|trsmT): work must be of length 56 at least, got length 55$/
    for (const some of [kernels, plainKernels]) {
      expect(() => some.gemm(2, 2, 2, 1, A, 2, 1, A, 2, 1, A, 2, work)).toThrow(short)
      expect(() => some.syrk(2, 2, 1, A, 2, 1, A, 2, work)).toThrow(short)
      expect(() => some.potrf(2, A, 2, work)).toThrow(short)
      expect(() => some.trsm(2, 2, A, 2, A, 2, work)).toThrow(short)
      expect(() => some.trsmT(2, 2, A, 2, A, 2, work)).toThrow(short)
      const single = new Float32Array(4)
      expect(() => some.gemm32(2, 2, 2, 1, single, 2, 1, single, 2, 1, single, 2, single)).toThrow(/^gemm32: work/)
    }
  })

  test('potrf stops at the same bad pivot', () => {
    for (const bad of [0, 63, 64, 100]) {
      const A = lowerTriangle(random(bad), 101, 101, false)
      A[bad * 102] = bad === 63 ? NaN : -1
      sameBits('potrf', 101, A, 101, work(solveScratch(101, 101)))
      expect(plainKernels.potrf(101, A, 101, new Float64Array(solveScratch(101, 101)))).toBe(bad + 1)
    }
  })

  test('vexp and vlog, the whole range', () => {
    forAll((rng, wild, [a, b]) => {
      const n = a * b
      const x = Float64Array.from({ length: n + 3 }, () => (wild ? draw(rng, true) : rng.uniform(-760, 720)))
      sameBits('vexp', n, x, f64(rng, n, wild))
      sameBits('vexp', n, x, x)
      const y = Float64Array.from({ length: n + 3 }, (_, i) => (wild && i % 3 ? x[i] : 2.5 * Math.exp(x[i])))
      sameBits('vlog', n, y, f64(rng, n, wild))
      sameBits('vlog', n, y, y)
    })
  })

  test('vexp and vlog where they change their ways', () => {
    const near = (x: number) =>
      [-1e-3, -1e-10, -1e-13, 0, 1e-13, 1e-10, 1e-3].map((step) => x + step * Math.max(1, Math.abs(x)))
    const x = Float64Array.from([-708.396, 709, 709.782712893384, 800, -745.13, 0, Math.LN2 / 64].flatMap(near))
    for (let shift = 0; shift < 5; shift++)
      sameBits('vexp', x.length - shift, x.subarray(shift).slice(), f64(random(1), x.length, false))
    const around = (x: number) => [1 - 1e-12, 1 - 2 ** -53, 1, 1 + 2 ** -52, 1 + 1e-12].map((factor) => x * factor)
    const y = Float64Array.from(
      [2.2250738585072014e-308, Math.SQRT1_2, Math.SQRT2, 1, 5e-324, Number.MAX_VALUE].flatMap(around),
    )
    for (let shift = 0; shift < 5; shift++)
      sameBits('vlog', y.length - shift, y.subarray(shift).slice(), f64(random(1), y.length, false))
  })

  test('rowLse, colLse, softmaxRows and gibbs', () => {
    forAll((rng, wild, [m, n], [p, q]) => {
      const ld = n + p
      const epsilon = [1, 0.1, 0.001][rng.integer(0, 3)]
      const C = f64(rng, m * ld, wild)
      const [f, g] = [f64(rng, m, wild), f64(rng, n, wild)]
      sameBits('rowLse', m, n, C, ld, g, epsilon, f64(rng, m, wild), work(n))
      sameBits('colLse', m, n, C, ld, f, epsilon, f64(rng, n, wild), work(2 * n))
      sameBits('softmaxRows', m, n, C, ld, f64(rng, m * (n + q), wild), n + q)
      sameBits('softmaxRows', m, n, C, ld, C, ld)
      sameBits('gibbs', m, n, C, ld, f, g, epsilon, C, ld)
      sameBits('gibbs', m, n, C, ld, f, g, epsilon, f64(rng, m * (n + q), wild), n + q)
    })
  })

  test('sinkhornRow, with rows that must be done again', () => {
    forAll((rng, wild, [m, n], [p]) => {
      const ld = n + p
      const epsilon = [1, 0.01, 0.0003][rng.integer(0, 3)]
      const C = f64(rng, m * ld, wild)
      const a = f64(rng, m, wild).map((v, i) => (i % 7 === 3 ? 0 : Math.abs(v)))
      sameBits('sinkhornRow', m, n, C, ld, a, f64(rng, m, wild), f64(rng, n, wild), epsilon, f64(rng, n, wild), work(n))
    })
  })

  test('gibbsMarginals and rescale', () => {
    forAll((rng, wild, [m, n], [p, q]) => {
      const K = f64(rng, m * (n + q), wild)
      const [r, c] = [f64(rng, m, wild), f64(rng, n, wild)]
      const C = f64(rng, m * (n + p), wild)
      const [f, g] = [f64(rng, m, wild), f64(rng, n, wild)]
      sameBits('gibbsMarginals', m, n, C, n + p, f, g, 0.1, K, n + q, r, c)
      sameBits('rescale', m, n, K, n + q, f64(rng, m, wild), f64(rng, n, wild), r, c)
    })
  })

  test('sinkhornRow at the edges of what it takes without a second pass', () => {
    const [m, n, epsilon] = [400, 5, 0.5]
    const rng = random(3)
    const C = f64(rng, m * n, false)
    const f = f64(rng, m, false).map((v) => epsilon * ((v < 0 ? -460.5 : 460.5) + v))
    sameBits(
      'sinkhornRow',
      m,
      n,
      C,
      n,
      f64(rng, m, false).map(Math.abs),
      f,
      f64(rng, n, false),
      epsilon,
      f64(rng, n, false),
      work(n),
    )
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
