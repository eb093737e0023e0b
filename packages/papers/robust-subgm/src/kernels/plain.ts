/** Plain-JavaScript twins of assembly/kernels.ts: the same operations in the same order. */
import { plainAxpy, plainDot, plainGemvT } from '@opt/core/kernels'
import type { SubgmKernels } from './kernels.ts'

const weightOf = (r: number, squared: number) => (squared ? r : r > 0 ? 1 : r < 0 ? -1 : 0)

export const passDense: SubgmKernels['passDense'] = (m, n, A, lda, X, y, squared, residuals, direction, weights) => {
  for (let i = 0; i < m; i++) {
    const row = A.subarray(i * lda, i * lda + n)
    residuals[i] = plainDot(n, row, X) - y[i]
    weights[i % 4] = weightOf(residuals[i], squared)
    plainAxpy(n, weights[i % 4], row, direction)
  }
}

export const passRankOne: SubgmKernels['passRankOne'] = (
  m,
  d,
  V,
  X,
  y,
  squared,
  residuals,
  direction,
  weights,
  rows,
) => {
  const n = (d * (d + 1)) / 2
  for (let i = 0; i < m; i++) {
    const row = rows.subarray((i % 4) * n, ((i % 4) + 1) * n)
    for (let a = 0, o = 0; a < d; a++) {
      const v = V[i * d + a]
      row[o++] = v * v
      for (let b = a + 1; b < d; b++) row[o++] = 2 * v * V[i * d + b]
    }
    residuals[i] = plainDot(n, row, X) - y[i]
    weights[i % 4] = weightOf(residuals[i], squared)
    plainAxpy(n, weights[i % 4], row, direction)
  }
}

export const passSparse: SubgmKernels['passSparse'] = (
  m,
  starts,
  columns,
  values,
  X,
  y,
  squared,
  residuals,
  direction,
  weights,
) => {
  for (let i = 0; i < m; i++) {
    let s = 0
    for (let k = starts[i]; k < starts[i + 1]; k++) s += values[k] * X[columns[k]]
    residuals[i] = s - y[i]
    weights[0] = weightOf(residuals[i], squared)
    for (let k = starts[i]; k < starts[i + 1]; k++) direction[columns[k]] += weights[0] * values[k]
  }
}

export const gram: SubgmKernels['gram'] = (d, r, U, X) => {
  for (let i = 0, o = 0; i < d; i++) {
    const row = U.subarray(i * r, (i + 1) * r)
    for (let j = i; j < d; j++) X[o++] = plainDot(r, U.subarray(j * r, (j + 1) * r), row)
  }
}

export const multiply: SubgmKernels['multiply'] = (d, r, S, U, out, row) => {
  out.fill(0, 0, d * r)
  for (let i = 0; i < d; i++) {
    let p = i
    for (let j = 0; j < i; j++) {
      row[j] = 0.5 * S[p]
      p += d - 1 - j
    }
    row[i] = S[p]
    for (let j = i + 1; j < d; j++) row[j] = 0.5 * S[++p]
    plainGemvT(d, r, U, r, row, out.subarray(i * r, (i + 1) * r))
  }
}
