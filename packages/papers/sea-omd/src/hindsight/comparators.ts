import { type MatrixLike, matrix, refuse, sigmoid, softplus, sum, type VectorLike, vector } from '@opt/core'
import type { Box } from '@opt/sets'
import { checkBounds, inner, metricTriangle, solveTransposed, solveTriangle } from '@opt/sets/parts'
import { checkDomain, checkHasMetric, type Domain } from '../domain.ts'
import { type Comparator, type OverBallOptions, overBall, type SecondOrder } from './over-ball.ts'

/**
 * The best fixed weights of logistic regression over the ball ||x|| <= radius: minimises sum ln(1 + exp(-y_i
 * z_i'x)).
 *
 * @param Z one example a row.
 * @param y labels -1 and +1.
 * @throws RangeError when a label is not -1 or +1, or the radius is not positive.
 */
export function logistic(Z: MatrixLike, y: VectorLike, options: OverBallOptions): Comparator & { multiplier: number } {
  const examples = examplesOf(Z, y, 'comparators.logistic')
  examples.y.forEach((label, i) => {
    if (label !== 1 && label !== -1) refuse(`comparators.logistic: y[${i}]`, '-1 or +1', String(label))
  })
  const loss = sumOverRows(examples, (m, label, out) => {
    const s = sigmoid(-label * m)
    out.slope = -label * s
    out.curvature = s * (1 - s)
    return softplus(-label * m)
  })
  return overBall(loss, examples.columns, options)
}

/**
 * The best fixed weights of least squares over the ball ||x|| <= radius: minimises sum (z_i'x - y_i)^2 / 2.
 *
 * @param Z one example a row.
 * @throws RangeError when the radius is not positive.
 */
export function leastSquares(
  Z: MatrixLike,
  y: VectorLike,
  options: OverBallOptions,
): Comparator & { multiplier: number } {
  const examples = examplesOf(Z, y, 'comparators.leastSquares')
  const loss = sumOverRows(examples, (m, target, out) => {
    out.slope = m - target
    out.curvature = 1
    return (out.slope * out.slope) / 2
  })
  return overBall(loss, examples.columns, options)
}

/**
 * Minimises x'Hx/2 - b'x over a domain, by its metric projection of H^-1 b.
 *
 * @throws RangeError when H is not symmetric positive definite, or the domain is a product.
 */
export function quadratic(domain: Domain, H: MatrixLike, b: VectorLike): Comparator {
  const n = checkDomain(domain, 'comparators.quadratic: domain').dimension
  const { data } = matrix(H, 'comparators.quadratic: H', { rows: n, columns: n })
  const L = metricTriangle(data, n, 'comparators.quadratic: H')
  checkHasMetric(domain, 'comparators.quadratic: domain')
  const slope = vector(b, 'comparators.quadratic: b', { length: n })
  const x = slope.slice()
  solveTransposed(L, x)
  solveTriangle(L, x)
  if (!x.every(Number.isFinite)) refuse('comparators.quadratic: b', 'such that H^-1 b is finite', 'more')
  domain.projectMetricInPlace(x, L)
  const terms = x.map((v, i) => v * (inner(data.subarray(i * n, (i + 1) * n), x) / 2 - slope[i]))
  return withTotal(x, terms, 'quadratic')
}

/**
 * Minimises sum_i (a_i x_i^2 / 2 - b_i x_i) over a box, a_i >= 0, coordinate by coordinate. Where a_i = b_i = 0
 * the entry nearest to 0 is chosen.
 *
 * @throws RangeError when some a_i is negative.
 */
export function separable(domain: Box, a: VectorLike, b: VectorLike): Comparator {
  const [lower, upper] = checkBounds(domain, 'comparators.separable: domain')
  const n = lower.length
  const curvature = vector(a, 'comparators.separable: a', { length: n, sign: 'nonnegative' })
  const slope = vector(b, 'comparators.separable: b', { length: n })
  const x = curvature.map((ai, i) => {
    const free = ai > 0 ? slope[i] / ai : slope[i] === 0 ? 0 : slope[i] > 0 ? Infinity : -Infinity
    return Math.min(Math.max(free, lower[i]), upper[i])
  })
  const terms = x.map((v, i) => v * ((curvature[i] * v) / 2 - slope[i]))
  return withTotal(x, terms, 'separable')
}

/** Checks that a comparator's loss, the sum of these terms, does not overflow. */
function withTotal(x: Float64Array, terms: Float64Array, name: string): Comparator {
  const total = sum(terms)
  if (!Number.isFinite(total)) refuse(`comparators.${name}: b`, 'such that the loss is a finite number', String(total))
  return { x, total }
}

/** One example a row, with its label or target. */
interface Examples {
  Z: Float64Array
  y: Float64Array
  columns: number
}

function examplesOf(Z: MatrixLike, y: VectorLike, name: string): Examples {
  const { data, shape } = matrix(Z, `${name}: Z`)
  return { Z: data, y: vector(y, `${name}: y`, { length: shape[0] }), columns: shape[1] }
}

/**
 * Sums loss(z_i'x, y_i) over the rows; `loss` returns its value and writes its slope and curvature in the margin
 * z_i'x.
 */
function sumOverRows(
  { Z, y, columns: d }: Examples,
  loss: (margin: number, y: number, out: { slope: number; curvature: number }) => number,
): SecondOrder {
  const out = { slope: 0, curvature: 0 }
  return (x, gradient, hessian, stride) => {
    gradient.fill(0)
    for (let i = 0; i < d; i++) for (let j = 0; j <= i; j++) hessian[i * stride + j] = 0
    let total = 0
    for (let row = 0; row < y.length; row++) {
      const z = Z.subarray(row * d, (row + 1) * d)
      total += loss(inner(z, x), y[row], out)
      for (let i = 0; i < d; i++) {
        if (z[i] === 0) continue
        gradient[i] += out.slope * z[i]
        const c = out.curvature * z[i]
        for (let j = 0; j <= i; j++) hessian[i * stride + j] += c * z[j]
      }
    }
    return total
  }
}
