import { callback, calling, number, options, type Random, randomFrom, refuse } from '@opt/core'
import { checked } from './checked.ts'
import type { Constants, Lagrangian, Points } from './types.ts'

/** Options of {@link customLagrangian}. */
export interface CheckOptions {
  /** d. Default 2. */
  dimension?: number | undefined
  /** The values that are tried lie in [-uMax, uMax]. Default 1. */
  uMax?: number | undefined
  /** The gradients' entries that are tried lie in [-pMax, pMax]/sqrt(d). Default 1. */
  pMax?: number | undefined
  /** How many random points are tried. Default 64. */
  samples?: number | undefined
  /** An integer, or a generator to draw from. Default 0. */
  seed?: number | Random | undefined
}

/** Relative accuracy of a derivative that passes: central differences with steps of 1e-5 reach 1e-9. */
const ACCURACY = 1e-5
const STEP = 1e-5

/**
 * Checks a Lagrangian of one's own at random points and returns it, frozen: derivatives against central differences of the
 * value, the Hessian against those of the derivatives and, in random directions, against the constants, which includes
 * convexity. Solvers check an unknown Lagrangian themselves with the default options; a check here may cover larger
 * values.
 *
 * @throws TypeError when a function is missing; RangeError when a result is not finite, a derivative is wrong, a
 *   constant is broken, or lambda is not positive.
 */
export function customLagrangian(definition: Lagrangian, given?: CheckOptions): Lagrangian {
  return calling(
    'customLagrangian',
    () => {
      const own = options(given, 'options', ['dimension', 'uMax', 'pMax', 'samples', 'seed'])
      const { dimension = 2, uMax = 1, pMax = 1, samples: n = 64, seed = 0 } = own
      number(dimension, 'dimension', { integer: true, min: 1, max: 30 })
      number(uMax, 'uMax', { positive: true })
      number(pMax, 'pMax', { positive: true })
      number(n, 'samples', { integer: true, min: 1, max: 100_000 })
      options(definition, 'lagrangian')
      for (const name of ['value', 'slopes', 'hessian', 'constants'] as const)
        callback(definition[name], `lagrangian.${name}`)
      if (definition.divergence !== undefined) callback(definition.divergence, 'lagrangian.divergence')
      const rng = randomFrom(seed, 'seed')
      const draw = (size: number) => Float64Array.from({ length: n }, () => rng.uniform(-size, size))
      const at: Points = {
        n,
        x: fields(dimension, () => Float64Array.from({ length: n }, () => rng.uniform(0.01, 0.99))),
        u: draw(uMax),
        p: fields(dimension, () => draw(pMax / Math.sqrt(dimension))),
      }
      const v = draw(1)
      const q = fields(dimension, () => draw(1))
      const constants = checkConstants(definition.constants({ uMax, pMax }))
      checkDerivatives(definition, at, v, q)
      checkConvexity(definition, at, v, q, constants)
      const { name = 'custom', divergence } = definition
      return checked(
        {
          name,
          value: (points, out) => definition.value(points, out),
          slopes: (points, du, dp) => definition.slopes(points, du, dp),
          hessian: (points, v, q, hu, hp) => definition.hessian(points, v, q, hu, hp),
          ...(divergence && { divergence: (points: Points, out: Float64Array) => definition.divergence!(points, out) }),
          constants: (limits) => checkConstants(definition.constants(limits)),
        },
        dimension,
      )
    },
    true,
  )
}

const fields = (d: number, make: () => Float64Array) => Array.from({ length: d }, make)

function checkConstants(given: Constants): Constants {
  const { lambda, Lambda, mu, Mu } = options(given, 'lagrangian.constants(...)')
  number(lambda, 'lambda', { positive: true })
  number(mu, 'mu', { nonnegative: true })
  if (Lambda !== Infinity) number(Lambda, 'Lambda', { min: lambda })
  if (Mu !== Infinity) number(Mu, 'Mu', { min: mu })
  return { lambda, Lambda, mu, Mu }
}

const words = ({ x, u, p }: Points, i: number) =>
  `x = [${x.map((xj) => xj[i].toPrecision(3))}], u = ${u[i].toPrecision(3)}, p = [${p.map((pj) => pj[i].toPrecision(3))}]`

/** Refuses a derivative that differs from its central difference. */
function compare(label: string, at: Points, found: Float64Array, low: Float64Array, high: Float64Array): void {
  for (let i = 0; i < at.n; i++) {
    const difference = (high[i] - low[i]) / (2 * STEP)
    // What rounding of the two values does to the difference.
    const rounding = (1e-12 * (Math.abs(low[i]) + Math.abs(high[i]))) / STEP
    const size = Math.max(1, Math.abs(difference), Math.abs(found[i]))
    if (!(Math.abs(difference - found[i]) <= ACCURACY * size + rounding))
      refuse(label, `${difference.toPrecision(6)}, the difference quotient, at ${words(at, i)}`, `${found[i]}`)
  }
}

/** The points moved along (v, q) by `step`. */
function moved(at: Points, v: Float64Array, q: readonly Float64Array[], step: number): Points {
  const along = (base: Float64Array, way: Float64Array) => base.map((value, i) => value + step * way[i])
  return { ...at, u: along(at.u, v), p: at.p.map((pj, j) => along(pj, q[j])) }
}

function checkDerivatives(L: Lagrangian, at: Points, v: Float64Array, q: readonly Float64Array[]): void {
  const [n, d] = [at.n, at.p.length]
  const value = (points: Points) => {
    const out = new Float64Array(n)
    L.value(points, out)
    return out
  }
  const slopes = (points: Points) => {
    const out = { du: new Float64Array(n), dp: fields(d, () => new Float64Array(n)) }
    L.slopes(points, out.du, out.dp)
    return out
  }
  const none = new Float64Array(n)
  const one = new Float64Array(n).fill(1)
  const still = fields(d, () => none)
  const { du, dp } = slopes(at)
  compare('L_u', at, du, value(moved(at, one, still, -STEP)), value(moved(at, one, still, STEP)))
  for (let j = 0; j < d; j++) {
    const way = still.map((zero, k) => (k === j ? one : zero))
    compare(`L_p[${j}]`, at, dp[j], value(moved(at, none, way, -STEP)), value(moved(at, none, way, STEP)))
  }
  const hu = new Float64Array(n)
  const hp = fields(d, () => new Float64Array(n))
  L.hessian(at, v, q, hu, hp)
  const [low, high] = [-STEP, STEP].map((step) => slopes(moved(at, v, q, step)))
  compare('the Hessian product, in u,', at, hu, low.du, high.du)
  for (let j = 0; j < d; j++) compare(`the Hessian product, in p[${j}],`, at, hp[j], low.dp[j], high.dp[j])
  const divergence = new Float64Array(n)
  L.divergence?.(at, divergence)
  const [before, after] = [new Float64Array(n), new Float64Array(n)]
  for (let j = 0; j < d; j++)
    for (const [step, sum] of [
      [-STEP, before],
      [STEP, after],
    ] as const) {
      const x = at.x.map((xj, k) => (k === j ? xj.map((value) => value + step) : xj))
      const shifted = slopes({ ...at, x }).dp[j]
      for (let i = 0; i < n; i++) sum[i] += shifted[i]
    }
  compare('the divergence of L_p in x', at, divergence, before, after)
}

function checkConvexity(
  L: Lagrangian,
  at: Points,
  v: Float64Array,
  q: readonly Float64Array[],
  { lambda, Lambda, mu, Mu }: Constants,
): void {
  const [n, d] = [at.n, at.p.length]
  const hu = new Float64Array(n)
  const hp = fields(d, () => new Float64Array(n))
  // A mixed direction, one of u alone, and one of each p_j alone: u and p may be of any relative size.
  const none = new Float64Array(n)
  const ways = [
    [v, q],
    [v, q.map(() => none)],
    ...q.map((_, j) => [none, q.map((qk, k) => (k === j ? qk : none))] as const),
  ] as const
  for (const [way, field] of ways) {
    L.hessian(at, way, field, hu, hp)
    for (let i = 0; i < n; i++) {
      let curvature = way[i] * hu[i]
      let size = 0
      for (let j = 0; j < d; j++) {
        curvature += field[j][i] * hp[j][i]
        size += field[j][i] * field[j][i]
      }
      const least = mu * way[i] * way[i] + lambda * size
      const most = (way[i] === 0 ? 0 : Mu * way[i] * way[i]) + (size === 0 ? 0 : Lambda * size)
      const slack = 1e-9 * Math.max(Math.abs(curvature), least)
      if (!(curvature >= least - slack && curvature <= most + slack))
        refuse(
          'the second derivative of L',
          `between ${least.toPrecision(6)} and ${most.toPrecision(6)}, what the constants say, at ${words(at, i)}`,
          `${curvature}`,
        )
    }
  }
}
