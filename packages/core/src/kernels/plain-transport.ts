/** Plain-JavaScript twins of assembly/transport.ts: the same operations in the same order. */
import { log, vexp } from './exp-log.ts'
import { axpy } from './plain-matrices.ts'
import { exponents, shiftOf } from './plain-softmax.ts'

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

export function gibbs(
  m: number,
  n: number,
  C: Float64Array,
  ldc: number,
  f: Float64Array,
  g: Float64Array,
  epsilon: number,
  K: Float64Array,
  ldk: number,
): void {
  const k = 1 / epsilon
  for (let i = 0; i < m; i++) {
    const row = K.subarray(i * ldk, i * ldk + n)
    exponents(n, C, i * ldc, g, -f[i], k, row)
    vexp(n, row, row)
  }
}
