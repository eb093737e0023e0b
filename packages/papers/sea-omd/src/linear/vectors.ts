import { type Kernels, workspace } from '@opt/core'

/** ||x - y||^2, four running sums. */
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

/** <x, y>, four running sums. */
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

/** A power of two within a factor of two of x, so that dividing by it is exact; 1 for 0 and for ordinary numbers. */
export function powerOfTwoNear(x: number): number {
  let power = 1
  if (x > 1e100) for (; power <= x / 2; power *= 2);
  else if (x > 0 && x < 1e-100) for (; power > x && power > 1e-300; power /= 2);
  return power
}

/**
 * Writes (x - y) / (2 half) into out, `half` half its largest entry, and returns half; zeros and 0 for equal points.
 * Neither it nor the length of out, 1 to sqrt n, can overflow.
 */
export function direction(x: Float64Array, y: Float64Array, out: Float64Array): number {
  for (let i = 0; i < out.length; i++) out[i] = x[i] / 2 - y[i] / 2
  const half = largest(out)
  if (half > 0) for (let i = 0; i < out.length; i++) out[i] /= half
  return half
}

/** Whether a squared length is told by its float: neither overflown nor rounded as subnormal numbers are. */
export const isExact = (square: number): boolean => square > 1e-280 && square < 1e280

/** ||x - y||, whatever the squares do; Infinity when the length itself overflows. */
export function distance(x: Float64Array, y: Float64Array): number {
  const square = squaredDistance(x, y)
  if (isExact(square)) return Math.sqrt(square)
  const e = new Float64Array(x.length)
  const half = direction(x, y, e)
  return 2 * (half * Math.sqrt(inner(e, e)))
}

/** Writes out = x - step g; out may be x. */
export function descend(x: Float64Array, step: number, g: Float64Array, out: Float64Array): void {
  for (let i = 0; i < x.length; i++) out[i] = x[i] - step * g[i]
}

/** From this length on a call of a SIMD kernel pays. */
export const LONG = 48

/** Vectors of one length and what is done with them: by plain loops when they are short, by SIMD kernels when they are long. */
export class VectorSpace {
  readonly #take: () => Float64Array
  readonly #kernels: Kernels | undefined
  readonly #e: Float64Array

  /** Room for `count` vectors of length n. */
  constructor(n: number, count: number) {
    if (n < LONG) this.#take = () => new Float64Array(n)
    else {
      // Views start at multiples of 16 bytes.
      const room = workspace((count + 1) * (8 * n + 8))
      this.#take = () => room.f64(n)
      this.#kernels = room.kernels
    }
    this.#e = this.#take()
  }

  zeros(): Float64Array {
    return this.#take()
  }

  /** Copies x into out: `set` costs more than the loop where the vector is short. */
  assign(x: Float64Array, out: Float64Array): void {
    if (this.#kernels) out.set(x)
    else for (let i = 0; i < out.length; i++) out[i] = x[i]
  }

  copy(x: Float64Array): Float64Array {
    const taken = this.#take()
    taken.set(x)
    return taken
  }

  /** ||x - y||^2. */
  squaredDistance(x: Float64Array, y: Float64Array): number {
    if (!this.#kernels) return squaredDistance(x, y)
    const e = this.#e
    e.set(x)
    this.#kernels.axpy(e.length, -1, y, e)
    return this.#kernels.dot(e.length, e, e)
  }

  inner(x: Float64Array, y: Float64Array): number {
    return this.#kernels ? this.#kernels.dot(x.length, x, y) : inner(x, y)
  }

  /** Writes out = x - step g; out may be x, not g. */
  descend(x: Float64Array, step: number, g: Float64Array, out: Float64Array): void {
    if (!this.#kernels) descend(x, step, g, out)
    else {
      if (out !== x) out.set(x)
      this.#kernels.axpy(x.length, -step, g, out)
    }
  }
}
