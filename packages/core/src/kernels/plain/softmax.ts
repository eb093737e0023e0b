/** Plain-JavaScript twins of assembly/softmax.ts: the same operations in the same order. */
import { log, vexp } from '../exp-log.ts'
import { axpy } from './matrices.ts'

/** max of g_j - C_j from place at on, or 0 when that is not finite. */
export function shiftOf(n: number, C: Float64Array, at: number, g: Float64Array): number {
  let most = -Infinity
  for (let j = 0; j < n; j++) if (g[j] - C[at + j] > most) most = g[j] - C[at + j]
  return Number.isFinite(most) ? most : 0
}

export function exponents(
  n: number,
  C: Float64Array,
  at: number,
  g: Float64Array,
  shift: number,
  k: number,
  t: Float64Array,
): void {
  for (let j = 0; j < n; j++) t[j] = k * (g[j] - C[at + j] - shift)
}

export function rowLse(
  m: number,
  n: number,
  C: Float64Array,
  ldc: number,
  g: Float64Array,
  epsilon: number,
  out: Float64Array,
  t: Float64Array,
): void {
  const k = 1 / epsilon
  for (let i = 0; i < m; i++) {
    const shift = shiftOf(n, C, i * ldc, g)
    exponents(n, C, i * ldc, g, shift, k, t)
    out[i] = log(vexp(n, t, t)) + k * shift
  }
}

export function colLse(
  m: number,
  n: number,
  C: Float64Array,
  ldc: number,
  f: Float64Array,
  epsilon: number,
  out: Float64Array,
  t: Float64Array,
): void {
  const k = 1 / epsilon
  const maxima = t.subarray(n, 2 * n).fill(-Infinity)
  for (let i = 0; i < m; i++) {
    const at = i * ldc
    for (let j = 0; j < n; j++) if (f[i] - C[at + j] > maxima[j]) maxima[j] = f[i] - C[at + j]
  }
  for (let j = 0; j < n; j++) maxima[j] = Number.isFinite(maxima[j]) ? maxima[j] : 0
  out.fill(0, 0, n)
  for (let i = 0; i < m; i++) {
    const at = i * ldc
    for (let j = 0; j < n; j++) t[j] = k * (f[i] - C[at + j] - maxima[j])
    vexp(n, t, t)
    axpy(n, 1, t, out)
  }
  for (let j = 0; j < n; j++) out[j] = log(out[j]) + k * maxima[j]
}

export function softmaxRows(m: number, n: number, X: Float64Array, ldx: number, Y: Float64Array, ldy: number): void {
  for (let i = 0; i < m; i++) {
    const x = X.subarray(i * ldx, i * ldx + n)
    const y = Y.subarray(i * ldy, i * ldy + n)
    let most = -Infinity
    for (let j = 0; j < n; j++) if (x[j] > most) most = x[j]
    for (let j = 0; j < n; j++) y[j] = x[j] - most
    const inverse = 1 / vexp(n, y, y)
    for (let j = 0; j < n; j++) y[j] *= inverse
  }
}
