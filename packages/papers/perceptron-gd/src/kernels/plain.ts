/** Plain-JavaScript twins of assembly/kernels.ts: the same operations in the same order. */
import { exp, log } from '@opt/core'
import { plainAxpy, plainDot } from '@opt/core/kernels'
import type { Pass, RowKernels } from './kernels.ts'

function weightOf(margin: number, scale: number, tie: number, shift: number): number {
  if (scale === Infinity) return margin < 0 ? 1 : margin === 0 ? tie : 0
  const m = scale * margin
  // biome-ignore lint/complexity/useMathMinMax: NaN gives 700, as SIMD has it
  if (shift > 0) return exp(shift - m < 700 ? shift - m : 700)
  const t = exp(-Math.abs(m))
  return (m >= 0 ? t : 1) / (1 + t)
}

export const weigh: (m: number, n: number, Z: Float64Array, ldz: number, ...pass: Pass) => number = (
  m,
  n,
  Z,
  ldz,
  w,
  scale,
  tie,
  shift,
  margins,
  direction,
  totals,
) => {
  let total = 0
  let least = Infinity
  let wrong = 0
  for (let i = 0; i < m; i++) {
    const row = Z.subarray(i * ldz, i * ldz + n)
    const margin = plainDot(n, row, w)
    const weight = weightOf(margin, scale, tie, shift)
    margins[i] = margin
    totals[2 + (i % 4)] = weight
    total += weight
    if (margin < least) least = margin
    if (!(margin > 0)) wrong++
    if (weight !== 0) plainAxpy(n, weight, row, direction)
  }
  totals[0] = total
  totals[1] = least
  return wrong
}

function sparseDot(from: number, to: number, columns: Int32Array, values: Float64Array, x: Float64Array): number {
  let s = 0
  let t = 0
  for (let k = from; k < to; k += 2) {
    s += values[k] * x[columns[k]]
    if (k + 1 < to) t += values[k + 1] * x[columns[k + 1]]
  }
  return s + t
}

export function sparseAxpy(
  from: number,
  to: number,
  alpha: number,
  columns: Int32Array,
  values: Float64Array,
  y: Float64Array,
): void {
  for (let k = from; k < to; k++) y[columns[k]] += alpha * values[k]
}

export const weighSparse: RowKernels['weighSparse'] = (
  m,
  starts,
  columns,
  values,
  w,
  scale,
  tie,
  shift,
  margins,
  direction,
  totals,
) => {
  let total = 0
  let least = Infinity
  let wrong = 0
  for (let i = 0; i < m; i++) {
    const margin = sparseDot(starts[i], starts[i + 1], columns, values, w)
    const weight = weightOf(margin, scale, tie, shift)
    margins[i] = margin
    total += weight
    if (margin < least) least = margin
    if (!(margin > 0)) wrong++
    if (weight !== 0) sparseAxpy(starts[i], starts[i + 1], weight, columns, values, direction)
  }
  totals[0] = total
  totals[1] = least
  return wrong
}

export function correct(m: number, n: number, Z: Float64Array, ldz: number, w: Float64Array): number {
  let mistakes = 0
  for (let i = 0; i < m; i++) {
    const row = Z.subarray(i * ldz, i * ldz + n)
    if (plainDot(n, row, w) > 0) continue
    plainAxpy(n, 1, row, w)
    mistakes++
  }
  return mistakes
}

export const correctSparse: RowKernels['correctSparse'] = (m, starts, columns, values, w) => {
  let mistakes = 0
  for (let i = 0; i < m; i++) {
    if (sparseDot(starts[i], starts[i + 1], columns, values, w) > 0) continue
    sparseAxpy(starts[i], starts[i + 1], 1, columns, values, w)
    mistakes++
  }
  return mistakes
}

/** log(1 + q) for q >= 0. */
function log1p(q: number): number {
  const u = 1 + q
  return log(u) + (q < 1 ? q - (u - 1) : 1 - (u - q)) / u
}

export const logisticLoss: RowKernels['logisticLoss'] = (n, margins, scale) => {
  const products = [0, 0, 0, 0]
  const linear = [0, 0, 0, 0]
  let logs = 0
  const logsOf = () => log1p(products[0]) + log1p(products[2]) + (log1p(products[1]) + log1p(products[3]))
  const whole = n - (n % 4)
  for (let i = 0; i < whole; i++) {
    const k = i % 4
    const u = -scale * margins[i]
    if (u > 0) linear[k] += u
    const e = exp(-Math.abs(u))
    products[k] += products[k] * e + e
    if (i % 256 === 255) {
      logs += logsOf()
      products.fill(0)
    }
  }
  let sum = linear[0] + linear[2] + (linear[1] + linear[3]) + (logs + logsOf())
  for (let i = whole; i < n; i++) {
    const u = -scale * margins[i]
    // biome-ignore lint/complexity/useMathMinMax: NaN gives 0, as SIMD has it
    sum += (u > 0 ? u : 0) + log1p(exp(-Math.abs(u)))
  }
  return sum
}
