import { type MatrixLike, matrix, refuse, sigmoid, softplus, type VectorLike, vector } from '@opt/core'
import { type Box, takeSides } from '../domains/box.ts'
import { type Domain, metricOf, takeDomain } from '../domains/domain.ts'
import { solveTransposed, solveTriangle } from '../linear/triangle.ts'
import { inner } from '../linear/vectors.ts'
import { type Comparator, type OverBallOptions, overBall, type SecondOrder } from './over-ball.ts'

interface Data {
  Z: Float64Array
  y: Float64Array
  n: number
  d: number
}

function dataOf(Z: MatrixLike, y: VectorLike, name: string): Data {
  const rows = matrix(Z, `${name}: Z`)
  const [n, d] = rows.shape as [number, number]
  return { Z: rows.data, y: vector(y, `${name}: y`, { length: n }), n, d }
}

/** sum_i loss(z_i'x, y_i), from the loss's value, slope and curvature in the margin. */
function overRows(
  { Z, y, n, d }: Data,
  margin: (m: number, y: number, out: { slope: number; curvature: number }) => number,
): SecondOrder {
  const out = { slope: 0, curvature: 0 }
  return (x, gradient, hessian, stride) => {
    gradient.fill(0)
    for (let i = 0; i < d; i++) for (let j = 0; j <= i; j++) hessian[i * stride + j] = 0
    let total = 0
    for (let row = 0; row < n; row++) {
      const z = Z.subarray(row * d, (row + 1) * d)
      total += margin(inner(z, x), y[row], out)
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

/**
 * The best fixed weights of logistic regression over the ball ||x|| <= radius: minimises sum ln(1 + exp(-y_i z_i'x)).
 *
 * @param Z one example a row. @param y labels -1 and +1.
 * @throws RangeError when a label is not -1 or +1, or the radius is not positive.
 */
function logistic(Z: MatrixLike, y: VectorLike, options: OverBallOptions): Comparator & { multiplier: number } {
  const data = dataOf(Z, y, 'comparators.logistic')
  data.y.forEach((label, i) => {
    if (label !== 1 && label !== -1) refuse(`comparators.logistic: y[${i}]`, '-1 or +1', String(label))
  })
  const loss = overRows(data, (m, label, out) => {
    const s = sigmoid(-label * m)
    out.slope = -label * s
    out.curvature = s * (1 - s)
    return softplus(-label * m)
  })
  return overBall(loss, data.d, options)
}

/** The best fixed weights of least squares over the ball ||x|| <= radius: minimises sum (z_i'x - y_i)^2 / 2. */
function leastSquares(Z: MatrixLike, y: VectorLike, options: OverBallOptions): Comparator & { multiplier: number } {
  const data = dataOf(Z, y, 'comparators.leastSquares')
  const loss = overRows(data, (m, target, out) => {
    out.slope = m - target
    out.curvature = 1
    return (out.slope * out.slope) / 2
  })
  return overBall(loss, data.d, options)
}

/** Checks that a comparator's loss does not overflow. */
function finite(total: number, name: string): number {
  if (!Number.isFinite(total)) refuse(`comparators.${name}: b`, 'such that the loss is a finite number', String(total))
  return total
}

/**
 * Minimises x'Hx/2 - b'x over a domain, by its metric projection of H^-1 b.
 *
 * @throws RangeError when H is not symmetric positive definite, or the domain is a product.
 */
function quadratic(domain: Domain, H: MatrixLike, b: VectorLike): Comparator {
  const n = takeDomain(domain, 'comparators.quadratic: domain').dimension
  const metric = matrix(H, 'comparators.quadratic: H', { rows: n, columns: n })
  const L = metricOf(metric.data, n, 'comparators.quadratic: H')
  if (domain.kind === 'product') refuse('comparators.quadratic: domain', 'a ball, box or simplex', 'a product')
  const rhs = vector(b, 'comparators.quadratic: b', { length: n })
  const x = rhs.slice()
  solveTransposed(L, x)
  solveTriangle(L, x)
  if (!x.every(Number.isFinite)) refuse('comparators.quadratic: b', 'such that H^-1 b is finite', 'more')
  domain.projectMetricInPlace(x, L)
  let total = 0
  for (let i = 0; i < n; i++) total += x[i] * (inner(metric.data.subarray(i * n, (i + 1) * n), x) / 2 - rhs[i])
  return { x, total: finite(total, 'quadratic') }
}

/**
 * Minimises sum_i (a_i x_i^2 / 2 - b_i x_i) over a box, a_i >= 0: coordinate by coordinate. A flat coordinate stays nearest to 0.
 *
 * @throws RangeError when some a_i is negative.
 */
function separable(domain: Box, a: VectorLike, b: VectorLike): Comparator {
  const [lower, upper] = takeSides(domain, 'comparators.separable: domain')
  const n = lower.length
  const curvature = vector(a, 'comparators.separable: a', { length: n, sign: 'nonnegative' })
  const slope = vector(b, 'comparators.separable: b', { length: n })
  const x = Float64Array.from(curvature, (ai, i) => {
    const free = ai > 0 ? slope[i] / ai : slope[i] === 0 ? 0 : slope[i] > 0 ? Infinity : -Infinity
    return Math.min(Math.max(free, lower[i]), upper[i])
  })
  return {
    x,
    total: finite(
      x.reduce((sum, v, i) => sum + v * ((curvature[i] * v) / 2 - slope[i]), 0),
      'separable',
    ),
  }
}

/** Exact comparators: the best fixed point in hindsight. */
export const comparators: {
  logistic: typeof logistic
  leastSquares: typeof leastSquares
  quadratic: typeof quadratic
  separable: typeof separable
} = { logistic, leastSquares, quadratic, separable }
