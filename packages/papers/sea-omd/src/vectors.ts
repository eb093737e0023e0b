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

/** Writes out = x - step g; out may be x. */
export function descend(x: Float64Array, step: number, g: Float64Array, out: Float64Array): void {
  for (let i = 0; i < x.length; i++) out[i] = x[i] - step * g[i]
}

/** The symmetric matrix in the lower triangle of H, times e, into out. */
export function symmetricProduct(H: Float64Array, stride: number, e: Float64Array, out: Float64Array): void {
  const n = e.length
  for (let i = 0; i < n; i++) {
    let sum = H[i * stride + i] * e[i]
    for (let j = 0; j < i; j++) {
      sum += H[i * stride + j] * e[j]
      out[j] += H[i * stride + j] * e[i]
    }
    out[i] = sum
  }
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
