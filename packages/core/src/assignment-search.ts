import { allocate } from './allocate.ts'
import { type AssignmentKernels, assignmentKernels } from './kernels/assignment.ts'

/** A matrix as `matrix` returns it. */
interface Entries {
  data: Float64Array
  shape: number[]
}

/** What {@link Search} works on: room for so many entries and columns. */
interface Space {
  entries: number
  columns: number
  kernels: AssignmentKernels
  costs: Float64Array
  u: Float64Array
  v: Float64Array
  rowOf: Int32Array
  columnOf: Int32Array
  lengths: Float64Array
  before: Int32Array
  ended: Float64Array
}

/** Steps of a row reduction. */
const STEPS = 30
/** Entries of a workspace that is worth keeping: 32 MB. */
const KEPT = 4194304

/** The workspace of the last search that has ended: new memory costs more than a small assignment. */
let spare: Space | null = null

function takeSpace(entries: number, columns: number): Space {
  const last = spare
  if (last && last.entries >= entries && last.columns >= columns) {
    spare = null
    return last
  }
  const { kernels, ...views } = allocate([assignmentKernels], (space) => ({
    costs: space.f64(entries),
    u: space.f64(columns),
    v: space.f64(columns),
    rowOf: space.i32(columns),
    columnOf: space.i32(columns),
    lengths: space.f64(columns),
    before: space.i32(columns),
    ended: space.f64(2 * columns),
  }))
  return { entries, columns, kernels, ...views }
}

/** Writes the matrix with the smaller side as rows, scaled. */
function orient({ data, shape }: Entries, wide: boolean, scale: number, out: Float64Array): void {
  const [n, m] = shape
  if (wide) out.set(data)
  else for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) out[j * n + i] = data[i * m + j]
  if (scale !== 1) for (let k = 0; k < n * m; k++) out[k] *= scale
}

/** Assigns one row after the other; the rows are the smaller side of the matrix. */
export class Search {
  readonly rows: number
  readonly columns: number
  /** Rows that have a column. */
  assigned = 0
  readonly #space: Space

  constructor(entries: Entries, wide: boolean, scale: number) {
    const [n, m] = entries.shape
    this.rows = Math.min(n, m)
    this.columns = Math.max(n, m)
    this.#space = takeSpace(n * m, this.columns)
    const { costs, u, v, rowOf, columnOf } = this.#space
    orient(entries, wide, scale, costs)
    for (const dual of [u, v]) dual.fill(0)
    for (const partner of [rowOf, columnOf]) partner.fill(-1)
  }

  /** Gives the row its cheapest column, if that takes few steps. */
  reduce(row: number): void {
    const { kernels, costs, u, v, rowOf, columnOf } = this.#space
    this.assigned += kernels.reduceRow(this.columns, row, STEPS, costs, u, v, rowOf, columnOf)
  }

  /** The first row without column from row `from` on; `rows` when there is none. */
  nextFree(from: number): number {
    const row = this.columnOf.indexOf(-1, from)
    return row < 0 ? this.rows : row
  }

  /** Whether the row could be assigned, others moving where that is cheaper. */
  assign(row: number): boolean {
    const { kernels, costs, u, v, rowOf, columnOf, lengths, before, ended } = this.#space
    const done = kernels.augment(this.columns, row, costs, u, v, rowOf, columnOf, lengths, before, ended)
    this.assigned += done
    return done === 1
  }

  /** Column of each row, -1 without: a view, like the others. */
  get columnOf(): Int32Array {
    return this.#space.columnOf.subarray(0, this.rows)
  }

  /** Row of each column, -1 without. */
  get rowOf(): Int32Array {
    return this.#space.rowOf.subarray(0, this.columns)
  }

  get dual(): [u: Float64Array, v: Float64Array] {
    return [this.#space.u.subarray(0, this.rows), this.#space.v.subarray(0, this.columns)]
  }

  /** Leaves the memory to the next search: nothing may be called afterwards. */
  release(): void {
    if (this.#space.entries <= KEPT) spare = this.#space
  }
}
