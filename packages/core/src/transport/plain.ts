/** Plain-JavaScript twins of assembly/transport.ts: the same operations in the same order. */
import { log, vexp } from '../kernels/exp-log.ts'
import { axpy, dot } from '../kernels/plain/matrices.ts'
import { exponents, shiftOf } from '../kernels/plain/softmax.ts'

export function sinkhornRow(
  m: number,
  n: number,
  C: Float64Array,
  ldc: number,
  a: Float64Array,
  f: Float64Array,
  g: Float64Array,
  epsilon: number,
  z: Float64Array,
  t: Float64Array,
): number {
  const k = 1 / epsilon
  let redone = 0
  z.fill(0, 0, n)
  for (let i = 0; i < m; i++) {
    let shift = -f[i]
    exponents(n, C, i * ldc, g, shift, k, t)
    let s = vexp(n, t, t)
    if (!(s > 1e-200 && s < 1e200)) {
      shift = shiftOf(n, C, i * ldc, g)
      exponents(n, C, i * ldc, g, shift, k, t)
      s = vexp(n, t, t)
      redone++
    }
    const scale = a[i] / s
    f[i] = epsilon * log(scale) - shift
    axpy(n, scale, t, z)
  }
  return redone
}

export function scale2(
  m: number,
  n: number,
  K: Float64Array,
  ldk: number,
  a: Float64Array,
  v: Float64Array,
  u: Float64Array,
  z: Float64Array,
): void {
  z.fill(0, 0, n)
  for (let i = 0; i < m; i++) {
    const row = K.subarray(i * ldk, i * ldk + n)
    u[i] = a[i] / dot(n, row, v)
    axpy(n, u[i], row, z)
  }
}

export function gibbsMarginals(
  m: number,
  n: number,
  C: Float64Array,
  ldc: number,
  f: Float64Array,
  g: Float64Array,
  epsilon: number,
  K: Float64Array,
  ldk: number,
  r: Float64Array,
  c: Float64Array,
): void {
  const k = 1 / epsilon
  for (let i = 0; i < m; i++) {
    const row = K.subarray(i * ldk, i * ldk + n)
    exponents(n, C, i * ldc, g, -f[i], k, row)
    vexp(n, row, row)
  }
  marginals(m, n, K, ldk, r, c)
}

export function rescale(
  m: number,
  n: number,
  K: Float64Array,
  ldk: number,
  u: Float64Array,
  v: Float64Array,
  r: Float64Array,
  c: Float64Array,
): void {
  for (let i = 0; i < m; i++) for (let j = 0, p = i * ldk; j < n; j++, p++) K[p] = u[i] * K[p] * v[j]
  marginals(m, n, K, ldk, r, c)
}

function marginals(m: number, n: number, K: Float64Array, ldk: number, r: Float64Array, c: Float64Array): void {
  c.fill(0, 0, n)
  for (let i = 0; i < m; i++) {
    const row = K.subarray(i * ldk, i * ldk + n)
    r[i] = rowSum(row)
    axpy(n, 1, row, c)
  }
}

function rowSum(x: Float64Array): number {
  let [a, b, c, d] = [0, 0, 0, 0]
  let j = 0
  for (; j + 4 <= x.length; j += 4) {
    a += x[j]
    b += x[j + 1]
    c += x[j + 2]
    d += x[j + 3]
  }
  let sum = a + c + (b + d)
  for (; j < x.length; j++) sum += x[j]
  return sum
}
