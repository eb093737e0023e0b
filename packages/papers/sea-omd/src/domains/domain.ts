import { type MatrixLike, matrix, number, refuse, show, type VectorLike, vector, vectorCopy } from '@opt/core'
import { type Triangle, triangleOf } from '../linear/triangle.ts'
import { largest } from '../linear/vectors.ts'

/** A closed, bounded, convex set that a learner plays in. */
export interface Domain {
  readonly kind: 'ball' | 'box' | 'simplex' | 'product'
  readonly dimension: number
  /** The largest distance between two of its points. */
  readonly diameter: number
  /** A fresh copy of its centre: where learners start unless told otherwise. */
  center(): Float64Array
  /**
   * Whether x breaks no constraint by more than `tolerance`, absolute. Default 1e-9 times the set's size, the larger of its diameter
   * and its centre's largest entry.
   *
   * @throws RangeError or TypeError when x is no vector of the domain's dimension.
   */
  contains(x: VectorLike, tolerance?: number): boolean
  /**
   * The nearest point, argmin ||x - y||, as a new vector.
   *
   * @throws RangeError or TypeError when y is no vector of the domain's dimension.
   */
  project(y: VectorLike): Float64Array
  /**
   * The nearest point in the metric H: argmin (x - y)'H(x - y), as a new vector.
   *
   * @param H symmetric positive definite, dimension x dimension.
   * @throws RangeError when H is not symmetric positive definite, or the domain is a product.
   */
  projectMetric(y: VectorLike, H: MatrixLike): Float64Array
  /** {@link project} for hot loops: y becomes its projection; nothing is checked, nothing allocated. */
  projectInPlace(y: Float64Array): void
  /** {@link projectMetric} for hot loops, in the metric L'L of a lower triangle L without zeros on its diagonal. */
  projectMetricInPlace(y: Float64Array, L: { data: Float64Array; stride: number }): void
  /** Whether y is in the set, to the last bit; never for a simplex, whose plane a computed y misses. Nothing is checked. */
  isInside(y: Float64Array): boolean
}

const METHODS = [
  ...(['center', 'contains', 'project', 'projectMetric'] as const),
  ...(['projectInPlace', 'projectMetricInPlace', 'isInside'] as const),
]

/** Checks that an argument is a domain. */
export function takeDomain<D extends Domain>(domain: D, label: string): D {
  const made =
    typeof domain === 'object' && domain !== null && METHODS.every((method) => typeof domain[method] === 'function')
  if (!made || typeof domain.kind !== 'string') refuse(label, 'a domain', show(domain), 'type')
  number(domain.dimension, `${label}.dimension`, { integer: true, min: 1 })
  number(domain.diameter, `${label}.diameter`, { nonnegative: true })
  return domain
}

/** More would not fit into memory beside a learner. */
const MOST_DIMENSIONS = 1e7

export function takeDimension(value: unknown, label: string): number {
  number(value, label, { integer: true, min: 1 })
  return number(value, label, { max: MOST_DIMENSIONS })
}

/** What a domain does in place. */
export type Geometry = Pick<Domain, 'projectInPlace' | 'projectMetricInPlace' | 'isInside'> & {
  kind: Domain['kind']
  diameter: number
  center: Float64Array
  /** By how much x breaks its worst constraint; 0 or less inside. */
  excess(x: Float64Array): number
}

/** Puts checks and copies round the geometry of a set. */
export function domainOf({ kind, diameter, center, excess, ...inPlace }: Geometry): Domain {
  const dimension = center.length
  if (!(diameter < Infinity)) refuse(`${kind}: diameter`, 'a finite number', String(diameter))
  const size = Math.max(diameter, largest(center))
  return {
    ...{ kind, dimension, diameter, ...inPlace },
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
      const x = vectorCopy(y, `${kind}.projectMetric: y`, { length: dimension })
      const metric = matrix(H, `${kind}.projectMetric: H`, { rows: dimension, columns: dimension })
      inPlace.projectMetricInPlace(x, metricOf(metric.data, dimension, `${kind}.projectMetric: H`))
      return x
    },
  }
}

/** The triangle of a symmetric positive definite matrix; others are refused. */
export function metricOf(H: Float64Array, n: number, label: string): Triangle {
  checkSymmetric(H, n, label)
  return triangleOf(H, n) ?? refuse(label, 'positive definite', 'a matrix that is not')
}

function checkSymmetric(H: Float64Array, n: number, label: string): void {
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) {
      const [a, b] = [H[i * n + j], H[j * n + i]]
      if (Math.abs(a - b) > 1e-9 * Math.max(Math.abs(a), Math.abs(b), Math.abs(H[i * n + i])))
        refuse(label, 'symmetric', `H[${i}][${j}] = ${a} but H[${j}][${i}] = ${b}`)
    }
}
