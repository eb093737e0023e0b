import { type MatrixLike, matrix } from './arrays.ts'
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
/** Steps of a row reduction. */
const STEPS = 30

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
      const largest = C.data.reduce((most, c) => (c < Infinity ? Math.max(most, Math.abs(c)) : most), 0)
      const scale = (maximize ? -1 : 1) * (largest > LARGE ? SCALE : 1)
      const search = new Search(oriented(C, wide, scale))
      const solution = () => search.solution(C.data, wide, scale)
      for (let row = 0; row < search.rows; row++) {
        search.reduce(row)
        if (yield { assigned: search.assigned }) return solution()
      }
      for (let row = search.nextFree(); row < search.rows; row = search.nextFree()) {
        if (!search.assign(row)) {
          const message = `${wide ? 'row' : 'column'} ${row} cannot be assigned beside the others`
          const answer = { ...solution(), status: 'infeasible', message }
          return answer
        }
        if (yield { assigned: search.assigned }) return solution()
      }
      return solution()
    },
    { maxIterations: Number.MAX_SAFE_INTEGER, options: ['maximize'] },
  )

interface Costs {
  data: Float64Array
  rows: number
  columns: number
}

/** The matrix with the smaller side as rows, scaled. */
function oriented({ data, shape }: { data: Float64Array; shape: number[] }, wide: boolean, scale: number): Costs {
  const [n, m] = shape
  if (wide) return { data: data.map((c) => c * scale), rows: n, columns: m }
  const transposed = new Float64Array(n * m)
  for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) transposed[j * n + i] = data[i * m + j] * scale
  return { data: transposed, rows: m, columns: n }
}

/** Assigns one row after the other, each along the shortest path that ends at a free column. */
class Search {
  readonly rows: number
  /** Rows that have a column. */
  assigned = 0
  readonly #columns: number
  readonly #costs: Float64Array
  readonly #u: Float64Array
  readonly #v: Float64Array
  /** Column of each row, row of each column; -1 without. */
  readonly #columnOf: Int32Array
  readonly #rowOf: Int32Array
  /** Length of the shortest path known to each column, NaN once it is certain, and the row before the column on it. */
  readonly #lengths: Float64Array
  readonly #before: Int32Array
  /** Columns whose shortest path is certain, in order, and its length. */
  readonly #ended: { columns: Int32Array; lengths: Float64Array }

  constructor({ data, rows, columns }: Costs) {
    this.rows = rows
    this.#columns = columns
    this.#costs = data
    this.#u = new Float64Array(rows)
    this.#v = new Float64Array(columns)
    this.#columnOf = new Int32Array(rows).fill(-1)
    this.#rowOf = new Int32Array(columns).fill(-1)
    this.#lengths = new Float64Array(columns)
    this.#before = new Int32Array(columns)
    this.#ended = { columns: new Int32Array(columns), lengths: new Float64Array(columns) }
  }

  /**
   * Jonker and Volgenant's augmenting row reduction: the row gets its cheapest column, whose price rises by
   * what the second cheapest costs more, and the row that had it does the same. A few such steps leave few
   * rows for the longer search.
   */
  reduce(row: number): void {
    const [v, costs, rowOf, columnOf, columns] = [this.#v, this.#costs, this.#rowOf, this.#columnOf, this.#columns]
    for (let i = row, step = 0; i >= 0 && step < STEPS; step++) {
      const at = i * columns
      let least = Infinity
      let second = Infinity
      let nearest = -1
      for (let j = 0; j < columns; j++) {
        const length = costs[at + j] - v[j]
        if (length >= second) continue
        if (length < least) {
          second = least
          least = length
          nearest = j
        } else second = length
      }
      // A row of one column, or of two equally near ones, is left to the search.
      const owner = nearest < 0 ? -1 : rowOf[nearest]
      if (second === Infinity || (owner >= 0 && !(v[nearest] - (second - least) < v[nearest]))) return
      if (owner >= 0) {
        columnOf[owner] = -1
        v[nearest] -= second - least
      } else this.assigned++
      this.#u[i] = costs[at + nearest] - v[nearest]
      rowOf[nearest] = i
      columnOf[i] = nearest
      i = owner
    }
  }

  /** The first row without column; `rows` when there is none. */
  nextFree(): number {
    const row = this.#columnOf.indexOf(-1)
    return row < 0 ? this.rows : row
  }

  /** Whether the row could be assigned, others moving where that is cheaper. */
  assign(row: number): boolean {
    const [u, v, lengths, before, ended] = [this.#u, this.#v, this.#lengths, this.#before, this.#ended]
    const [costs, rowOf, columnOf, columns] = [this.#costs, this.#rowOf, this.#columnOf, this.#columns]
    lengths.fill(Infinity)
    let count = 0
    let reached = 0
    let sink = -1
    for (let i = row; sink < 0; ) {
      const at = i * columns
      const offset = reached - u[i]
      let least = Infinity
      let nearest = -1
      for (let j = 0; j < columns; j++) {
        const length = offset + (costs[at + j] - v[j])
        let shortest = lengths[j]
        if (length < shortest) {
          lengths[j] = shortest = length
          before[j] = i
        }
        // Of equally near columns a free one ends the search.
        if (shortest <= least && (shortest < least || rowOf[j] < 0)) {
          least = shortest
          nearest = j
        }
      }
      if (least === Infinity) return false
      reached = least
      ended.columns[count] = nearest
      ended.lengths[count++] = least
      // No comparison with NaN holds: the column is out of the search.
      lengths[nearest] = NaN
      if (rowOf[nearest] < 0) sink = nearest
      else i = rowOf[nearest]
    }
    // With these duals the path's pairs cost nothing, and no pair less than nothing.
    u[row] += reached
    for (let k = 0; k < count; k++) {
      const j = ended.columns[k]
      const slack = reached - ended.lengths[k]
      v[j] -= slack
      if (rowOf[j] >= 0) u[rowOf[j]] += slack
    }
    for (let j = sink; ; ) {
      const i = before[j]
      rowOf[j] = i
      const freed = columnOf[i]
      columnOf[i] = j
      if (i === row) break
      j = freed
    }
    this.assigned++
    return true
  }

  solution(entries: Float64Array, wide: boolean, scale: number): AssignmentSolution {
    const partner = wide ? this.#columnOf : this.#rowOf
    const width = wide ? this.#columns : this.rows
    const rows = Int32Array.from(partner.keys()).filter((i) => partner[i] >= 0)
    const columns = rows.map((i) => partner[i])
    let cost = 0
    for (let k = 0; k < rows.length; k++) cost += entries[rows[k] * width + columns[k]]
    const [own, others] = [this.#u, this.#v].map((dual) => dual.map((value) => value / scale))
    return { rows, columns, cost, dual: wide ? { u: own, v: others } : { u: others, v: own } }
  }
}
