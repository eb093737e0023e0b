import {
  calling,
  cos,
  type MatrixLike,
  matrix,
  nrm2,
  number,
  options,
  refuse,
  show,
  sin,
  type VectorLike,
  vector,
  vectorCopy,
} from '@opt/core'
import type { Condition, Metric } from '../theory/conditioning.ts'
import { checkMetric } from '../theory/conditioning.ts'
import { largest, packer } from './keys.ts'
import { hashProduct } from './product.ts'

/** Whether an axis has sines or cosines. */
export type Parity = 'sin' | 'cos'

/** A sum of products of sines and cosines as plain data. */
export interface TrigSumData {
  parity: Parity[]
  /** One row of d nonnegative integers for each term; positive on axes of sines. */
  frequencies: number[][]
  coefficients: number[]
}

/**
 * The sum over terms w of c_w prod_j phi(pi w_j x_j), where phi is sin or cos by axis: sparse, in any dimension.
 * Terms are sorted by frequency, each once. Immutable.
 */
export class TrigSum {
  readonly parity: readonly Parity[]
  readonly dimension: number
  /** Row-major, terms x d, sorted. */
  readonly frequencies: Int32Array
  readonly coefficients: Float64Array

  /**
   * @param parity 'sin' or 'cos' for each axis.
   * @param frequencies terms x d, nonnegative integers; a term given twice is added.
   * @param coefficients one a term.
   * @throws TypeError or RangeError when they do not fit, or a frequency is 0 on an axis of sines.
   */
  constructor(parity: readonly Parity[], frequencies: ArrayLike<ArrayLike<number>>, coefficients: VectorLike) {
    const made = calling('TrigSum', () => intake(parity, frequencies, coefficients))
    this.parity = made.parity
    this.dimension = made.parity.length
    this.frequencies = made.frequencies
    this.coefficients = made.coefficients
  }

  /** The sum without terms. */
  static zero(parity: readonly Parity[]): TrigSum {
    return new TrigSum(parity, [], [])
  }

  /** How many terms there are. */
  get terms(): number {
    return this.coefficients.length
  }

  /** Returns this + factor * other. Throws RangeError when parities differ. */
  add(other: TrigSum, factor = 1): TrigSum {
    return calling('TrigSum.add', () => {
      sameAxes(this, other)
      number(factor, 'factor')
      return combine(this, other, factor)
    })
  }

  /** Returns factor * this. */
  scale(factor: number): TrigSum {
    return calling('TrigSum.scale', () => {
      number(factor, 'factor')
      return withCoefficients(
        this,
        this.coefficients.map((c) => factor * c),
      )
    })
  }

  /**
   * Returns the product with another sum. Pairs of terms with |f_i g_j| < threshold are left out; `dropped`, the sum of
   * those |f_i g_j|, bounds what is missing at every point.
   *
   * @throws RangeError when dimensions differ, the threshold is negative, or frequencies are too large for 2^53 keys.
   */
  multiply(other: TrigSum, threshold = 0): { product: TrigSum; dropped: number } {
    return calling('TrigSum.multiply', () => {
      checkSum(other, 'other')
      if (other.dimension !== this.dimension)
        refuse('other', `of dimension ${this.dimension}`, `dimension ${other.dimension}`)
      number(threshold, 'threshold', { nonnegative: true })
      const { parity, frequencies, coefficients, dropped } = hashProduct(this, other, threshold)
      return { product: trusted(parity, frequencies, coefficients), dropped }
    })
  }

  /** Returns the derivative along an axis, 0, ..., d - 1, whose parity changes. */
  derivative(axis: number): TrigSum {
    return calling('TrigSum.derivative', () => {
      const d = this.dimension
      number(axis, 'axis', { integer: true, min: 0, max: d - 1 })
      const sine = this.parity[axis] === 'sin'
      const parity = this.parity.map((p, j) => (j === axis ? (sine ? 'cos' : 'sin') : p))
      const kept: number[] = []
      for (let t = 0; t < this.terms; t++) if (this.frequencies[t * d + axis] > 0) kept.push(t)
      const factor = sine ? Math.PI : -Math.PI
      const frequencies = rowsOf(this.frequencies, d, kept)
      const coefficients = Float64Array.from(
        kept,
        (t) => factor * this.frequencies[t * d + axis] * this.coefficients[t],
      )
      return trusted(parity, frequencies, coefficients)
    })
  }

  /** Returns P^-1 of the sum, P = mass - stiffness Laplacian. */
  precondition(metric?: Metric): TrigSum {
    return calling('TrigSum.precondition', () => {
      const { mass, stiffness } = checkMetric(options(metric, 'metric', ['mass', 'stiffness']))
      const squares = this.squares()
      return withCoefficients(
        this,
        this.coefficients.map((c, t) => c / (mass + stiffness * squares[t])),
      )
    })
  }

  /**
   * Drops the terms of smallest |c| (1 + a), a = pi |w|, as long as the sum of what is dropped stays within the budget;
   * of equals the lexicographically first goes first.
   */
  truncate(budget: number): { kept: TrigSum; dropped: number } {
    return calling('TrigSum.truncate', () => {
      number(budget, 'budget', { nonnegative: true })
      return cut(this, budget)
    })
  }

  /** |u|_s = the sum of (1 + a)^s |c|: 1 is the Barron norm, 0 the Wiener norm, which bounds |u| at every point. */
  norm(s: 0 | 1 | 2 = 1): number {
    return calling('TrigSum.norm', () => {
      if (s !== 0 && s !== 1 && s !== 2) refuse('s', '0, 1 or 2', show(s))
      const squares = this.squares()
      let total = 0
      for (let t = 0; t < this.terms; t++) {
        const weight = 1 + Math.sqrt(squares[t])
        total += (s === 0 ? 1 : s === 1 ? weight : weight * weight) * Math.abs(this.coefficients[t])
      }
      return total
    })
  }

  /** |grad u|_0 = the sum of a |c|, which bounds |grad u| at every point. */
  gradientNorm(): number {
    const squares = this.squares()
    let total = 0
    for (let t = 0; t < this.terms; t++) total += Math.sqrt(squares[t]) * Math.abs(this.coefficients[t])
    return total
  }

  /** The norm of L2 on the unit box. */
  l2(): number {
    return weightedNorm(this, () => 1)
  }

  /** The norm of H1: the root of the integral of u^2 + |grad u|^2. */
  h1(): number {
    return weightedNorm(this, (square) => 1 + square)
  }

  /** The norm of the dual of H1, of this sum as a right-hand side. */
  dual(): number {
    return weightedNorm(this, (square) => 1 / (1 + square))
  }

  /** How many cosine neurons equal the sum: a term of k positive frequencies is a mean of 2^(k - 1) plane waves. */
  neurons(): number {
    const d = this.dimension
    let total = 0
    for (let t = 0; t < this.terms; t++) {
      let waves = 0.5
      for (let j = 0; j < d; j++) if (this.frequencies[t * d + j] > 0) waves *= 2
      total += Math.max(1, waves)
    }
    return total
  }

  /** The integral over the unit box of this times another sum of the same parity. */
  inner(other: TrigSum): number {
    return calling('TrigSum.inner', () => {
      sameAxes(this, other)
      return innerProduct(this, other)
    })
  }

  /** Returns the values at n points, the rows of an n x d matrix. */
  at(points: MatrixLike): Float64Array {
    return calling('TrigSum.at', () => {
      const { data, shape } = matrix(points, 'points', { columns: this.dimension })
      return evaluate(this, data, shape[0])
    })
  }

  /** Plain data, from which {@link TrigSum.fromJSON} makes the sum again. */
  toJSON(): TrigSumData {
    const d = this.dimension
    return {
      parity: [...this.parity],
      frequencies: Array.from({ length: this.terms }, (_, t) => [...this.frequencies.subarray(t * d, (t + 1) * d)]),
      coefficients: [...this.coefficients],
    }
  }

  /** @throws TypeError or RangeError when the data are none of {@link TrigSum.toJSON}. */
  static fromJSON(data: TrigSumData): TrigSum {
    return calling('TrigSum.fromJSON', () => {
      const { parity, frequencies, coefficients } = options(data, 'data')
      return new TrigSum(parity, frequencies, coefficients)
    })
  }

  /** a^2 = pi^2 |w|^2 of each term. */
  squares(): Float64Array {
    const d = this.dimension
    const out = new Float64Array(this.terms)
    for (let t = 0; t < out.length; t++) {
      let square = 0
      for (let j = 0; j < d; j++) square += this.frequencies[t * d + j] * this.frequencies[t * d + j]
      out[t] = Math.PI * Math.PI * square
    }
    return out
  }
}

/** The same frequencies with other coefficients. */
export const withCoefficients = (u: TrigSum, coefficients: Float64Array): TrigSum =>
  trusted(u.parity, u.frequencies, coefficients)

/** The root of the sum of mass weight(a^2) c^2. */
function weightedNorm(u: TrigSum, weight: (square: number) => number): number {
  const squares = u.squares()
  const masses = massesOf(u)
  return nrm2(u.coefficients.map((c, t) => Math.sqrt(masses[t] * weight(squares[t])) * c))
}

/** The integral of the square of each term's product of sines and cosines. */
export function massesOf({ frequencies, dimension: d, terms }: TrigSum): Float64Array {
  const out = new Float64Array(terms).fill(1)
  for (let t = 0; t < terms; t++) for (let j = 0; j < d; j++) if (frequencies[t * d + j] > 0) out[t] *= 0.5
  return out
}

const rowsOf = (frequencies: Int32Array, d: number, rows: ArrayLike<number>): Int32Array => {
  const out = new Int32Array(rows.length * d)
  for (let t = 0; t < rows.length; t++) for (let j = 0; j < d; j++) out[t * d + j] = frequencies[rows[t] * d + j]
  return out
}

/** Makes a sum of arrays that are sorted and checked, without copying them. */
export function trusted(parity: readonly Parity[], frequencies: Int32Array, coefficients: Float64Array): TrigSum {
  const made = Object.create(TrigSum.prototype)
  return Object.assign(made, { parity, dimension: parity.length, frequencies, coefficients })
}

export function checkSum(sum: unknown, label: string): asserts sum is TrigSum {
  if (!(sum instanceof TrigSum)) refuse(label, 'a TrigSum', show(sum), 'type')
}

function sameAxes(u: TrigSum, other: unknown): void {
  checkSum(other, 'other')
  if (other.parity.join() !== u.parity.join()) refuse('other', `of parity ${u.parity}`, `${other.parity}`)
}

export function checkParity(parity: unknown, label: string): Parity[] {
  if (!Array.isArray(parity)) refuse(label, "an array of 'sin' and 'cos', one an axis", show(parity), 'type')
  if (parity.length < 1 || parity.length > 30) refuse(label, 'of length 1 to 30', `length ${parity.length}`)
  return Array.from(parity, (p, j) =>
    p === 'sin' || p === 'cos' ? p : refuse(`${label}[${j}]`, "'sin' or 'cos'", show(p)),
  )
}

/** The parity of functions that satisfy the conditions. */
export const parityOf = (boundary: readonly Condition[]): Parity[] =>
  boundary.map((condition) => (condition === 'dirichlet' ? 'sin' : 'cos'))

const LARGEST_FREQUENCY = 1_000_000

function intake(parity: readonly Parity[], rows: ArrayLike<ArrayLike<number>>, values: VectorLike) {
  const axes = checkParity(parity, 'parity')
  const d = axes.length
  if (typeof rows !== 'object' || rows === null || !Number.isSafeInteger(rows.length))
    refuse('frequencies', 'an array of rows', show(rows), 'type')
  const n = rows.length
  const given =
    n === 0 && (values as ArrayLike<number> | null)?.length === 0
      ? new Float64Array(0)
      : vectorCopy(values, 'coefficients', { length: n })
  const flat = new Int32Array(n * d)
  for (let t = 0; t < n; t++) {
    const row = vector(rows[t], `frequencies[${t}]`, { length: d })
    for (let j = 0; j < d; j++)
      flat[t * d + j] = number(row[j], `frequencies[${t}][${j}]`, {
        integer: true,
        min: axes[j] === 'sin' ? 1 : 0,
        max: LARGEST_FREQUENCY,
      })
  }
  const order = Int32Array.from({ length: n }, (_, t) => t).sort((s, t) => {
    for (let j = 0; j < d; j++) {
      const difference = flat[s * d + j] - flat[t * d + j]
      if (difference !== 0) return difference
    }
    return s - t
  })
  const kept: number[] = []
  const sums: number[] = []
  for (const t of order) {
    const last = kept.at(-1)
    const same = last !== undefined && flat.subarray(t * d, t * d + d).every((w, j) => w === flat[last * d + j])
    if (same) sums[sums.length - 1] += given[t]
    else {
      kept.push(t)
      sums.push(given[t])
    }
  }
  return { parity: axes, frequencies: rowsOf(flat, d, kept), coefficients: Float64Array.from(sums) }
}

/** u + factor * v of the same parity, by merging sorted keys. */
export function combine(u: TrigSum, v: TrigSum, factor: number): TrigSum {
  if (v.terms === 0) return u
  const d = u.dimension
  const { pack, unpack } = packer(d, Math.max(largest(u.frequencies), largest(v.frequencies)))
  const [a, b] = [pack(u.frequencies), pack(v.frequencies)]
  const keys = new Float64Array(a.length + b.length)
  const values = new Float64Array(keys.length)
  let n = 0
  for (let i = 0, j = 0; i < a.length || j < b.length; n++) {
    const left = i < a.length && (j >= b.length || a[i] <= b[j])
    const right = j < b.length && (i >= a.length || b[j] <= a[i])
    keys[n] = left ? a[i] : b[j]
    values[n] = (left ? u.coefficients[i] : 0) + (right ? factor * v.coefficients[j] : 0)
    if (left) i++
    if (right) j++
  }
  return trusted(u.parity, unpack(keys.subarray(0, n)), values.slice(0, n))
}

function innerProduct(u: TrigSum, v: TrigSum): number {
  const { pack } = packer(u.dimension, Math.max(largest(u.frequencies), largest(v.frequencies)))
  const [a, b] = [pack(u.frequencies), pack(v.frequencies)]
  const masses = massesOf(u)
  let total = 0
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) {
      total += masses[i] * u.coefficients[i] * v.coefficients[j]
      i++
      j++
    } else if (a[i] < b[j]) i++
    else j++
  }
  return total
}

function cut(u: TrigSum, budget: number): { kept: TrigSum; dropped: number } {
  const squares = u.squares()
  const weights = u.coefficients.map((c, t) => Math.abs(c) * (1 + Math.sqrt(squares[t])))
  const order = Int32Array.from(weights, (_, t) => t).sort((s, t) => weights[s] - weights[t] || s - t)
  const keep = new Uint8Array(u.terms).fill(1)
  let dropped = 0
  for (const t of order) {
    if (!(dropped + weights[t] <= budget)) break
    dropped += weights[t]
    keep[t] = 0
  }
  const rows = Array.from(keep.keys()).filter((t) => keep[t] === 1)
  if (rows.length === u.terms) return { kept: u, dropped }
  const kept = trusted(
    u.parity,
    rowsOf(u.frequencies, u.dimension, rows),
    Float64Array.from(rows, (t) => u.coefficients[t]),
  )
  return { kept, dropped }
}

/** Values at n points: each axis has a table of its factors, a column for each frequency that occurs. */
export function evaluate(u: TrigSum, points: Float64Array, n: number): Float64Array {
  const { dimension: d, frequencies, coefficients, parity } = u
  const tables: Float64Array[][] = parity.map((p, axis) => {
    const wave = p === 'sin' ? sin : cos
    const columns: Float64Array[] = []
    for (let t = 0; t < u.terms; t++) {
      const w = frequencies[t * d + axis]
      columns[w] ??= Float64Array.from({ length: n }, (_, i) => wave(Math.PI * w * points[i * d + axis]))
    }
    return columns
  })
  const out = new Float64Array(n)
  const factor = new Float64Array(n)
  for (let t = 0; t < u.terms; t++) {
    factor.fill(coefficients[t])
    for (let axis = 0; axis < d; axis++) {
      const w = frequencies[t * d + axis]
      if (w === 0) continue
      const column = tables[axis][w]
      for (let i = 0; i < n; i++) factor[i] *= column[i]
    }
    for (let i = 0; i < n; i++) out[i] += factor[i]
  }
  return out
}
