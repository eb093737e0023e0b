import { type MatrixLike, matrix, number, refuse, show, type VectorLike, vector, vectorCopy } from '@opt/core'
import { type Triangle, triangleOf } from '../linear/triangle.ts'
import { largest, powerOfTwoNear } from '../linear/vectors.ts'

/** A closed, convex, nonempty set of vectors. */
export interface ConvexSet {
  readonly kind: 'ball' | 'box' | 'simplex' | 'l1Ball' | 'orthant' | 'halfSpace' | 'affineSet' | 'product'
  readonly dimension: number
  /** The largest Euclidean distance between two points; Infinity for an unbounded set. */
  readonly diameter: number
  /**
   * Returns a fresh copy of its centre; of an orthant, a half-space or an affine set its point
   * nearest to 0.
   */
  center(): Float64Array
  /**
   * Returns whether x breaks no constraint by more than `tolerance`, absolute. Default 1e-9 times
   * the set's size, the larger of its diameter and its centre's largest entry; in an unbounded set
   * the largest entry of x counts for the diameter.
   *
   * @throws RangeError or TypeError when x is no vector of the set's dimension.
   */
  contains(x: VectorLike, tolerance?: number): boolean
  /**
   * Returns the nearest point, argmin ||x - y||, as a new vector.
   *
   * @throws RangeError or TypeError when y is no vector of the set's dimension, or the point
   * overflows.
   */
  project(y: VectorLike): Float64Array
  /**
   * Returns the nearest point in the metric H, argmin (x - y)'H(x - y), as a new vector.
   *
   * @param H symmetric positive definite, dimension x dimension.
   * @throws RangeError when H is not symmetric positive definite, the point overflows, or the set
   * is an l1 ball or a product.
   */
  projectMetric(y: VectorLike, H: MatrixLike): Float64Array
  /**
   * Returns the support function, sup <g, x> over the points x of the set; Infinity where it is
   * unbounded in the direction g. Directions within 1e-12, relative, of those in which a half-space
   * or an affine set is bounded count as such.
   *
   * @throws RangeError or TypeError when g is no vector of the set's dimension, or a finite answer
   * overflows.
   */
  support(g: VectorLike): number
  /**
   * {@link project} for hot loops: y becomes its projection; nothing is checked, and nothing as
   * long as y allocated.
   */
  projectInPlace(y: Float64Array): void
  /**
   * {@link projectMetric} for hot loops, in the metric L'L of a lower triangle L without zeros on
   * its diagonal; y becomes its projection. Nothing is checked.
   */
  projectMetricInPlace(y: Float64Array, L: Triangle): void
  /**
   * Returns whether y is in the set, exactly; for a simplex and an affine set always false, since
   * rounding moves points off their planes. Nothing is checked.
   */
  isInside(y: Float64Array): boolean
}

const METHODS = [
  'center',
  'contains',
  'project',
  'projectMetric',
  'support',
  'projectInPlace',
  'projectMetricInPlace',
  'isInside',
] as const

/** Checks that an argument is a convex set. */
export function checkSet<S extends ConvexSet>(set: S, label: string): S {
  const hasAll = typeof set === 'object' && set !== null && METHODS.every((method) => typeof set[method] === 'function')
  if (!hasAll || typeof set.kind !== 'string') refuse(label, 'a convex set', show(set), 'type')
  number(set.dimension, `${label}.dimension`, { integer: true, min: 1 })
  if (set.diameter !== Infinity) number(set.diameter, `${label}.diameter`, { nonnegative: true })
  return set
}

/** Vectors of more entries have a wrong length. */
const MOST_DIMENSIONS = 1e7

/** Checks a dimension. */
export function checkDimension(value: unknown, label: string): number {
  number(value, label, { integer: true, min: 1 })
  return number(value, label, { max: MOST_DIMENSIONS })
}

/** What a kind of set defines; {@link convexSet} adds the rest. */
export type Geometry = Pick<ConvexSet, 'kind' | 'diameter' | 'projectInPlace' | 'projectMetricInPlace' | 'isInside'> & {
  center: Float64Array
  /** Returns the support function at g of the set divided by `unit`. */
  supportAt(g: Float64Array, unit: number): number
  /** Returns by how much x breaks its worst constraint; 0 or less inside. */
  excess(x: Float64Array): number
}

/** Returns the diameter of a bounded set; refuses one that overflows. */
export function finiteDiameter(diameter: number, kind: string): number {
  return diameter < Infinity ? diameter : refuse(`${kind}: diameter`, 'a finite number', String(diameter))
}

/** Makes a set of its geometry: checks arguments and copies them. */
export function convexSet({ kind, diameter, center, excess, supportAt, ...inPlace }: Geometry): ConvexSet {
  const dimension = center.length
  const size = largest(center)
  return {
    kind,
    dimension,
    diameter,
    ...inPlace,
    center: () => center.slice(),
    contains(x, tolerance) {
      const point = vector(x, `${kind}.contains: x`, { length: dimension })
      const width = Math.max(size, diameter < Infinity ? diameter : largest(point))
      const most = tolerance ?? 1e-9 * width
      return excess(point) <= number(most, `${kind}.contains: tolerance`, { nonnegative: true })
    },
    support(g) {
      const direction = vector(g, `${kind}.support: g`, { length: dimension })
      // In units near the largest numbers no product overflows.
      const unit = powerOfTwoNear(Math.max(size, diameter < Infinity ? diameter : 0))
      const steepness = powerOfTwoNear(largest(direction))
      const value = supportAt(
        direction.map((v) => v / steepness),
        unit,
      )
      const scale = unit * steepness
      const result = scale > 0 && scale < Infinity ? value * scale : value * unit * steepness
      if (Math.abs(result) === Infinity && value < Infinity)
        refuse(`${kind}.support: g`, 'such that the answer is in the range of numbers', 'more')
      return result
    },
    project(y) {
      const x = vectorCopy(y, `${kind}.project: y`, { length: dimension })
      inPlace.projectInPlace(x)
      return diameter < Infinity ? x : checkFinite(x, `${kind}.project: y`)
    },
    projectMetric(y, H) {
      const label = `${kind}.projectMetric`
      const x = vectorCopy(y, `${label}: y`, { length: dimension })
      const { data } = matrix(H, `${label}: H`, { rows: dimension, columns: dimension })
      inPlace.projectMetricInPlace(x, metricTriangle(data, dimension, `${label}: H`))
      return diameter < Infinity ? x : checkFinite(x, `${label}: y`)
    },
  }
}

/** A projection onto an unbounded set may overflow. */
const checkFinite = (x: Float64Array, label: string) =>
  x.every(Number.isFinite) ? x : refuse(label, 'such that its projection is finite', 'a point too far away')

/** Returns the triangle of a symmetric positive definite matrix; refuses others. */
export function metricTriangle(H: Float64Array, n: number, label: string): Triangle {
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) {
      const [a, b] = [H[i * n + j], H[j * n + i]]
      if (Math.abs(a - b) > 1e-9 * Math.max(Math.abs(a), Math.abs(b), Math.abs(H[i * n + i])))
        refuse(label, 'symmetric', `H[${i}][${j}] = ${a} but H[${j}][${i}] = ${b}`)
    }
  return triangleOf(H, n) ?? refuse(label, 'positive definite', 'a matrix that is not')
}
