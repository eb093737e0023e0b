/** Plain-JavaScript twins of assembly/kernels.ts: the same operations in the same order. */
import { vexp } from '@opt/core/kernels'

const SHIFT = 18

export function histogram(
  m: number,
  n: number,
  P: Float64Array,
  ldp: number,
  floor: number,
  count: Int32Array,
  mass: Float64Array,
): number {
  const words = new Uint32Array(P.buffer, P.byteOffset, 2 * P.length)
  const rest = [0, 0]
  count.fill(0)
  mass.fill(0)
  for (let i = 0; i < m; i++)
    for (let j = 0, k = i * ldp; j < n; j++, k++) {
      if (P[k] >= floor) {
        const bin = words[2 * k + 1] >>> SHIFT
        count[bin]++
        mass[bin] += P[k]
      } else rest[j & 1] += P[k]
    }
  return rest[0] + rest[1]
}

export function keep(
  m: number,
  n: number,
  P: Float64Array,
  ldp: number,
  threshold: number,
  starts: Int32Array,
  columns: Int32Array,
  values: Float64Array,
): number {
  let k = 0
  for (let i = 0; i < m; i++) {
    starts[i] = k
    for (let j = 0, at = i * ldp; j < n; j++, at++)
      if (P[at] >= threshold) {
        columns[k] = j
        values[k++] = P[at]
      }
  }
  starts[m] = k
  return k
}

export function spmvT(
  m: number,
  starts: Int32Array,
  columns: Int32Array,
  values: Float64Array,
  x: Float64Array,
  y: Float64Array,
): void {
  for (let i = 0; i < m; i++) for (let k = starts[i]; k < starts[i + 1]; k++) y[columns[k]] += values[k] * x[i]
}

export function gibbsKept(
  m: number,
  starts: Int32Array,
  columns: Int32Array,
  C: Float64Array,
  ldc: number,
  f: Float64Array,
  g: Float64Array,
  epsilon: number,
  values: Float64Array,
  r: Float64Array,
  c: Float64Array,
): void {
  const inverse = 1 / epsilon
  for (let i = 0; i < m; i++) {
    const [start, end] = [starts[i], starts[i + 1]]
    for (let k = start; k < end; k++) values[k] = (g[columns[k]] - C[i * ldc + columns[k]] + f[i]) * inverse
    const row = values.subarray(start, end)
    r[i] = vexp(end - start, row, row)
    for (let k = start; k < end; k++) c[columns[k]] += values[k]
  }
}

export function rescaleKept(
  m: number,
  starts: Int32Array,
  columns: Int32Array,
  values: Float64Array,
  u: Float64Array,
  v: Float64Array,
  r: Float64Array,
  c: Float64Array,
): void {
  for (let i = 0; i < m; i++) {
    let sum = 0
    for (let k = starts[i]; k < starts[i + 1]; k++) {
      const j = columns[k]
      values[k] = u[i] * values[k] * v[j]
      c[j] += values[k]
      sum += values[k]
    }
    r[i] = sum
  }
}

export function squares(m: number, n: number, P: Float64Array, ldp: number, w: Float64Array, out: Float64Array): void {
  for (let i = 0; i < m; i++) {
    const row = P.subarray(i * ldp, i * ldp + n)
    let [s0, s1, s2, s3] = [0, 0, 0, 0]
    let j = 0
    for (; j + 4 <= n; j += 4) {
      s0 += row[j] * row[j] * w[j]
      s1 += row[j + 1] * row[j + 1] * w[j + 1]
      s2 += row[j + 2] * row[j + 2] * w[j + 2]
      s3 += row[j + 3] * row[j + 3] * w[j + 3]
    }
    let sum = s0 + s2 + (s1 + s3)
    for (; j < n; j++) sum += row[j] * row[j] * w[j]
    out[i] = sum
  }
}

export function squaresT(m: number, n: number, P: Float64Array, ldp: number, w: Float64Array, out: Float64Array): void {
  out.fill(0, 0, n)
  for (let i = 0; i < m; i++) for (let j = 0, k = i * ldp; j < n; j++, k++) out[j] += P[k] * P[k] * w[i]
}
