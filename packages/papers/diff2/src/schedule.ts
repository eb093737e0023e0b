import { log, number, oneOf, options as optionsOf, refuse, show } from '@opt/core'
import { epsilonFromRdp } from './accountant/conversion.ts'
import { bisect, fraction, gaussianEpsilon, gaussianMu } from './accountant/gaussian.ts'
import { fixedSizeCurve, ORDERS, rdpGaussian, rdpPoisson } from './accountant/renyi.ts'
import type { LocalSchedule, Multipliers, PrivacySchedule, ScheduleOptions } from './schedule-options.ts'

const OPTIONS = [
  'epsilon',
  'delta',
  'rounds',
  'restart',
  'share',
  'calibration',
  'accounting',
  'local',
  'multipliers',
] as const
const KINDS = ['gradient', 'difference', 'local'] as const

/**
 * Plans the noise of a run: K1 = ceil(R / T) gradients, K2 = R - K1 differences, and, for a client that takes K local steps
 * when it is its turn, (K - 1) ceil(R / P) local differences. Each is a Gaussian mechanism whose noise / sensitivity is
 * fixed, so that all together are one with mu^2 = K1/s1^2 + K2/s2^2 + K3/s3^2, exactly:
 *
 *     s1 = sqrt(K1/u) / mu,   s2 = sqrt(K2/(1 - u)) / mu,   mu = gaussianMu(epsilon, delta)
 *
 * Where local steps sample, s_i = t a_i with a = sqrt(K1/u1), sqrt(K2/u2), q sqrt(K3/u3), and t is the least for which the
 * Renyi accountant stays within the budget.
 *
 * @throws TypeError or RangeError for wrong options, and where the paper's noise does not suffice for the budget.
 */
export function privacySchedule(options: ScheduleOptions): PrivacySchedule {
  return plan(options, 'privacySchedule: ')
}

/** {@link privacySchedule} for other functions, whose errors begin otherwise. */
export function plan(options: ScheduleOptions, name: string): PrivacySchedule {
  const given = optionsOf(options, `${name}options`, OPTIONS)
  const { calibration = 'exact', accounting = 'exact', share = 0.8 } = given
  const delta = fraction(given.delta, `${name}delta`)
  const rounds = number(given.rounds, `${name}rounds`, { integer: true, min: 1, max: 1e9 })
  const restart = number(given.restart, `${name}restart`, { integer: true, min: 1, max: rounds })
  fraction(share, `${name}share`)
  oneOf(calibration, `${name}calibration`, ['exact', 'paper'])
  oneOf(accounting, `${name}accounting`, ['exact', 'renyi'])
  const local = given.local === undefined ? undefined : readLocal(given.local, `${name}local`)
  const shares = local && local.steps > 1 ? local.shares : [share, 1 - share, 1]
  const countsOf = (r: number): number[] => {
    const gradients = Math.ceil(r / restart)
    return [gradients, r - gradients, local ? (local.steps - 1) * local.turns(r) : 0]
  }
  const counts = countsOf(rounds)
  const samples = local !== undefined && local.rate < 1 && counts[2] > 0
  const isGaussian = accounting === 'exact' && !samples
  const orders = samples ? ORDERS : [...ORDERS, ...HIGH_ORDERS]

  /** Returns what some counts of each kind of release cost. */
  const costs = (multipliers: number[]): ((counts: number[]) => number) => {
    if (isGaussian)
      return (n) => gaussianEpsilon(Math.sqrt(n.reduce((s, k, i) => s + over(k, multipliers[i]), 0)), delta)
    const curves = multipliers.map((s, i) =>
      orders.map(counts[i] > 0 ? curveOf(s, i === 2 ? local : undefined) : () => 0),
    )
    return (n) => {
      const rdp = orders.map((_, o) => n.reduce((sum, k, i) => sum + k * curves[i][o], 0))
      return epsilonFromRdp(orders, rdp, delta).epsilon
    }
  }

  const least = samples ? LEAST[local.sampling] : LEAST.all
  let multipliers: number[]
  if (given.multipliers) multipliers = readMultipliers(given.multipliers, counts, least, `${name}multipliers`)
  else {
    const epsilon = number(given.epsilon, `${name}epsilon`, { positive: true, max: 1e6 })
    if (calibration === 'paper') {
      if (local && local.steps > 1) refuse(`${name}calibration`, "'exact' with local steps", "'paper'")
      multipliers = paperMultipliers(epsilon, delta, rounds, restart, counts)
    } else {
      const whole = counts.reduce((sum, k, i) => sum + (k > 0 ? shares[i] : 0), 0)
      const bases = counts.map((k, i) =>
        k > 0 ? Math.sqrt((k * whole) / shares[i]) * (i === 2 ? local!.rate : 1) : Infinity,
      )
      const scaled = (t: number) => bases.map((a, i) => Math.max(t * a, i === 2 ? least : LEAST.all))
      if (!isGaussian) number(epsilon, `${name}epsilon`, { min: leastEpsilon(orders, delta) })
      multipliers = isGaussian
        ? bases.map((a) => (a * (1 + 1e-12)) / gaussianMu(epsilon, delta))
        : scaled(leastFactor((t) => costs(scaled(t))(counts) <= epsilon))
    }
  }
  const cost = costs(multipliers)
  const epsilon = cost(counts)
  if (given.multipliers) {
    if (given.epsilon !== undefined && epsilon > number(given.epsilon, `${name}epsilon`, { positive: true, max: 1e6 }))
      refuse(`${name}epsilon`, `absent, or at least what the multipliers cost, ${epsilon}`, `${given.epsilon}`)
  } else if (calibration === 'paper' && epsilon > given.epsilon!)
    refuse(
      `${name}calibration`,
      "'exact' where restart does not divide rounds",
      "'paper', whose noise does not suffice",
    )
  const [gradient, difference, third] = multipliers
  return {
    multipliers: { gradient, difference, local: third },
    mu: isGaussian ? Math.sqrt(counts.reduce((s, k, i) => s + over(k, multipliers[i]), 0)) : null,
    epsilon,
    events: KINDS.flatMap((kind, i) => {
      if (counts[i] === 0) return []
      const [sampling, rate] = kind === 'local' ? [local!.sampling, local!.rate] : ['all' as const, 1]
      return { kind, sampling: rate < 1 ? sampling : 'all', rate, noiseMultiplier: multipliers[i], count: counts[i] }
    }),
    spent(r, more = {}) {
      const releases = countsOf(number(r, 'spent: rounds', { integer: true, min: 0, max: rounds }))
      const extra = optionsOf(more, 'spent: more', KINDS)
      return cost(
        KINDS.map(
          (kind, i) =>
            releases[i] + number(extra[kind] ?? 0, `spent: more.${kind}`, { integer: true, nonnegative: true }),
        ),
      )
    },
  }
}

/** Returns k / s^2. */
const over = (k: number, s: number): number => (k > 0 ? k / (s * s) : 0)

/** The noise of the authors' code, for alpha = 1 + ceil(2 log(1/delta) / epsilon) and u = 1.25. */
function paperMultipliers(epsilon: number, delta: number, rounds: number, restart: number, counts: number[]): number[] {
  const alpha = paperOrder(epsilon, delta)
  const u = restart === 1 ? 1 : 1.25
  const gradient = Math.sqrt((u * alpha * rounds) / (restart * epsilon))
  return [gradient, counts[1] > 0 ? Math.sqrt((5 * alpha * rounds) / epsilon) : Infinity, Infinity]
}

const paperOrder = (epsilon: number, delta: number) => 1 + Math.ceil((2 * -log(delta)) / epsilon)

/** A {@link LocalSchedule}, complete. */
interface ReadLocal {
  steps: number
  sampling: 'all' | 'fixed' | 'poisson'
  rate: number
  shares: readonly [number, number, number]
  turns: (rounds: number) => number
}

function readLocal(given: LocalSchedule, label: string): ReadLocal {
  const names = ['steps', 'clients', 'sampling', 'rate', 'shares', 'turns'] as const
  const { steps, clients, sampling = 'all', rate = 1, shares = [0.6, 0.1, 0.3], turns } = optionsOf(given, label, names)
  number(steps, `${label}.steps`, { integer: true, min: 1, max: 1e6 })
  number(clients, `${label}.clients`, { integer: true, min: 1 })
  oneOf(sampling, `${label}.sampling`, ['all', 'fixed', 'poisson'])
  number(rate, `${label}.rate`, { min: 1e-9, max: 1 })
  if (sampling === 'all' && rate < 1) refuse(`${label}.rate`, "1 with sampling 'all'", `${rate}`)
  if (!Array.isArray(shares) || shares.length !== 3) refuse(`${label}.shares`, 'three numbers', show(shares), 'type')
  shares.forEach((share, i) => number(share, `${label}.shares[${i}]`, { positive: true, max: 1 }))
  if (turns !== undefined && typeof turns !== 'function') refuse(`${label}.turns`, 'a function', show(turns), 'type')
  const turnsOf = (r: number): number =>
    turns ? number(turns(r), `${label}.turns(${r})`, { integer: true, min: 0, max: r }) : Math.ceil(r / clients)
  return { steps, sampling, rate, shares, turns: turnsOf }
}

function readMultipliers(given: Partial<Multipliers>, counts: number[], least: number, label: string): number[] {
  const values = optionsOf(given, label, KINDS)
  return KINDS.map((kind, i) => {
    const min = kind === 'local' ? least : LEAST.all
    return counts[i] > 0 ? number(values[kind], `${label}.${kind}`, { min, max: 1e9 }) : Infinity
  })
}

/** Returns the Renyi divergence of one release as a function of the order. */
function curveOf(s: number, local: ReadLocal | undefined): (order: number) => number {
  if (!local || local.rate === 1) return (order) => rdpGaussian(s, order)
  if (local.sampling === 'poisson') return (order) => rdpPoisson(local.rate, s, order)
  return fixedSizeCurve(local.rate, s)
}

/** Beyond those of samples: small budgets need them. */
const HIGH_ORDERS = [96, 128, 192, 256, 384, 512, 1024, 2048, 4096, 8192]

/** Returns a budget that Renyi divergences at these orders can keep; below, they would take noise without end. */
const leastEpsilon = (orders: readonly number[], delta: number): number =>
  orders.reduce((least, order) => Math.min(least, epsilonFromRdp([order], [delta], delta).epsilon), Infinity) * 1.1

/** The least multipliers that the accountant knows. */
const LEAST = { all: 1e-3, fixed: 0.1, poisson: 0.02 }

/** Returns the least t for which a condition holds, to 1e-9 of it, and on the side where it holds. */
function leastFactor(holds: (t: number) => boolean): number {
  let t = 1
  while (t < 1e9 && !holds(t)) t *= 2
  while (t > 1e-9 && holds(t / 2)) t /= 2
  return bisect(holds, t / 2, t, 30)
}
