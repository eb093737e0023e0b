import { type CSR, calling, refuse, show } from '@opt/core'
import { symmetricEigen } from '@opt/curvature'
import { canHalve, cellsOf, checkShape, gridOf, type Shape } from '../network/grid.ts'
import { checkCSR } from '../system/system.ts'

/** Damping of Jacobi's smoothing. */
const OMEGA = 0.8
/** Coarse corrections by sums over cells are too small. */
const CORRECTION = 1.8
/** Unknowns up to which the coarsest system is solved by its eigenvectors. */
const COARSEST = 200

/** A matrix on one grid, and where its unknowns go on the next coarser one. */
interface Level {
  readonly A: CSR
  readonly inverse: Float64Array
  readonly parents: Int32Array
  readonly x: Float64Array
  readonly r: Float64Array
  /** r - A x. */
  readonly left: Float64Array
}

/**
 * Makes a multigrid preconditioner for a matrix on a grid: a V cycle with one damped Jacobi step (0.8) before and one
 * after, aggregation of 2^d cells, Galerkin's coarse matrices, coarse corrections times 1.8, and the pseudo-inverse on
 * the coarsest grid, where the number of cells along an axis is odd or below 8.
 *
 * @param A symmetric positive definite; rows may be empty.
 * @param shape [rows, columns] or [planes, rows, columns]: of the unknowns, row-major.
 * @throws TypeError or RangeError when A or the shape is wrong, or the coarsest grid has more than 200 cells.
 */
export function multigrid(A: CSR, shape: Shape): (r: Float64Array, out: Float64Array) => void {
  return calling('multigrid', () => {
    checkCSR(A)
    let grid = gridOf(checkShape(shape, 'shape'))
    const n = cellsOf(grid.shape)
    if (n !== A.rows) refuse('shape', `of ${A.rows} cells, as many as A has rows`, `[${shape}]`)
    const levels: Level[] = []
    let matrix = A
    while (canHalve(grid, 8)) {
      const parents = parentsOf(grid.shape)
      levels.push(levelOf(matrix, parents))
      grid = gridOf(grid.shape.map((size) => size / 2))
      matrix = aggregated(matrix, parents, cellsOf(grid.shape))
    }
    if (matrix.rows > COARSEST)
      refuse('shape', `halved to at most ${COARSEST} cells while even`, `[${shape}], which ends at [${grid.shape}]`)
    const inverse = pseudoInverse(matrix)
    const coarsest = { x: new Float64Array(matrix.rows), r: new Float64Array(matrix.rows) }
    const at = (depth: number) => levels[depth] ?? coarsest

    /** x = M^-1 r on a level. */
    function cycle(depth: number): void {
      const { x, r } = at(depth)
      if (depth === levels.length) {
        for (let i = 0; i < x.length; i++) {
          x[i] = 0
          for (let j = 0; j < x.length; j++) x[i] += inverse[i * x.length + j] * r[j]
        }
        return
      }
      const { A, inverse: jacobi, parents, left } = levels[depth]
      const next = at(depth + 1)
      for (let i = 0; i < x.length; i++) x[i] = OMEGA * jacobi[i] * r[i]
      next.r.fill(0)
      for (let i = 0; i < x.length; i++) next.r[parents[i]] += r[i] - rowTimes(A, i, x)
      cycle(depth + 1)
      for (let i = 0; i < x.length; i++) if (jacobi[i] > 0) x[i] += CORRECTION * next.x[parents[i]]
      for (let i = 0; i < x.length; i++) left[i] = r[i] - rowTimes(A, i, x)
      for (let i = 0; i < x.length; i++) x[i] += OMEGA * jacobi[i] * left[i]
    }

    return (r, out) => {
      if (r?.length !== n || out?.length !== n)
        refuse('multigrid: r and out', `of length ${n}`, `lengths ${show(r?.length)} and ${show(out?.length)}`)
      at(0).r.set(r)
      cycle(0)
      out.set(at(0).x)
    }
  })
}

/** The coarse cell of each cell. */
function parentsOf(shape: Shape): Int32Array {
  return Int32Array.from({ length: cellsOf(shape) }, (_, i) => {
    let [parent, stride, rest] = [0, 1, i]
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      parent += stride * ((rest % shape[axis]) >> 1)
      stride *= shape[axis] / 2
      rest = Math.floor(rest / shape[axis])
    }
    return parent
  })
}

function levelOf(A: CSR, parents: Int32Array): Level {
  const { rows: n, indptr, indices, values } = A
  const inverse = new Float64Array(n)
  for (let i = 0; i < n; i++)
    for (let k = indptr[i]; k < indptr[i + 1]; k++)
      if (indices[k] === i && values[k] > 0 && 1 / values[k] < Infinity) inverse[i] = 1 / values[k]
  const [x, r, left] = [0, 1, 2].map(() => new Float64Array(n))
  return { A, inverse, parents, x, r, left }
}

function rowTimes({ indptr, indices, values }: CSR, i: number, x: Float64Array): number {
  let sum = 0
  for (let k = indptr[i]; k < indptr[i + 1]; k++) sum += values[k] * x[indices[k]]
  return sum
}

/** P'A P, where P spreads a coarse cell over its children. */
function aggregated({ rows: n, indptr, indices, values }: CSR, parents: Int32Array, size: number): CSR {
  const children: number[][] = Array.from({ length: size }, () => [])
  for (let i = 0; i < n; i++) children[parents[i]].push(i)
  const sums = new Float64Array(size)
  const seen = new Int32Array(size).fill(-1)
  const starts = new Int32Array(size + 1)
  const columns: number[] = []
  const products: number[] = []
  for (let p = 0; p < size; p++) {
    for (const i of children[p])
      for (let k = indptr[i]; k < indptr[i + 1]; k++) {
        const j = parents[indices[k]]
        if (seen[j] !== p) {
          seen[j] = p
          sums[j] = 0
          columns.push(j)
        }
        sums[j] += values[k]
      }
    const row = columns.splice(starts[p]).sort((a, b) => a - b)
    for (const j of row) {
      columns.push(j)
      products.push(sums[j])
    }
    starts[p + 1] = columns.length
  }
  return {
    rows: size,
    columns: size,
    indptr: starts,
    indices: Int32Array.from(columns),
    values: Float64Array.from(products),
  }
}

/** Row-major; eigenvalues that are 0 up to rounding stay 0. */
function pseudoInverse({ rows: n, indptr, indices, values }: CSR): Float64Array {
  const dense = Array.from({ length: n }, () => new Float64Array(n))
  for (let i = 0; i < n; i++) for (let k = indptr[i]; k < indptr[i + 1]; k++) dense[i][indices[k]] = values[k]
  const { values: lambda, vectors } = symmetricEigen(dense)
  const V = vectors!.data
  const out = new Float64Array(n * n)
  for (let m = 0; m < n; m++) {
    if (!(lambda[m] > 1e-10 * lambda[n - 1])) continue
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) out[i * n + j] += (V[i * n + m] * V[j * n + m]) / lambda[m]
  }
  return out
}
