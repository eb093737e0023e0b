import {
  allocate,
  cos,
  gemmScratch,
  type MatrixView,
  matrixKernels,
  matrixView,
  nrm2,
  number,
  refuse,
  sin,
  transpose,
  vectorKernels,
} from '@opt/core'
import type { Points } from '../lagrangian/types.ts'
import { parityOf, type TrigSum, trusted } from '../sums/trig-sum.ts'
import type { Condition } from '../theory/conditioning.ts'

/** The midpoints (i + 1/2)/G. */
export const midpoints = (G: number): Float64Array => Float64Array.from({ length: G }, (_, i) => (i + 0.5) / G)

/** At most so many points in a grid: 14 arrays of this size are a gigabyte and a half. */
export const MOST_POINTS = 16_777_216

/** Returns base^exponent for small integers. */
export function power(base: number, exponent: number): number {
  let product = 1
  for (let k = 0; k < exponent; k++) product *= base
  return product
}

/** Refuses a grid that is too coarse for its modes, or too large. */
export function checkGrid(modes: number, grid: number, d: number): void {
  number(modes, 'modes', { integer: true, min: 1, max: 100_000 })
  number(grid, 'grid', { integer: true, min: 2, max: 1_000_000 })
  if (grid <= modes) refuse('grid', `above modes = ${modes}`, `${grid}`)
  if (power(grid, d) > MOST_POINTS) refuse('grid', `such that grid^${d} <= ${MOST_POINTS}`, `${grid}`)
}

/**
 * N modes an axis, sines 1..N or cosines 0..N-1, and the G^d midpoints. Values, gradients and their adjoints are
 * contractions of one axis after the other with the N x G tables; each moves its axis from the last place to the first, so
 * that after d of them all are in order.
 */
export class GridBasis {
  readonly modes: number
  readonly grid: number
  readonly dimension: number
  /** N^d and G^d. */
  readonly size: number
  readonly count: number
  /** The values and the gradient on the grid, to which `synthesize` writes. */
  readonly at: Points & { u: Float64Array; p: Float64Array[] }
  /** What `analyse` reads: values and d fields on the grid. */
  readonly values: Float64Array
  readonly fields: Float64Array[]
  /** mass (1 + a^2), its root, and 1 + a of each mode. */
  readonly weights: Float64Array
  readonly roots: Float64Array
  readonly barronWeights: Float64Array
  readonly #kernels
  readonly #work: Float64Array
  /** For each axis the tables of the functions and of their derivatives. */
  readonly #functions: MatrixView[]
  readonly #derivatives: MatrixView[]
  /** The mean squares of the rows of each table. */
  readonly #squares: Map<MatrixView, Float64Array>
  readonly #boundary: readonly Condition[]
  /** Buffers: axes k, k + 1, ... are on the grid (up), or in modes (down). */
  readonly #up: Float64Array[]
  readonly #down: Float64Array[]
  readonly #scratch: Float64Array[]

  constructor(boundary: readonly Condition[], modes: number, grid: number) {
    const d = boundary.length
    const [size, count] = [power(modes, d), power(grid, d)]
    const largest = Math.max(power(grid, d - 1) * modes, count)
    const kinds = [...new Set(boundary)]
    const { kernels, ...views } = allocate([matrixKernels, vectorKernels], (make) => {
      const list = (n: number, size: (k: number) => number) => Array.from({ length: n }, (_, k) => make.f64(size(k)))
      return {
        tables: kinds.map(() => [make.matrix(modes, grid), make.matrix(modes, grid)]),
        up: list(d, (k) => power(grid, d - k) * power(modes, k)),
        down: list(d, (k) => power(modes, d - k) * power(grid, k)),
        scratch: list(2, () => largest),
        p: list(d, () => count),
        values: make.f64(count),
        fields: list(d, () => count),
        work: make.f64(gemmScratch(grid, largest, grid)),
        input: make.f64(size),
      }
    })
    this.modes = modes
    this.grid = grid
    this.dimension = d
    this.size = size
    this.count = count
    this.#kernels = kernels
    this.#work = views.work
    this.#up = [...views.up, views.input]
    this.#down = views.down
    this.#scratch = views.scratch
    this.values = views.values
    this.fields = views.fields
    const axis = midpoints(grid)
    for (const [k, kind] of kinds.entries()) fill(views.tables[k], kind, axis)
    this.#functions = boundary.map((kind) => views.tables[kinds.indexOf(kind)][0])
    this.#derivatives = boundary.map((kind) => views.tables[kinds.indexOf(kind)][1])
    this.#boundary = boundary
    this.#squares = new Map(views.tables.flat().map((table) => [table, meanSquares(table)]))
    const x = Array.from({ length: d }, (_, j) => {
      const repeat = power(grid, d - 1 - j)
      return Float64Array.from({ length: count }, (_, i) => axis[Math.floor(i / repeat) % grid])
    })
    this.at = { n: count, x, u: views.up[0], p: views.p }
    this.weights = new Float64Array(size)
    this.roots = new Float64Array(size)
    this.barronWeights = new Float64Array(size)
    for (let t = 0; t < size; t++) {
      let [square, mass] = [0, 1]
      for (let j = 0; j < d; j++) {
        const w = this.frequency(t, j, boundary[j])
        square += w * w
        if (w > 0) mass *= 0.5
      }
      square *= Math.PI * Math.PI
      this.weights[t] = mass * (1 + square)
      this.roots[t] = Math.sqrt(this.weights[t])
      this.barronWeights[t] = 1 + Math.sqrt(square)
    }
  }

  /** The N x G table of the functions of an axis. */
  table(axis: number): MatrixView {
    return this.#functions[axis]
  }

  /** The frequency of mode t on an axis. */
  frequency(t: number, axis: number, kind: Condition): number {
    const place = Math.floor(t / power(this.modes, this.dimension - 1 - axis)) % this.modes
    return kind === 'dirichlet' ? place + 1 : place
  }

  /** Writes values and gradient of the function with these coefficients into `at`. */
  synthesize(coefficients: Float64Array): void {
    const [d, up] = [this.dimension, this.#up]
    up[d].set(coefficients)
    for (let k = d - 1; k >= 0; k--) this.#chain(up[k + 1], [this.#functions[k]], true, up[k].fill(0))
    for (let j = 0; j < d; j++) {
      const rest = this.#functions.slice(0, j).reverse()
      this.#chain(up[j + 1], [this.#derivatives[j], ...rest], true, this.at.p[j].fill(0))
    }
  }

  /** Writes the means over the grid of `values` phi + `fields` . grad phi for each mode phi. */
  analyse(out: Float64Array): void {
    const [d, down] = [this.dimension, this.#down]
    for (let k = d - 1; k >= 0; k--) {
      this.#chain(k === d - 1 ? this.values : down[k + 1], [this.#functions[k]], false, down[k].fill(0))
      const rest = this.#functions.slice(k + 1).reverse()
      this.#chain(this.fields[k], [...rest, this.#derivatives[k]], false, down[k])
    }
    for (let t = 0; t < this.size; t++) out[t] = down[0][t] / this.count
  }

  /** to += table from, for one row of values. */
  #addProduct(table: MatrixView, from: Float64Array, to: Float64Array): void {
    const product = this.#scratch[0] === from ? this.#scratch[1] : this.#scratch[0]
    this.#kernels.gemv(table, from, product)
    this.#kernels.axpy(table.rows, 1, product, to)
  }

  /**
   * The root mean square of what the modes do not show of `values`, or of `fields[axis]` in products that have the
   * derivative's function on that axis. The mean of a field along its Dirichlet axis, which no gradient meets, does not
   * count. Overwrites `at.u`.
   */
  remainder(axis?: number): number {
    const [d, N] = [this.dimension, this.modes]
    const source = axis === undefined ? this.values : this.fields[axis]
    const tables = this.#functions.map((table, j) => (j === axis ? this.#derivatives[j] : table))
    const [coefficients, shown] = [this.#down[0].fill(0), this.at.u.fill(0)]
    this.#chain(source, [...tables].reverse(), false, coefficients)
    for (let t = 0; t < this.size; t++) {
      let square = this.count
      for (let j = 0, rest = t; j < d; j++) {
        const [k, table] = [Math.floor(rest / power(N, d - 1 - j)), tables[j]]
        rest -= k * power(N, d - 1 - j)
        square *= this.#squares.get(table)![k]
      }
      coefficients[t] = square > 0 ? coefficients[t] / square : 0
    }
    this.#chain(coefficients, [...tables].reverse(), true, shown)
    if (axis !== undefined && this.#boundary[axis] === 'dirichlet') this.#addMeans(source, axis, shown)
    for (let i = 0; i < this.count; i++) shown[i] = source[i] - shown[i]
    return nrm2(shown) / Math.sqrt(this.count)
  }

  /** Adds the mean of each line along an axis to all its points. */
  #addMeans(source: Float64Array, axis: number, out: Float64Array): void {
    const step = power(this.grid, this.dimension - 1 - axis)
    const end = this.grid * step
    for (let i = 0; i < this.count; i++) {
      if (i % end >= step) continue
      let mean = 0
      for (let k = i; k < i + end; k += step) mean += source[k] / this.grid
      for (let k = i; k < i + end; k += step) out[k] += mean
    }
  }

  /** Contracts the last axis with each table in turn, moving it to the first place; adds the result to `out`. */
  #chain(source: Float64Array, tables: MatrixView[], upward: boolean, out: Float64Array): void {
    const [inner, outer] = upward ? [this.modes, this.grid] : [this.grid, this.modes]
    let [from, size] = [source, source.length]
    for (const [k, table] of tables.entries()) {
      const rows = size / inner
      size = rows * outer
      const to = k === tables.length - 1 ? out : this.#scratch[k % 2].fill(0, 0, size)
      const right = matrixView(from, rows, inner)
      if (rows > 1) {
        const left = upward ? transpose(table) : table
        this.#kernels.gemm(1, left, transpose(right), matrixView(to, outer, rows), this.#work)
      } else if (upward) this.#kernels.gemvT(table, from, to)
      else this.#addProduct(table, from, to)
      from = to
    }
  }
}

function meanSquares({ data, rows, columns, stride }: MatrixView): Float64Array {
  const out = new Float64Array(rows)
  for (let k = 0; k < rows; k++) {
    for (let i = 0; i < columns; i++) out[k] += data[k * stride + i] * data[k * stride + i]
    out[k] /= columns
  }
  return out
}

/** Fills the tables of the functions and their derivatives at the midpoints. */
function fill([functions, derivatives]: MatrixView[], kind: Condition, axis: Float64Array): void {
  for (let k = 0; k < functions.rows; k++) {
    const a = Math.PI * (kind === 'dirichlet' ? k + 1 : k)
    for (let i = 0; i < axis.length; i++) {
      const at = k * functions.stride + i
      functions.data[at] = kind === 'dirichlet' ? sin(a * axis[i]) : cos(a * axis[i])
      derivatives.data[at] = kind === 'dirichlet' ? a * cos(a * axis[i]) : -a * sin(a * axis[i])
    }
  }
}

/** The coefficients of all modes of a grid as a sum. */
export function denseSum(basis: GridBasis, boundary: readonly Condition[], coefficients: Float64Array): TrigSum {
  const d = boundary.length
  const frequencies = Int32Array.from({ length: basis.size * d }, (_, k) =>
    basis.frequency(Math.floor(k / d), k % d, boundary[k % d]),
  )
  return trusted(parityOf(boundary), frequencies, coefficients.slice())
}
