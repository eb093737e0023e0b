import { type MatrixLike, matrix, number, refuse, show, type VectorLike, vector, vectorCopy } from '@opt/core'
import { type Triangle, triangleOf } from '../linear/triangle.ts'
import { largest } from '../linear/vectors.ts'

/** A closed, bounded, convex set that a learner plays in. */
export interface Domain {
  readonly kind: 'ball' | 'box' | 'simplex' | 'product'
  readonly dimension: number
  /** The largest distance between two points. */
  readonly diameter: number
  /** Returns a fresh copy of its centre, where learners start by default. */
  center(): Float64Array
  /**
   * Returns whether x breaks no constraint by more than `tolerance`, absolute. Default 1e-9 times the set's size,
   * the larger of its diameter and its centre's largest entry.
   *
   * @throws RangeError or TypeError when x is no vector of the domain's dimension.
   */
  contains(x: VectorLike, tolerance?: number): boolean
  /**
   * Returns the nearest point, argmin ||x - y||, as a new vector.
   *
   * @throws RangeError or TypeError when y is no vector of the domain's dimension.
   */
  project(y: VectorLike): Float64Array
  /**
   * Returns the nearest point in the metric H, argmin (x - y)'H(x - y), as a new vector.
   *
   * @param H symmetric positive definite, dimension x dimension.
   * @throws RangeError when H is not symmetric positive definite, or the domain is a product.
   */
  projectMetric(y: VectorLike, H: MatrixLike): Float64Array
  /** {@link project} for hot loops: y becomes its projection; nothing is checked, nothing allocated. */
  projectInPlace(y: Float64Array): void
  /** {@link projectMetric} for hot loops, in the metric L'L of a lower triangle L without zeros on its diagonal. */
  projectMetricInPlace(y: Float64Array, L: Triangle): void
  /**
   * Returns whether y is in the set, exactly; for a simplex always false, since rounding moves points off its
   * plane. Nothing is checked.
   */
  isInside(y: Float64Array): boolean
}

const METHODS = [
  'center',
  'contains',
  'project',
  'projectMetric',
  'projectInPlace',
  'projectMetricInPlace',
  'isInside',
] as const

/** Checks that an argument is a domain. */
export function checkDomain<D extends Domain>(domain: D, label: string): D {
  const hasAll =
    typeof domain === 'object' && domain !== null && METHODS.every((method) => typeof domain[method] === 'function')
  if (!hasAll || typeof domain.kind !== 'string') refuse(label, 'a domain', show(domain), 'type')
  number(domain.dimension, `${label}.dimension`, { integer: true, min: 1 })
  number(domain.diameter, `${label}.diameter`, { nonnegative: true })
  return domain
}

/** A learner in more dimensions would not fit into memory. */
const MOST_DIMENSIONS = 1e7

/** Checks a dimension. */
export function checkDimension(value: unknown, label: string): number {
  number(value, label, { integer: true, min: 1 })
  return number(value, label, { max: MOST_DIMENSIONS })
}

/** What a kind of domain defines; {@link domainOf} adds the rest. */
export type Geometry = Pick<Domain, 'kind' | 'diameter' | 'projectInPlace' | 'projectMetricInPlace' | 'isInside'> & {
  center: Float64Array
  /** Returns by how much x breaks its worst constraint; 0 or less inside. */
  excess(x: Float64Array): number
}

/** Makes a domain of the geometry of a set: checks arguments and copies them. */
export function domainOf({ kind, diameter, center, excess, ...inPlace }: Geometry): Domain {
  const dimension = center.length
  if (!(diameter < Infinity)) refuse(`${kind}: diameter`, 'a finite number', String(diameter))
  const size = Math.max(diameter, largest(center))
  return {
    kind,
    dimension,
    diameter,
    ...inPlace,
    center: () => center.slice(),
    contains(x, tolerance = 1e-9 * size) {
      number(tolerance, `${kind}.contains: tolerance`, { nonnegative: true })
      return excess(vector(x, `${kind}.contains: x`, { length: dimension })) <= tolerance
    },
    project(y) {
      const x = vectorCopy(y, `${kind}.project: y`, { length: dimension })
      inPlace.projectInPlace(x)
      return x
    },
    projectMetric(y, H) {
      const label = `${kind}.projectMetric`
      const x = vectorCopy(y, `${label}: y`, { length: dimension })
      const { data } = matrix(H, `${label}: H`, { rows: dimension, columns: dimension })
      inPlace.projectMetricInPlace(x, metricTriangle(data, dimension, `${label}: H`))
      return x
    },
  }
}

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
