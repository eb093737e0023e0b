import { number, type Report, refuse, type Solver, show, solver, vector } from '@opt/core'
import { inner, squaredDistance } from '@opt/sets/parts'
import { checkDomain } from './domain.ts'
import type { Environment } from './environments/environment.ts'
import type { Learner } from './learner.ts'

/** What {@link play} reports after a round; every sum is over the rounds so far. */
export interface PlayReport extends Report {
  round: number
  /** sum F_s(x_s). */
  loss: number
  /** The pseudo-regret sum F_s(x_s) - F_s(u), u the best fixed point for all rounds of the environment. */
  regret: number
  /** The same with the losses drawn and the best point for them. */
  realizedRegret: number
  /** sum <g_s, x_s - u> with that point, which the certificate bounds. */
  linearRegret: number
  /** The regret against the minimiser of each F_s, where the environment knows it. */
  dynamicRegret: number | undefined
  /** sum ||g_s - g_{s-1}||^2. */
  V: number
  certificate: number | undefined
  /** The learner's bound with the environment's sigma2 and Sigma2 so far. */
  bound: number | undefined
}

/** Options of {@link play}. */
export interface PlayOptions {
  /** Default: all that the environment has. */
  rounds?: number
  /** Rounds between reports; the last round always reports. Default: such that there are at most 1000. */
  every?: number
}

/** The last report of {@link play}, and both fixed comparators. */
export interface PlayAnswer extends PlayReport {
  comparator: Float64Array
  realizedComparator: Float64Array
}

/**
 * Lets a learner play in an environment; the learner continues from where it is.
 *
 * ```ts
 * const { regret, certificate, history } = play(learner, environments.iid(random(1), { rounds: 4000 }))
 * ```
 *
 * @throws RangeError when the dimensions differ, or more rounds are asked for than the environment has.
 */
export const play: Solver<[learner: Learner, environment: Environment, options: PlayOptions], PlayReport, PlayAnswer> =
  solver(
    'play',
    function* (learner, environment, options) {
      const { rounds, every } = checkArguments(learner, environment, options)
      const rule = { length: environment.domain.dimension }
      const u = vector(environment.comparator()?.x, 'environment.comparator().x', rule)
      const realized = vector(environment.realizedComparator()?.x, 'environment.realizedComparator().x', rule)
      const noise = vector(environment.noise, 'environment.noise')
      const drift = vector(environment.drift, 'environment.drift')
      const lossAt = (what: 'expected' | 'loss', t: number, x: Float64Array) => {
        const value = environment[what](t, x)
        return Number.isFinite(value) ? value : number(value, `environment.${what}(${t}, x)`)
      }
      const previous = new Float64Array(u.length)
      const { G, L } = environment
      const world = { sigma2: 0, Sigma2: 0, sigmaMax2: 0, SigmaMax2: 0, G, L }
      const sums = { loss: 0, regret: 0, realizedRegret: 0, linearRegret: 0, dynamicRegret: 0, V: 0 }

      for (let t = 1; ; t++) {
        const x = learner.predict()
        const expected = lossAt('expected', t, x)
        sums.loss += expected
        sums.regret += expected - lossAt('expected', t, u)
        sums.realizedRegret += lossAt('loss', t, x) - lossAt('loss', t, realized)
        if (environment.minimizer) sums.dynamicRegret += expected - lossAt('expected', t, environment.minimizer(t))
        const g = environment.gradient(t, x)
        if (g?.length !== u.length) refuse('environment.gradient(t, x)', `${u.length} numbers`, show(g))
        sums.linearRegret += inner(g, x) - inner(g, realized)
        sums.V += squaredDistance(g, previous)
        previous.set(g)
        learner.update(g)
        world.sigma2 += noise[t - 1]
        world.Sigma2 += drift[t - 1]
        world.sigmaMax2 = Math.max(world.sigmaMax2, noise[t - 1])
        world.SigmaMax2 = Math.max(world.SigmaMax2, drift[t - 1])
        if (t % every !== 0 && t < rounds) continue
        const report: PlayReport = {
          round: t,
          ...sums,
          dynamicRegret: environment.minimizer ? sums.dynamicRegret : undefined,
          certificate: learner.certificate(),
          bound: learner.bound(world),
        }
        const stop = yield report
        if (stop || t === rounds) return { ...report, comparator: u, realizedComparator: realized }
      }
    },
    { maxIterations: Number.MAX_SAFE_INTEGER, options: ['rounds', 'every'] },
  )

function checkArguments(learner: Learner, environment: Environment, options: PlayOptions): Required<PlayOptions> {
  for (const method of ['predict', 'update', 'certificate', 'bound'] as const)
    if (typeof learner?.[method] !== 'function') refuse('learner', 'a learner', show(learner), 'type')
  for (const method of ['gradient', 'loss', 'expected', 'comparator', 'realizedComparator'] as const)
    if (typeof environment?.[method] !== 'function') refuse('environment', 'an environment', show(environment), 'type')
  checkDomain(learner.domain, 'learner.domain')
  checkDomain(environment.domain, 'environment.domain')
  const most = number(environment.rounds, 'environment.rounds', { integer: true, min: 1 })
  const { rounds = most, every = Math.ceil(rounds / 1000) } = options
  if (!(Number.isSafeInteger(rounds) && rounds >= 1 && rounds <= most))
    refuse('rounds', `an integer from 1 to ${most}`, show(rounds))
  if (!(Number.isSafeInteger(every) && every >= 1)) refuse('every', 'a positive integer', show(every))
  if (learner.domain.dimension !== environment.domain.dimension)
    refuse('learner', `of dimension ${environment.domain.dimension}`, `dimension ${learner.domain.dimension}`)
  return { rounds, every }
}
