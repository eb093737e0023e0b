import { type CSR, calling, type Matrix, options as optionsOf, vector } from '@opt/core'
import { peakOf, powerBelow, rowsOf } from './data/dataset.ts'
import { checkFeatures, type Features, isSparse, sizeOf } from './data/features.ts'
import type { Plane } from './descent/plane.ts'

/**
 * Computes a'theta + intercept for each example: positive on the positive side of the plane. Values
 * beyond the range of numbers are the largest or smallest ones.
 *
 * @param plane an answer of a solver, or { theta, intercept }.
 * @throws TypeError or RangeError when the features do not fit the plane or are not finite.
 */
export function decision(plane: Plane, features: Features): Float64Array {
  return calling('decision', () => decide(plane, features))
}

/**
 * Predicts the label of each example, +1 or -1; on the plane itself -1.
 *
 * @param plane an answer of a solver, or { theta, intercept }.
 * @throws TypeError or RangeError when the features do not fit the plane or are not finite.
 */
export function predict(plane: Plane, features: Features): Int8Array {
  return calling('predict', () => Int8Array.from(decide(plane, features), (value) => (value > 0 ? 1 : -1)))
}

function decide(plane: Plane, features: Features): Float64Array {
  const { theta, intercept } = optionsOf(plane, 'plane')
  const checked = { theta: vector(theta, 'plane.theta'), intercept: vector([intercept], 'plane.intercept')[0] }
  const rows = checkFeatures(features, 'features', checked.theta.length)
  return decisionsOf([checked], rows, checked.intercept !== 0)[0]
}

/**
 * The decisions of each plane for all rows, with the bits of the margins in training but for powers
 * of two.
 */
export function decisionsOf(planes: readonly Plane[], features: Matrix | CSR, hasIntercept: boolean): Float64Array[] {
  const [n, columns] = sizeOf(features)
  const units = Float64Array.from({ length: n }, (_, i) =>
    powerBelow(
      isSparse(features)
        ? peakOf(features.values, features.indptr[i], features.indptr[i + 1], hasIntercept)
        : peakOf(features.data, i * columns, (i + 1) * columns, hasIntercept),
    ),
  )
  const factors = units.map((unit) => 1 / unit)
  const rows = rowsOf(features, factors, hasIntercept)
  return planes.map(({ theta, intercept }) => {
    const w = hasIntercept ? append(theta, intercept) : theta
    const size = powerBelow(peakOf(w, 0, w.length, false))
    return rows.margins(w.map((v) => v / size)).map((m, i) => inRange(m * units[i] * size, m))
  })
}

/** A product within the range of numbers, with the sign of a margin m. */
const inRange = (product: number, m: number) =>
  product === 0 && m !== 0
    ? Math.sign(m) * Number.MIN_VALUE
    : Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, product))

function append(theta: Float64Array, intercept: number): Float64Array {
  const w = new Float64Array(theta.length + 1)
  w.set(theta)
  w[theta.length] = intercept
  return w
}
