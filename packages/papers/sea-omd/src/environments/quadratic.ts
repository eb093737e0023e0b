import { type MatrixLike, matrix, number, options, refuse, show, type VectorLike, vector } from '@opt/core'
import ndarray from 'ndarray'
import type { Box } from '../domains/box.ts'
import { type Domain, takeDomain } from '../domains/domain.ts'
import { comparators } from '../hindsight/comparators.ts'
import type { Comparator } from '../hindsight/over-ball.ts'
import { type Environment, pathOf, quantities } from './environment.ts'

/** What {@link quadratic} is made of. */
export interface QuadraticOptions {
  name?: string
  domain: Domain
  /** The diagonal A >= 0 of the losses' curvature. */
  curvature: VectorLike
  /** c_t, one a row. */
  targets: MatrixLike
  /** xi_t, one a row, of length sigma_t. Default: none. */
  noise?: MatrixLike
  /** sigma_t^2 where the noise is not on a sphere. Default ||xi_t||^2. */
  variances?: VectorLike
  /** Default: the largest gradient anywhere, found coordinate by coordinate. */
  G?: number
}

/**
 * Quadratic losses with noise: the gradient of f_t is A x - c_t + xi_t, that of F_t is A x - c_t.
 *
 * @throws TypeError or RangeError when the shapes do not fit or an entry is not finite.
 */
export function quadratic(given: QuadraticOptions): Environment {
  const { name = 'quadratic', domain, curvature, targets, noise, variances, G } = options(given, 'quadratic: options')
  if (typeof name !== 'string') refuse('quadratic: name', 'a string', show(name), 'type')
  takeDomain(domain, `${name}: domain`)
  const d = domain.dimension
  const A = vector(curvature, `${name}: curvature`, { length: d, sign: 'nonnegative' })
  const c = matrix(targets, `${name}: targets`, { columns: d })
  const rounds = c.shape[0]
  const xi =
    noise === undefined
      ? new Float64Array(rounds * d)
      : matrix(noise, `${name}: noise`, { rows: rounds, columns: d }).data
  const squares = new Float64Array(rounds)
  const drift = new Float64Array(rounds)
  for (let t = 0; t < rounds; t++)
    for (let i = 0; i < d; i++) {
      squares[t] += xi[t * d + i] * xi[t * d + i]
      if (t === 0) continue
      const step = c.data[t * d + i] - c.data[(t - 1) * d + i]
      drift[t] += step * step
    }
  const sigmas =
    variances === undefined ? squares : vector(variances, `${name}: variances`, { length: rounds, sign: 'nonnegative' })
  const worlds = quantities(sigmas, drift)
  const steepest = G === undefined ? steepestOf(domain, A, c.data, xi) : number(G, `${name}: G`, { positive: true })

  if (!(steepest < Infinity && worlds.sigma2 < Infinity && worlds.Sigma2 < Infinity))
    refuse(`${name}: targets and noise`, 'of finite squares', 'more')

  const g = new Float64Array(d)
  const u = new Float64Array(d)
  const value = (t: number, x: Float64Array, noisy: boolean) => {
    let sum = 0
    for (let i = 0, k = (t - 1) * d; i < d; i++, k++)
      sum += x[i] * ((A[i] * x[i]) / 2 - c.data[k] + (noisy ? xi[k] : 0))
    return sum
  }
  const best = (noisy: boolean): Comparator => {
    const b = new Float64Array(d)
    for (let k = 0; k < rounds * d; k++) b[k % d] += c.data[k] - (noisy ? xi[k] : 0)
    return minimise(
      domain,
      A.map((a) => a * rounds),
      b,
    )
  }
  const minimizer = (t: number) => {
    for (let i = 0; i < d; i++) u[i] = A[i] > 0 ? c.data[(t - 1) * d + i] / A[i] : 0
    domain.projectInPlace(u)
    return u
  }
  // Curvatures that differ bend the projection of a free minimiser; on a box they do not.
  const known = A.every((a) => a > 0) && (domain.kind === 'box' || A.every((a) => a === A[0]))
  return {
    ...{ name, domain, rounds, ...worlds },
    G: steepest,
    L: Math.max(...A) || Number.MIN_VALUE,
    gradient(t, x) {
      for (let i = 0, k = (t - 1) * d; i < d; i++, k++) g[i] = A[i] * x[i] - c.data[k] + xi[k]
      return g
    },
    loss: (t, x) => value(t, x, true),
    expected: (t, x) => value(t, x, false),
    comparator: () => best(false),
    realizedComparator: () => best(true),
    ...(known ? { minimizer, pathLength: () => pathOf(minimizer, rounds) } : {}),
  }
}

function minimise(domain: Domain, A: Float64Array, b: Float64Array): Comparator {
  if (domain.kind === 'box') return comparators.separable(domain as Box, A, b)
  const H = ndarray(new Float64Array(A.length * A.length), [A.length, A.length])
  A.forEach((a, i) => {
    H.set(i, i, a)
  })
  return comparators.quadratic(domain, H, b)
}

/** max over rounds of a bound on ||A x - c_t + xi_t|| in the domain: coordinates reach at most the centre's plus the diameter's. */
function steepestOf(domain: Domain, A: Float64Array, c: Float64Array, xi: Float64Array): number {
  const d = A.length
  const centre = vector(domain.center(), 'quadratic: domain.center()', { length: d })
  const [lower, upper] =
    domain.kind === 'box'
      ? [(domain as Box).lower(), (domain as Box).upper()]
      : [centre.map((v) => v - domain.diameter), centre.map((v) => v + domain.diameter)]
  let largest = 0
  for (let t = 0; t * d < c.length; t++) {
    let square = 0
    for (let i = 0; i < d; i++) {
      const b = xi[t * d + i] - c[t * d + i]
      const edge = Math.max(Math.abs(A[i] * lower[i] + b), Math.abs(A[i] * upper[i] + b))
      square += edge * edge
    }
    largest = Math.max(largest, square)
  }
  return Math.sqrt(largest)
}
