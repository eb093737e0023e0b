import { log, number, options as optionsOf, refuse, show } from '@opt/core'

/** The SEA model's quantities over T rounds. */
export interface World {
  /** E sum_t max_x E||grad f_t(x) - grad F_t(x)||^2: how noisy the world is. */
  sigma2: number
  /** E sum_{t>=2} sup_x ||grad F_t(x) - grad F_{t-1}(x)||^2: how fast it moves. */
  Sigma2: number
  /** The largest term of sigma2; strongly convex bounds need it. */
  sigmaMax2?: number
  /** The largest term of Sigma2; strongly convex bounds need it. */
  SigmaMax2?: number
  /** Largest gradient norm of the world, for learners without this option. */
  G?: number
  /** Smoothness of the world, for learners without this option. */
  L?: number
  /** sum_{t>=2} ||u_t - u_{t-1}|| of moving comparators. Default 0. */
  pathLength?: number
}

/**
 * Bounds the expected regret of seaConvex with its default delta:
 *
 *     5 sqrt(10) D^2 L + (5 sqrt 5 / 2) D G + 5 sqrt 2 D sqrt(sigma2) + 5 D sqrt(Sigma2)
 */
export const convex: Bound<'D' | 'G' | 'L' | 'sigma2' | 'Sigma2'> = /* @__PURE__ */ bound(
  'convex',
  ['D', 'G', 'L', 'sigma2', 'Sigma2'],
  ({ D, G, L, sigma2, Sigma2 }) =>
    5 * Math.sqrt(10) * D * D * L +
    ((5 * Math.sqrt(5)) / 2) * D * G +
    5 * Math.SQRT2 * D * Math.sqrt(sigma2) +
    5 * D * Math.sqrt(Sigma2),
)

/**
 * Bounds the expected regret of seaStrong, with a = 2 sigmaMax2 + SigmaMax2 and A = 2 sigma2 + Sigma2:
 *
 *     (16 a / lambda)(1 + ln(1 + A/a)) + (16 L^2 D^2 / lambda)(1 + ln(1 + 8 sqrt 2 L / lambda))
 *       + 4 G^2 / lambda + lambda D^2 / 4
 */
export const strong: Bound<'lambda' | 'D' | 'G' | 'L' | 'sigma2' | 'Sigma2' | 'sigmaMax2' | 'SigmaMax2'> =
  /* @__PURE__ */ bound(
    'strong',
    ['lambda', 'D', 'G', 'L', 'sigma2', 'Sigma2', 'sigmaMax2', 'SigmaMax2'],
    ({ lambda, D, G, L, sigma2, Sigma2, sigmaMax2, SigmaMax2 }) => {
      const a = 2 * sigmaMax2 + SigmaMax2
      const world = a === 0 ? 0 : ((16 * a) / lambda) * (1 + log(1 + (2 * sigma2 + Sigma2) / a))
      return (
        world +
        ((16 * L * L * D * D) / lambda) * (1 + log(1 + (8 * Math.SQRT2 * L) / lambda)) +
        (4 * G * G) / lambda +
        (lambda * D * D) / 4
      )
    },
  )

/**
 * Bounds the expected regret of seaExpConcave:
 *
 *     (16 d / beta) [ln(1 + (beta/d) sigma2 + (beta/2d) Sigma2 + (beta/8d) G^2) + ln(1 + 32 L^2)]
 *       + (1 + beta G^2 / 2) D^2 / 2
 */
export const expConcave: Bound<'dimension' | 'beta' | 'D' | 'G' | 'L' | 'sigma2' | 'Sigma2'> = /* @__PURE__ */ bound(
  'expConcave',
  ['dimension', 'beta', 'D', 'G', 'L', 'sigma2', 'Sigma2'],
  ({ dimension: d, beta, D, G, L, sigma2, Sigma2 }) => {
    const spread = (beta / d) * sigma2 + (beta / (2 * d)) * Sigma2 + (beta / (8 * d)) * G * G
    return (
      ((16 * d) / beta) * log(1 + spread) +
      ((16 * d) / beta) * log(1 + 32 * L * L) +
      ((1 + (beta * G * G) / 2) * D * D) / 2
    )
  },
)

/**
 * Bounds the expected dynamic regret of seaDynamic with a pool of N steps, for a path length P:
 *
 *     C = 3 D sqrt(ln N) + 3 sqrt((D^2 + 2 D P) / 2)
 *     C (sqrt(8 sigma2) + 2 sqrt(Sigma2) + G) + L C^2
 *       + 8 D^2 L ln N + 2 D G sqrt(ln N) + 8 L (D^2 + 2 D P)
 */
export const dynamic: Bound<'D' | 'G' | 'L' | 'poolSize' | 'sigma2' | 'Sigma2' | 'pathLength'> = /* @__PURE__ */ bound(
  'dynamic',
  ['D', 'G', 'L', 'poolSize', 'sigma2', 'Sigma2', 'pathLength'],
  ({ D, G, L, sigma2, Sigma2, pathLength: P, poolSize: N }) => {
    if (!Number.isSafeInteger(N)) refuse('bounds.dynamic: poolSize', 'a positive integer', String(N))
    const path = D * D + 2 * D * P
    const C = 3 * D * Math.sqrt(log(N)) + 3 * Math.sqrt(path / 2)
    return (
      C * (Math.sqrt(8 * sigma2) + 2 * Math.sqrt(Sigma2) + G) +
      L * C * C +
      8 * D * D * L * log(N) +
      2 * D * G * Math.sqrt(log(N)) +
      8 * L * path
    )
  },
)

/**
 * Bounds the expected regret of oftrl (Sachs et al. 2022, with 6 for the printed 4 in front of D^2 G^2 / nu):
 *
 *     6 D sqrt(sigma2) + 3 sqrt 2 D sqrt(Sigma2) + (3 sqrt 2 / 2) D G + nu
 *       + (6 D^2 G^2 + 9 L^2 D^4) / nu
 */
export const oftrl: Bound<'nu' | 'D' | 'G' | 'L' | 'sigma2' | 'Sigma2'> = /* @__PURE__ */ bound(
  'oftrl',
  ['nu', 'D', 'G', 'L', 'sigma2', 'Sigma2'],
  ({ nu, D, G, L, sigma2, Sigma2 }) =>
    6 * D * Math.sqrt(sigma2) +
    3 * Math.SQRT2 * D * Math.sqrt(Sigma2) +
    ((3 * Math.SQRT2) / 2) * D * G +
    nu +
    (6 * D * D * G * G + 9 * L * L * D * D * D * D) / nu,
)

/**
 * Bounds the expected regret of oftl, as printed by Sachs et al. 2022:
 *
 *     (1/mu)(8 sigmaMax2 + 4 SigmaMax2) ln T + (4 D^2 L^2 / mu) ln(1 + 16 L / mu)
 */
export const oftl: Bound<'mu' | 'D' | 'L' | 'rounds' | 'sigmaMax2' | 'SigmaMax2'> = /* @__PURE__ */ bound(
  'oftl',
  ['mu', 'D', 'L', 'rounds', 'sigmaMax2', 'SigmaMax2'],
  ({ mu, D, L, sigmaMax2, SigmaMax2, rounds }) =>
    ((8 * sigmaMax2 + 4 * SigmaMax2) / mu) * log(rounds) + ((4 * D * D * L * L) / mu) * log(1 + (16 * L) / mu),
)

/** A bound as a function of its constants. */
type Bound<K extends string> = (constants: Record<K, number>) => number

/** Constants that may be 0; all others are positive. */
const MAY_BE_ZERO: readonly string[] = ['sigma2', 'Sigma2', 'sigmaMax2', 'SigmaMax2', 'pathLength']

/** Makes a bound that checks its constants and refuses to overflow. */
function bound<const K extends string>(
  name: string,
  keys: readonly K[],
  formula: (constants: Record<K, number>) => number,
): Bound<K> {
  return (constants) => {
    const given = optionsOf(constants, `bounds.${name}: constants`)
    for (const key of keys)
      number(
        given[key],
        `bounds.${name}: ${key}`,
        MAY_BE_ZERO.includes(key) ? { nonnegative: true } : { positive: true },
      )
    const value = formula(given)
    if (!Number.isFinite(value))
      refuse(`bounds.${name}: constants`, 'such that the bound is a finite number', show(value))
    return value
  }
}
