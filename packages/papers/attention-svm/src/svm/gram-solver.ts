import { allocate, type MatrixView, matrixKernels, solveScratch } from '@opt/core'
import type { Rows } from './rows.ts'

/**
 * Factors I + A A* once, and solves with it: as a matrix of m rows, or by Woodbury's identity as one of p q rows,
 * whichever is smaller.
 *
 * @returns a function that replaces x by (I + A A*)^-1 x.
 */
export function gramSolver(rows: Rows): (x: Float64Array) => void {
  return rows.m <= rows.p * rows.q ? byRows(rows) : byEntries(rows)
}

function factored(size: number, fill: (M: MatrixView) => void) {
  const { M, work, x, kernels } = allocate([matrixKernels], (views) => ({
    M: views.matrix(size, size),
    work: views.f64(solveScratch(size, size)),
    x: views.f64(size),
  }))
  fill(M)
  for (let c = 0; c < size; c++) M.data[c * M.stride + c] += 1
  kernels.potrf(M, work)
  return {
    x,
    solve(): void {
      kernels.trsv(M, x)
      kernels.trsvT(M, x)
    },
  }
}

function byRows(rows: Rows) {
  const { x, solve } = factored(rows.m, ({ data, stride }) => {
    for (let c = 0; c < rows.m; c++) for (let b = 0; b <= c; b++) data[c * stride + b] = rows.gram(c, b)
  })
  return (given: Float64Array) => {
    x.set(given)
    solve()
    given.set(x)
  }
}

function byEntries(rows: Rows) {
  const { m, n, p, q, starts, deltas, queries } = rows
  const scatter = new Float64Array(p * p)
  const { x, solve } = factored(p * q, ({ data, stride }) => {
    // A*A is the sum over queries of (sum of delta delta') times z z'.
    for (let i = 0; i < n; i++) {
      scatter.fill(0)
      for (let c = starts[i]; c < starts[i + 1]; c++)
        for (let j = 0; j < p; j++)
          for (let k = 0; k <= j; k++) scatter[j * p + k] += deltas[c * p + j] * deltas[c * p + k]
      for (let j = 0; j < p; j++)
        for (let k = 0; k <= j; k++)
          for (let a = 0; a < q; a++) {
            const weight = scatter[j * p + k] * queries[i * q + a]
            const at = (j * q + a) * stride + k * q
            for (let b = 0; b < q; b++) data[at + b] += weight * queries[i * q + b]
          }
    }
  })
  const image = new Float64Array(m)
  return (given: Float64Array) => {
    x.fill(0)
    rows.addAdjoint(given, x)
    solve()
    rows.apply(x, image)
    for (let c = 0; c < m; c++) given[c] -= image[c]
  }
}
