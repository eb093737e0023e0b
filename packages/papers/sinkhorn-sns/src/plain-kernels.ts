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

export function gibbsAbove(
  m: number,
  n: number,
  C: Float64Array,
  ldc: number,
  f: Float64Array,
  g: Float64Array,
  epsilon: number,
  least: number,
  K: Float64Array,
  ldk: number,
  r: Float64Array,
  c: Float64Array,
): void {
  const inverse = 1 / epsilon
  const four = new Float64Array(4)
  c.fill(0, 0, n)
  for (let i = 0; i < m; i++) {
    const sums = [0, 0, 0, 0]
    let total = 0
    for (let j = 0; j < n; j += 4) {
      const count = Math.min(4, n - j)
      let above = false
      for (let l = 0; l < count; l++) {
        four[l] = (g[j + l] - C[i * ldc + j + l] + f[i]) * inverse
        if (four[l] > least) above = true
        else if (count < 4) four[l] = -Infinity
        if (four[l] > 709) four[l] = 709
      }
      if (above) vexp(count, four, four)
      else four.fill(0)
      if (j + 4 > n) total = sums[0] + sums[2] + (sums[1] + sums[3])
      for (let l = 0; l < count; l++) {
        K[i * ldk + j + l] = four[l]
        c[j + l] += four[l]
        if (count === 4) sums[l] += four[l]
        else total += four[l]
      }
    }
    r[i] = n % 4 === 0 ? sums[0] + sums[2] + (sums[1] + sums[3]) : total
  }
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
