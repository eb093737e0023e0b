import { allocate, refuse } from '@opt/core'
import { type VectorKernels, vectorKernels } from './kernels.ts'

/** ||x - y||^2, in four sums over i mod 4. */
export function squaredDistance(x: Float64Array, y: Float64Array): number {
  const n = x.length
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  let i = 0
  for (; i + 4 <= n; i += 4) {
    const p = x[i] - y[i]
    const q = x[i + 1] - y[i + 1]
    const r = x[i + 2] - y[i + 2]
    const s = x[i + 3] - y[i + 3]
    a += p * p
    b += q * q
    c += r * r
    d += s * s
  }
  for (; i < n; i++) a += (x[i] - y[i]) * (x[i] - y[i])
  return a + c + (b + d)
}

/** <x, y>, in four sums over i mod 4. */
export function inner(x: Float64Array, y: Float64Array): number {
  const n = x.length
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  let i = 0
  for (; i + 4 <= n; i += 4) {
    a += x[i] * y[i]
    b += x[i + 1] * y[i + 1]
    c += x[i + 2] * y[i + 2]
    d += x[i + 3] * y[i + 3]
  }
  for (; i < n; i++) a += x[i] * y[i]
  return a + c + (b + d)
}

/** The largest |x_i|. */
export function largest(x: Float64Array): number {
  let top = 0
  for (let i = 0; i < x.length; i++) top = Math.max(top, Math.abs(x[i]))
  return top
}

/**
 * A power of two within a factor of two of a huge or tiny x, so that dividing by it is exact; 1 for
 * other numbers and 0.
 */
export function powerOfTwoNear(x: number): number {
  let power = 1
  if (x > 1e100) for (; power <= x / 2; power *= 2);
  else if (x > 0 && x < 1e-100) for (; power > x && power > 1e-300; power /= 2);
  return power
}

/**
 * Writes (x - y) / (2 half) into out and returns half, half the largest |x_i - y_i|; zeros and 0
 * for equal points. Neither half nor the length of out, 1 to sqrt n, can overflow.
 */
export function direction(x: Float64Array, y: Float64Array, out: Float64Array): number {
  for (let i = 0; i < out.length; i++) out[i] = x[i] / 2 - y[i] / 2
  const half = largest(out)
  if (half > 0) for (let i = 0; i < out.length; i++) out[i] /= half
  return half
}

/** Whether a computed square is accurate: it has neither overflown nor lost digits to underflow. */
export const isExact = (square: number): boolean => square > 1e-280 && square < 1e280

/**
 * ||x - y||, even where the squares over- or underflow; Infinity when the length itself overflows.
 */
export function distance(x: Float64Array, y: Float64Array): number {
  const square = squaredDistance(x, y)
  if (isExact(square)) return Math.sqrt(square)
  const e = new Float64Array(x.length)
  const half = direction(x, y, e)
  return 2 * (half * Math.sqrt(inner(e, e)))
}

/** ||x||, even where the squares over- or underflow; Infinity when the length itself overflows. */
export function length(x: Float64Array): number {
  const square = inner(x, x)
  if (isExact(square)) return Math.sqrt(square)
  const top = largest(x)
  if (!(top > 0 && top < Infinity)) return top
  let sum = 0
  for (let i = 0; i < x.length; i++) sum += (x[i] / top) * (x[i] / top)
  return top * Math.sqrt(sum)
}

/** Writes out = x - step g; out may be x. */
export function descend(x: Float64Array, step: number, g: Float64Array, out: Float64Array): void {
  for (let i = 0; i < x.length; i++) out[i] = x[i] - step * g[i]
}

/** From this length on SIMD kernels are faster than plain loops. */
export const LONG = 48

/**
 * Vectors of one length and their arithmetic: by plain loops when they are short, by SIMD kernels
 * when they are long.
 */
export class VectorSpace {
  readonly #length: number
  /** Vectors in the kernels' memory that have not been handed out. */
  readonly #free: Float64Array[] = []
  readonly #kernels: VectorKernels | undefined

  /** Reserves memory for `count` vectors of length n. */
  constructor(n: number, count: number) {
    this.#length = n
    if (n >= LONG) {
      const { vectors, kernels } = allocate([vectorKernels], (views) => ({
        vectors: Array.from({ length: count }, () => views.f64(n)),
      }))
      this.#free = vectors
      this.#kernels = kernels
    }
  }

  /** Hands out a vector of zeros; at most `count` of them. */
  zeros(): Float64Array {
    if (!this.#kernels) return new Float64Array(this.#length)
    return this.#free.pop() ?? refuse('VectorSpace: count', 'the number of vectors', 'one more')
  }

  /** Copies x into a new vector. */
  copy(x: Float64Array): Float64Array {
    const vector = this.zeros()
    vector.set(x)
    return vector
  }

  /** Copies x into out: `set` takes longer than a loop where vectors are short. */
  assign(x: Float64Array, out: Float64Array): void {
    if (this.#kernels) out.set(x)
    else for (let i = 0; i < out.length; i++) out[i] = x[i]
  }

  /** ||x - y||^2. */
  squaredDistance(x: Float64Array, y: Float64Array): number {
    return this.#kernels ? this.#kernels.squaredDistance(x.length, x, y) : squaredDistance(x, y)
  }

  /** <x, y>. */
  inner(x: Float64Array, y: Float64Array): number {
    return this.#kernels ? this.#kernels.dot(x.length, x, y) : inner(x, y)
  }

  /** Writes out = x - step g; out may be x. */
  descend(x: Float64Array, step: number, g: Float64Array, out: Float64Array): void {
    if (this.#kernels) this.#kernels.descend(x.length, step, g, x, out)
    else descend(x, step, g, out)
  }
}
