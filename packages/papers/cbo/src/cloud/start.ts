import {
  type MatrixLike,
  matrixCopy,
  number,
  options as optionsOf,
  type Random,
  refuse,
  show,
  type VectorLike,
  vectorCopy,
} from '@opt/core'

/** Bounds on every coordinate, or each; every point at which f is evaluated lies within them. */
export interface Bounds {
  lower?: number | VectorLike | undefined
  upper?: number | VectorLike | undefined
}

/** Particles drawn from a normal distribution. */
export interface NormalStart extends Bounds {
  mean: number | VectorLike
  /** Standard deviation of each coordinate, or of all. Default 1. */
  deviation?: number | VectorLike | undefined
  /** Needed where neither mean nor deviation is a vector. */
  dimension?: number | undefined
}

/** Particles drawn uniformly between bounds. */
export interface UniformStart {
  lower: number | VectorLike
  upper: number | VectorLike
  /** Needed where neither bound is a vector. */
  dimension?: number | undefined
}

/** Particles given one by one. */
export interface CloudStart extends Bounds {
  /** N x d. */
  positions: MatrixLike
}

/** Where the particles start; a vector x stands for `{ mean: x, deviation: 1 }`. */
export type Start = NormalStart | UniformStart | CloudStart | VectorLike

/** A start whose numbers are checked. */
export interface Layout {
  d: number
  lower: Float64Array | undefined
  upper: Float64Array | undefined
  /** The number of given particles. */
  given: number | undefined
  /** Writes n particles. */
  place(X: Float64Array, n: number, draws: StartDraws): void
}

/** What a start draws with. */
export interface StartDraws {
  normals(n: number): Float64Array
  with<T>(draw: (rng: Random) => T): T
}

type PerCoordinate = number | VectorLike | undefined

const isVector = (value: unknown): value is VectorLike =>
  typeof value === 'object' && value !== null && ('length' in value || 'shape' in value || 'rows' in value)

/** Checks a start. */
export function layoutOf(start: Start): Layout {
  if (isVector(start)) return layoutOf({ mean: start })
  const given = optionsOf(start, 'start')
  if (start === undefined || !('positions' in given || 'mean' in given || ('lower' in given && 'upper' in given)))
    refuse('start', 'a vector, or an object with mean, positions, or lower and upper', show(start), 'type')
  const { lower, upper } = given as Bounds
  if ('positions' in given) {
    const { data, shape } = matrixCopy(given.positions, 'start.positions')
    const [n, d] = shape as [number, number]
    return { d, ...boundsOf(lower, upper, d), given: n, place: (X) => X.set(data) }
  }
  const { mean, deviation = 1, dimension } = given as NormalStart
  const d = dimensionOf({ mean, deviation, lower, upper }, dimension)
  const bounds = boundsOf(lower, upper, d)
  if (mean === undefined) return { d, ...bounds, given: undefined, place: uniform(bounds.lower!, bounds.upper!) }
  const centre = coordinates(mean, 'start.mean', d)
  const width = coordinates(deviation, 'start.deviation', d)
  width.forEach((v, j) => void number(v, `start.deviation[${j}]`, { nonnegative: true }))
  const place = (X: Float64Array, n: number, draws: StartDraws) => {
    const z = draws.normals(n * d)
    for (let i = 0; i < n * d; i++) X[i] = centre[i % d] + width[i % d] * z[i]
  }
  return { d, ...bounds, given: undefined, place }
}

function uniform(lower: Float64Array, upper: Float64Array): Layout['place'] {
  for (const [name, bound] of Object.entries({ lower, upper }))
    bound.forEach((v, j) => void number(v, `start.${name}[${j}]`))
  return (X, n, draws) =>
    draws.with((rng) => {
      for (let i = 0; i < n * lower.length; i++) X[i] = rng.uniform(lower[i % lower.length], upper[i % lower.length])
    })
}

function dimensionOf(given: Record<string, PerCoordinate>, dimension: number | undefined): number {
  if (dimension !== undefined) return number(dimension, 'start.dimension', { integer: true, min: 1 })
  for (const [name, value] of Object.entries(given))
    if (isVector(value)) return (name.endsWith('er') ? vectorOf : vectorCopy)(value, `start.${name}`).length
  return refuse('start.dimension', 'given where no bound, mean or deviation is a vector', 'none', 'type')
}

function boundsOf(lower: PerCoordinate, upper: PerCoordinate, d: number): Pick<Layout, 'lower' | 'upper'> {
  const low = lower === undefined ? undefined : coordinates(lower, 'start.lower', d)
  const high = upper === undefined ? undefined : coordinates(upper, 'start.upper', d)
  if (low !== undefined && high !== undefined)
    low.forEach((v, j) => {
      if (!(v < high[j])) refuse(`start.lower[${j}]`, `less than start.upper[${j}] = ${high[j]}`, show(v))
    })
  return { lower: low, upper: high }
}

/** Returns one number a coordinate; bounds may be infinite. */
function coordinates(value: number | VectorLike, label: string, d: number): Float64Array {
  const isBound = label.endsWith('er')
  if (typeof value === 'number') {
    if (!(isBound && Math.abs(value) === Infinity)) number(value, label)
    return new Float64Array(d).fill(value)
  }
  const entries = isBound ? vectorOf(value, label) : vectorCopy(value, label)
  if (entries.length !== d) refuse(label, `of length ${d}`, `length ${entries.length}`)
  return entries
}

/** A vector whose entries may be infinite. */
function vectorOf(value: VectorLike, label: string): Float64Array {
  const plain = Array.isArray(value) || ArrayBuffer.isView(value) ? (value as ArrayLike<number>) : undefined
  if (plain === undefined) return vectorCopy(value, label, { infinity: true })
  const finite = Array.from(plain, (v) => (v === -Infinity ? Infinity : v))
  const entries = vectorCopy(finite, label, { infinity: true })
  return entries.map((v, j) => (plain[j] === -Infinity ? -Infinity : v))
}
