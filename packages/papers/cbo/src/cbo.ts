import { callback, number, refuse, type SolveOptions, type Solver, type Status, show, solver } from '@opt/core'
import { Cloud } from './cloud/cloud.ts'
import { Evaluation, type Objective } from './cloud/evaluation.ts'
import { projectorOf } from './cloud/project.ts'
import { layoutOf, type Start } from './cloud/start.ts'
import { type CboState, isState, loadCloud, saveCloud, sizesOf } from './cloud/state.ts'
import { CBO_OPTIONS, type CboOptions, settingsOf } from './options.ts'
import { stability } from './stability.ts'

/** The report of {@link cbo} on a step. */
export interface CboReport {
  /** The median distance of the particles from the consensus. */
  error: number
  /** The root of the mean square of these distances: a few outliers may make it huge. */
  spread: number
  consensus: Float64Array
  /** The best point evaluated so far, and f there. */
  best: Float64Array
  bestValue: number
  /** How many particles decide: from 1, the best alone, to all of the batch. */
  effectiveSampleSize: number
  /** N. */
  particles: number
  evaluations: number
}

/** The answer of {@link cbo}. */
export interface CboSolution {
  /** The better one of consensus and best, and f there. */
  x: Float64Array
  value: number
  /** The consensus of the last cloud, and f there; NaN when the run was aborted. */
  consensus: Float64Array
  consensusValue: number
  /** The best point evaluated, and f there. */
  best: Float64Array
  bestValue: number
  evaluations: number
  /** How often a particle that did not stay finite was put back to the consensus. */
  resets: number
  /** The cloud, to go on from: a start of the next run. Plain JSON. */
  state: CboState
}

/**
 * Minimises a function by consensus-based optimisation: N particles drift to the mean of their positions under the
 * weights exp(-alpha f), and shake in proportion to their distance from it. A step is
 *
 *     x_i <- x_i - lambda dt (x_i - m) + sigma sqrt(dt) |x_i - m| xi_i - strength dt grad f(x_i)
 *
 * with xi standard normal and |.| entrywise (anisotropic) or the length (isotropic), all from the old x (Pinnau,
 * Totzeck, Tse and Martin 2017; Carrillo, Jin, Li and Zhu 2021; Riedl, Klock, Geldhauser and Fornasier 2023).
 *
 * Values of NaN and Infinity are worse than all others, and a point that has one has weight 0. `tolerance` is compared
 * with the median distance from the consensus.
 *
 * @param f with promises, call `cbo.async`.
 * @param start where the particles are, or the `state` of an earlier answer: the run goes on to the same bits, given
 *   the same options.
 * @throws TypeError or RangeError that names the wrong argument, option, or part of the state; RangeError when f is NaN
 *   or Infinity at every particle of the start.
 */
export const cbo: Solver<[f: Objective, start: Start | CboState, options: CboOptions], CboReport, CboSolution> = solver(
  'cbo',
  function* (f, start, options) {
    const settings = settingsOf(options)
    const { lambda, sigma, dt, isotropic, partial, gradient, gradientStrength, kickBelow, reduction } = settings
    const saved = isState(start) ? start : undefined
    const layout = saved === undefined ? layoutOf(start as Start) : undefined
    const { N, d, ...bounds } = saved ? sizesOf(saved) : { N: sizeOf(layout!.given, options), ...layout! }
    const project = projectorOf(options.project, bounds, d)
    const cloud = new Cloud(N, d, options.random ?? 0, saved?.random, project)
    const batch = number(options.batchSize ?? N, 'batchSize', { integer: true, min: 1 })
    const { signal } = options as SolveOptions<CboReport>
    const evaluation = new Evaluation(f, signal)
    const { onState } = options
    if (onState !== undefined) callback(onState, 'onState')
    const slopes = new Float64Array(gradientStrength > 0 ? N * d : 0)
    let step = 0
    let evaluated = false
    let agreement = { effectiveSampleSize: 0, distance: 0, spread: 0 }

    if (saved === undefined) {
      layout!.place(cloud.X, N, cloud.draws)
      cloud.project()
    } else {
      ;({ step, evaluations: evaluation.count } = loadCloud(cloud, saved, batch))
      if (saved.values !== null) {
        agreement = cloud.agree(settings.alpha, step)
        move()
      }
    }
    for (;;) {
      cloud.choose(batch)
      evaluated = yield* evaluation.at(cloud.copyPoints(), cloud.count, step, cloud.values)
      if (!evaluated) return yield* answer()
      cloud.remember()
      if (cloud.bestValue === Infinity) {
        if (cloud.place + cloud.count >= cloud.order.length) refuseValues(cloud)
        cloud.place += cloud.count
        continue
      }
      agreement = cloud.agree(settings.alpha, step)
      onState?.(state())
      if (yield report()) return yield* answer()
      move()
    }

    function move(): void {
      const width = sigma(step) * Math.sqrt(dt)
      if (gradientStrength > 0) cloud.slopesTo(slopes, gradient!, step)
      cloud.move(lambda * dt, width, { isotropic, partial })
      if (gradientStrength > 0) cloud.descend(slopes, gradientStrength * dt, partial)
      if (kickBelow > 0) cloud.kick(kickBelow, width)
      cloud.settle()
      cloud.place += cloud.count
      step++
      if (reduction !== undefined && step % reduction.every === 0) cloud.reduce(batch, reduction.speed)
    }

    function report(): CboReport {
      return {
        error: agreement.distance,
        spread: agreement.spread,
        consensus: cloud.consensus.slice(),
        best: cloud.best.slice(),
        bestValue: cloud.bestValue,
        effectiveSampleSize: agreement.effectiveSampleSize,
        particles: cloud.N,
        evaluations: evaluation.count,
      }
    }

    function state(): CboState {
      return saveCloud(cloud, bounds, { step, evaluations: evaluation.count, evaluated })
    }

    function* answer(): Generator<never, CboSolution & { status?: Status; message?: string }, unknown> {
      const saved = state()
      const { resets } = cloud
      const consensusValue = evaluated && !signal?.aborted ? yield* valueOfConsensus() : NaN
      const consensus = cloud.consensus.slice()
      const best = cloud.best.slice()
      const { bestValue } = cloud
      const [x, value] = consensusValue < bestValue ? [consensus, consensusValue] : [best, bestValue]
      return {
        x: x.slice(),
        value,
        consensus,
        consensusValue,
        best,
        bestValue,
        evaluations: evaluation.count,
        resets,
        state: saved,
        ...(evaluated ? remark() : { status: 'aborted' as const }),
      }
    }

    /** Evaluates f at the consensus of the whole cloud; NaN if the run was aborted meanwhile. */
    function* valueOfConsensus(): Generator<never, number, unknown> {
      if (cloud.count < cloud.N) {
        cloud.choose(cloud.N)
        if (!(yield* evaluation.at(cloud.copyPoints(), cloud.N, step, cloud.values))) return NaN
        cloud.remember()
        cloud.agree(settings.alpha, step)
      }
      project?.(cloud.consensus)
      cloud.points[0].set(cloud.consensus)
      return (yield* evaluation.at(cloud.points, 1, step, cloud.values)) ? cloud.values[0] : NaN
    }

    function remark(): { message?: string } {
      if (agreement.spread === 0) return { message: 'the cloud has no spread: nothing can move it' }
      const noise = isotropic ? 'isotropic' : 'anisotropic'
      if (stability({ lambda, sigma: sigma(step), dt, noise, dimension: d }).almostSure) return {}
      return { message: 'the noise is too strong for the cloud ever to contract: take a smaller sigma' }
    }
  },
  { options: CBO_OPTIONS },
)

const sizeOf = (given: number | undefined, { particles }: CboOptions): number => {
  const N = number(particles ?? given ?? 100, 'particles', { integer: true, min: 1, max: 67_108_864 })
  return given === undefined || given === N ? N : refuse('particles', `${given}, that of the positions`, show(N))
}

function refuseValues({ points, N }: Cloud): never {
  const place = `[${Array.from(points[0].subarray(0, 4), (v) => Number(v.toPrecision(4))).join(', ')}${points[0].length > 4 ? ', ...' : ''}]`
  return refuse('f', 'below Infinity at some particle', `NaN or Infinity at each of ${N}, one of them at ${place}`)
}
