import { log, number, options, refuse, show } from '@opt/core'

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

type Constants<K extends string> = Record<K, number>

function check(name: string, constants: Record<string, number | undefined>, mayBeZero: string[]): void {
  for (const [key, value] of Object.entries(constants)) {
    const zero = mayBeZero.includes(key)
    number(value, `bounds.${name}: ${key}`, zero ? { nonnegative: true } : { positive: true })
  }
}

/**
 * Bounds the expected regret of seaConvex with its default delta:
 *
 *     5 sqrt(10) D^2 L + (5 sqrt 5 / 2) D G + 5 sqrt 2 D sqrt(sigma2) + 5 D sqrt(Sigma2)
 */
function convex(c: Constants<'D' | 'G' | 'L' | 'sigma2' | 'Sigma2'>): number {
  check('convex', pick(c, ['D', 'G', 'L', 'sigma2', 'Sigma2']), ['sigma2', 'Sigma2'])
  const { D, G, L, sigma2, Sigma2 } = c
  return (
    5 * Math.sqrt(10) * D * D * L +
    ((5 * Math.sqrt(5)) / 2) * D * G +
    5 * Math.SQRT2 * D * Math.sqrt(sigma2) +
    5 * D * Math.sqrt(Sigma2)
  )
}

/**
 * Bounds the expected regret of seaStrong, with a = 2 sigmaMax2 + SigmaMax2 and A = 2 sigma2 + Sigma2:
 *
 *     (16 a / lambda)(1 + ln(1 + A/a)) + (16 L^2 D^2 / lambda)(1 + ln(1 + 8 sqrt 2 L / lambda))
 *       + 4 G^2 / lambda + lambda D^2 / 4
 */
function strong(c: Constants<'lambda' | 'D' | 'G' | 'L' | 'sigma2' | 'Sigma2' | 'sigmaMax2' | 'SigmaMax2'>): number {
  const zero = ['sigma2', 'Sigma2', 'sigmaMax2', 'SigmaMax2']
  check('strong', pick(c, ['lambda', 'D', 'G', 'L', ...zero]), zero)
  const { lambda, D, G, L, sigma2, Sigma2, sigmaMax2, SigmaMax2 } = c
  const a = 2 * sigmaMax2 + SigmaMax2
  const world = a === 0 ? 0 : ((16 * a) / lambda) * (1 + log(1 + (2 * sigma2 + Sigma2) / a))
  return (
    world +
    ((16 * L * L * D * D) / lambda) * (1 + log(1 + (8 * Math.SQRT2 * L) / lambda)) +
    (4 * G * G) / lambda +
    (lambda * D * D) / 4
  )
}

/**
 * Bounds the expected regret of seaExpConcave:
 *
 *     (16 d / beta) [ln(1 + (beta/d) sigma2 + (beta/2d) Sigma2 + (beta/8d) G^2) + ln(1 + 32 L^2)]
 *       + (1 + beta G^2 / 2) D^2 / 2
 */
function expConcave(c: Constants<'dimension' | 'beta' | 'D' | 'G' | 'L' | 'sigma2' | 'Sigma2'>): number {
  check('expConcave', pick(c, ['dimension', 'beta', 'D', 'G', 'L', 'sigma2', 'Sigma2']), ['sigma2', 'Sigma2'])
  const { dimension: d, beta, D, G, L, sigma2, Sigma2 } = c
  const spread = (beta / d) * sigma2 + (beta / (2 * d)) * Sigma2 + (beta / (8 * d)) * G * G
  return (
    ((16 * d) / beta) * log(1 + spread) +
    ((16 * d) / beta) * log(1 + 32 * L * L) +
    ((1 + (beta * G * G) / 2) * D * D) / 2
  )
}

/**
 * Bounds the expected dynamic regret of seaDynamic with a pool of N steps, with C = 3 D sqrt(ln N) + 3 sqrt((D^2
 * + 2 D P) / 2) and P the path length:
 *
 *     C (sqrt(8 sigma2) + 2 sqrt(Sigma2) + G) + L C^2
 *       + 8 D^2 L ln N + 2 D G sqrt(ln N) + 8 L (D^2 + 2 D P)
 */
function dynamic(c: Constants<'D' | 'G' | 'L' | 'sigma2' | 'Sigma2' | 'pathLength' | 'poolSize'>): number {
  const zero = ['sigma2', 'Sigma2', 'pathLength']
  check('dynamic', pick(c, ['D', 'G', 'L', 'poolSize', ...zero]), zero)
  const { D, G, L, sigma2, Sigma2, pathLength: P, poolSize: N } = c
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
}

/**
 * Bounds the expected regret of oftrl (Sachs et al. 2022, with 6 for the printed 4 in front of D^2 G^2 / nu):
 *
 *     6 D sqrt(sigma2) + 3 sqrt 2 D sqrt(Sigma2) + (3 sqrt 2 / 2) D G + nu
 *       + (6 D^2 G^2 + 9 L^2 D^4) / nu
 */
function oftrl(c: Constants<'nu' | 'D' | 'G' | 'L' | 'sigma2' | 'Sigma2'>): number {
  check('oftrl', pick(c, ['nu', 'D', 'G', 'L', 'sigma2', 'Sigma2']), ['sigma2', 'Sigma2'])
  const { nu, D, G, L, sigma2, Sigma2 } = c
  return (
    6 * D * Math.sqrt(sigma2) +
    3 * Math.SQRT2 * D * Math.sqrt(Sigma2) +
    ((3 * Math.SQRT2) / 2) * D * G +
    nu +
    (6 * D * D * G * G + 9 * L * L * D * D * D * D) / nu
  )
}

/**
 * Bounds the expected regret of oftl, as printed by Sachs et al. 2022:
 *
 *     (1/mu)(8 sigmaMax2 + 4 SigmaMax2) ln T + (4 D^2 L^2 / mu) ln(1 + 16 L / mu)
 */
function oftl(c: Constants<'mu' | 'D' | 'L' | 'sigmaMax2' | 'SigmaMax2' | 'rounds'>): number {
  check('oftl', pick(c, ['mu', 'D', 'L', 'rounds', 'sigmaMax2', 'SigmaMax2']), ['sigmaMax2', 'SigmaMax2'])
  const { mu, D, L, sigmaMax2, SigmaMax2, rounds } = c
  return ((8 * sigmaMax2 + 4 * SigmaMax2) / mu) * log(rounds) + ((4 * D * D * L * L) / mu) * log(1 + (16 * L) / mu)
}

const pick = (c: object, keys: string[]) =>
  Object.fromEntries(keys.map((key) => [key, (c as Record<string, number | undefined>)[key]]))

/** Makes a bound that checks its argument and refuses to overflow. */
const finite =
  <C extends object>(name: string, bound: (constants: C) => number) =>
  (constants: C): number => {
    const value = bound(options(constants, `bounds.${name}: constants`))
    if (!Number.isFinite(value))
      refuse(`bounds.${name}: constants`, 'such that the bound is a finite number', show(value))
    return value
  }

/**
 * The bounds as functions of D, the domain's diameter; G, the largest gradient norm; L, the smoothness; sigma2
 * and Sigma2 as in {@link World}. All except those of oftrl and oftl are derived in this package with explicit
 * constants; the paper's have the same form.
 *
 * @throws TypeError or RangeError when a constant is missing or out of range, or the bound overflows.
 */
export const bounds: {
  convex: typeof convex
  strong: typeof strong
  expConcave: typeof expConcave
  dynamic: typeof dynamic
  oftrl: typeof oftrl
  oftl: typeof oftl
} = {
  convex: finite('convex', convex),
  strong: finite('strong', strong),
  expConcave: finite('expConcave', expConcave),
  dynamic: finite('dynamic', dynamic),
  oftrl: finite('oftrl', oftrl),
  oftl: finite('oftl', oftl),
}
