import { type MatrixLike, matrix } from './arrays.ts'
import { Search } from './assignment-search.ts'
import { boolean } from './errors.ts'
import { type Report, type Solver, solver } from './solver.ts'

/** Options of {@link assignment}. */
export interface AssignmentOptions {
  /** Maximise the sum of the entries, which must then be finite. Default false. */
  maximize?: boolean | undefined
}

/** Report of {@link assignment}. */
export interface AssignmentReport extends Report {
  /** Pairs formed so far. */
  assigned: number
}

/** Answer of {@link assignment}. */
export interface AssignmentSolution {
  /** The rows that have a column, ascending. */
  rows: Int32Array
  /** columns[k] is the column of rows[k]. */
  columns: Int32Array
  /** Sum of the entries at (rows[k], columns[k]). */
  cost: number
  /**
   * Dual variables, which prove the assignment optimal: u_i + v_j <= C_ij for every pair (>= with
   * `maximize`), with equality for the pairs that are formed, and 0 for rows and columns without partner.
   * Their sum is the cost.
   */
  dual: { u: Float64Array; v: Float64Array }
}

/** Costs above this are scaled down, by a power of two, so that sums of a few do not overflow. */
const LARGE = 1e300
/** 2^-64. */
const SCALE = 5.421010862427522e-20

/**
 * Assigns rows to columns one to one at the least total cost, exactly, by shortest augmenting paths (Jonker
 * and Volgenant, Computing 1987, in the form of Crouse, IEEE TAES 2016). Takes time O(min(n, m)^2 max(n, m))
 * and memory for a copy of the matrix.
 *
 * @param cost n x m; as many pairs are formed as the smaller side has members. Infinity forbids a pair.
 * @returns with status 'completed' the optimum; 'infeasible' when the allowed pairs do not suffice; ended
 *   early, the optimum for the members of the smaller side that have been assigned.
 * @throws TypeError or RangeError when `cost` is not a matrix, or an entry is NaN or -Infinity, or not finite
 *   with `maximize`.
 */
export const assignment: Solver<[cost: MatrixLike, options: AssignmentOptions], AssignmentReport, AssignmentSolution> =
  solver(
    'assignment',
    function* (given, { maximize = false }): Generator<AssignmentReport, AssignmentSolution, boolean> {
      boolean(maximize, 'maximize')
      const C = matrix(given, 'cost', { infinity: !maximize })
      const wide = C.shape[0] <= C.shape[1]
      const scale = (maximize ? -1 : 1) * (isLarge(C.data) ? SCALE : 1)
      const search = new Search(C, wide, scale)
      const solution = () => solutionOf(search, C.data, wide, scale)
      try {
        for (let row = 0; row < search.rows; row++) {
          search.reduce(row)
          if (yield { assigned: search.assigned }) return solution()
        }
        for (let row = search.nextFree(0); row < search.rows; row = search.nextFree(row + 1)) {
          if (!search.assign(row)) {
            const message = `${wide ? 'row' : 'column'} ${row} cannot be assigned beside the others`
            const answer = { ...solution(), status: 'infeasible', message }
            return answer
          }
          if (yield { assigned: search.assigned }) return solution()
        }
        return solution()
      } finally {
        search.release()
      }
    },
    { maxIterations: Number.MAX_SAFE_INTEGER, options: ['maximize'] },
  )

/** Whether a finite entry is so large that sums overflow. */
function isLarge(entries: Float64Array): boolean {
  for (let k = 0; k < entries.length; k++) if (Math.abs(entries[k]) > LARGE && entries[k] < Infinity) return true
  return false
}

function solutionOf(search: Search, entries: Float64Array, wide: boolean, scale: number): AssignmentSolution {
  const partner = wide ? search.columnOf : search.rowOf
  const width = wide ? search.columns : search.rows
  const rows = Int32Array.from(partner.keys()).filter((i) => partner[i] >= 0)
  const columns = rows.map((i) => partner[i])
  let cost = 0
  for (let k = 0; k < rows.length; k++) cost += entries[rows[k] * width + columns[k]]
  const [own, others] = search.dual.map((dual) => Float64Array.from(dual, (value) => value / scale))
  return { rows, columns, cost, dual: wide ? { u: own, v: others } : { u: others, v: own } }
}
