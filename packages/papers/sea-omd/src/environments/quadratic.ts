import { type MatrixLike, matrix, number, options as optionsOf, refuse, show, type VectorLike, vector } from '@opt/core'
import type { Box } from '@opt/sets'
import ndarray from 'ndarray'
import { checkDomain, type Domain } from '../domain.ts'
import * as comparators from '../hindsight/comparators.ts'
import type { Comparator } from '../hindsight/over-ball.ts'
import { type Environment, pathOf, quantities } from './environment.ts'

/** Options of {@link quadratic}. */
export interface QuadraticOptions {
  /** Default 'quadratic'. */
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
  /** Largest gradient norm. Default: a bound on it in the domain, found coordinate by coordinate. */
  G?: number | undefined
}

/**
 * Quadratic losses with noise: the gradient of f_t is A x - c_t + xi_t, that of F_t is A x - c_t.
 *
 * @throws TypeError or RangeError when the shapes do not fit or an entry is not finite.
 */
export function quadratic(options: QuadraticOptions): Environment {
  const {
    name = 'quadratic',
    domain,
    curvature,
    targets,
    noise,
    variances,
    G,
  } = optionsOf(options, 'quadratic: options', ['name', 'domain', 'curvature', 'targets', 'noise', 'variances', 'G'])
  if (typeof name !== 'string') refuse('quadratic: name', 'a string', show(name), 'type')
  checkDomain(domain, `${name}: domain`)
  const d = domain.dimension
  const A = vector(curvature, `${name}: curvature`, { length: d, sign: 'nonnegative' })
  const { data: c, shape } = matrix(targets, `${name}: targets`, { columns: d })
  const rounds = shape[0]
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
      const step = c[t * d + i] - c[(t - 1) * d + i]
      drift[t] += step * step
    }
  const known =
    variances === undefined ? squares : vector(variances, `${name}: variances`, { length: rounds, sign: 'nonnegative' })
  const totals = quantities(known, drift)
  const steepest = G === undefined ? steepestOf(domain, A, c, xi) : number(G, `${name}: G`, { positive: true })
  if (!(steepest < Infinity && totals.sigma2 < Infinity && totals.Sigma2 < Infinity))
    refuse(`${name}: targets and noise`, 'of finite squares', 'more')

  const g = new Float64Array(d)
  const value = (t: number, x: Float64Array, noisy: boolean) => {
    let sum = 0
    for (let i = 0, k = (t - 1) * d; i < d; i++, k++) sum += x[i] * ((A[i] * x[i]) / 2 - c[k] + (noisy ? xi[k] : 0))
    return sum
  }
  const best = (noisy: boolean): Comparator => {
    const b = new Float64Array(d)
    for (let k = 0; k < rounds * d; k++) b[k % d] += c[k] - (noisy ? xi[k] : 0)
    const total = A.map((a) => a * rounds)
    return minimise(domain, total, b)
  }
  return {
    name,
    domain,
    rounds,
    ...totals,
    G: steepest,
    L: Math.max(...A) || Number.MIN_VALUE,
    gradient(t, x) {
      for (let i = 0, k = (t - 1) * d; i < d; i++, k++) g[i] = A[i] * x[i] - c[k] + xi[k]
      return g
    },
    loss: (t, x) => value(t, x, true),
    expected: (t, x) => value(t, x, false),
    comparator: () => best(false),
    realizedComparator: () => best(true),
    ...minimizers(domain, A, c, rounds),
  }
}

/** The minimisers of the F_t, where the projection of a free minimiser is one. */
function minimizers(
  domain: Domain,
  A: Float64Array,
  c: Float64Array,
  rounds: number,
): Pick<Environment, 'minimizer' | 'pathLength'> {
  // Unequal curvatures bend the projection, except onto a box.
  const known = A.every((a) => a > 0) && (domain.kind === 'box' || A.every((a) => a === A[0]))
  if (!known) return {}
  const u = new Float64Array(A.length)
  const minimizer = (t: number) => {
    for (let i = 0; i < u.length; i++) u[i] = c[(t - 1) * u.length + i] / A[i]
    domain.projectInPlace(u)
    return u
  }
  return { minimizer, pathLength: () => pathOf(minimizer, rounds) }
}

/** Minimises x'Ax/2 - b'x over the domain, A diagonal. */
function minimise(domain: Domain, A: Float64Array, b: Float64Array): Comparator {
  if (domain.kind === 'box') return comparators.separable(domain as Box, A, b)
  const H = ndarray(new Float64Array(A.length * A.length), [A.length, A.length])
  A.forEach((a, i) => {
    H.set(i, i, a)
  })
  return comparators.quadratic(domain, H, b)
}

/**
 * Bounds the length of every A x - c_t + xi_t in the domain, where coordinates reach at most the centre's plus
 * the diameter.
 */
function steepestOf(domain: Domain, A: Float64Array, c: Float64Array, xi: Float64Array): number {
  const d = A.length
  const center = vector(domain.center(), 'quadratic: domain.center()', { length: d })
  const [lower, upper] =
    domain.kind === 'box'
      ? [(domain as Box).lower(), (domain as Box).upper()]
      : [center.map((v) => v - domain.diameter), center.map((v) => v + domain.diameter)]
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
