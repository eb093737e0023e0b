import { wasm } from '../assignment-wasm.ts'
import { type KernelSet, kernelSet } from './set.ts'

/**
 * Steps of an assignment of the rows of C, which has n columns, with duals u and v. rowOf is the row of each column,
 * columnOf the column of each row, -1 without.
 */
export interface AssignmentKernels {
  /**
   * Jonker and Volgenant's augmenting row reduction: the row gets its cheapest column, whose price rises by what the
   * second cheapest costs more, and the row that had it does the same. A few such steps leave few rows for the longer
   * search. Returns 1 if one more row has a column, otherwise 0.
   */
  // biome-ignore format: sizes, then arrays
  reduceRow(
    n: number, row: number, steps: number, C: Float64Array, u: Float64Array, v: Float64Array,
    rowOf: Int32Array, columnOf: Int32Array,
  ): number
  /**
   * Assigns a row along the shortest path that ends at a free column, others moving where that is cheaper; of equally
   * near columns the last free one, or the first. Returns 0 if there is none. `lengths` and `before` are scratch of n
   * numbers, `ended` of 2 n.
   */
  // biome-ignore format: sizes, then arrays
  augment(
    n: number, row: number, C: Float64Array, u: Float64Array, v: Float64Array, rowOf: Int32Array, columnOf: Int32Array,
    lengths: Float64Array, before: Int32Array, ended: Float64Array,
  ): number
}

const reduceRow: AssignmentKernels['reduceRow'] = (n, row, steps, C, u, v, rowOf, columnOf) => {
  let i = row
  for (let step = 0; i >= 0 && step < steps; step++) {
    const at = i * n
    let least = Infinity
    let second = Infinity
    let nearest = -1
    for (let j = 0; j < n; j++) {
      const length = C[at + j] - v[j]
      if (length < least) {
        second = least
        least = length
        nearest = j
      } else if (length < second) second = length
    }
    const gap = second - least
    // A row of one column, or of two equally near ones, is left to the search.
    const owner = nearest < 0 ? -1 : rowOf[nearest]
    if (second === Infinity || (owner >= 0 && !(v[nearest] - gap < v[nearest]))) return 0
    if (owner >= 0) {
      columnOf[owner] = -1
      v[nearest] -= gap
    }
    u[i] = C[at + nearest] - v[nearest]
    rowOf[nearest] = i
    columnOf[i] = nearest
    i = owner
  }
  return i < 0 ? 1 : 0
}

const augment: AssignmentKernels['augment'] = (n, row, C, u, v, rowOf, columnOf, lengths, before, ended) => {
  lengths.fill(Infinity, 0, n)
  let count = 0
  let reached = 0
  let sink = -1
  for (let i = row; i >= 0; ) {
    const at = i * n
    const offset = reached - u[i]
    let least = Infinity
    for (let j = 0; j < n; j++) {
      const length = offset + (C[at + j] - v[j])
      let shortest = lengths[j]
      if (length < shortest) {
        lengths[j] = shortest = length
        before[j] = i
      }
      // Of equally near columns a free one ends the search.
      if (shortest <= least && (shortest < least || rowOf[j] < 0)) {
        least = shortest
        sink = j
      }
    }
    if (least === Infinity) return 0
    reached = least
    // The columns whose shortest path is certain, in order, and its length.
    ended[2 * count] = sink
    ended[2 * count++ + 1] = least
    // No comparison with NaN holds: the column is out of the search.
    lengths[sink] = NaN
    i = rowOf[sink]
  }
  // With these duals the path's pairs cost nothing, and no pair less than nothing.
  u[row] += reached
  for (let k = 0; k < count; k++) {
    const j = ended[2 * k]
    const slack = reached - ended[2 * k + 1]
    v[j] -= slack
    if (rowOf[j] >= 0) u[rowOf[j]] += slack
  }
  for (let j = sink; ; ) {
    const i = before[j]
    rowOf[j] = i
    const freed = columnOf[i]
    columnOf[i] = j
    if (i === row) return 1
    j = freed
  }
}

/** The set of {@link AssignmentKernels}. */
export const assignmentKernels: KernelSet<AssignmentKernels> = /* @__PURE__ */ kernelSet(wasm, { reduceRow, augment })
