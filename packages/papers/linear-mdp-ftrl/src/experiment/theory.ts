import type { ExperimentContext } from '@opt/core'
import { mean } from '@opt/core/experiment'
import type { Executor } from '@opt/executor'
import { practicalParameters, theoryParameters } from '../parameters.ts'
import type { SeedJob } from '../seeds/play-seed.ts'
import type { LinearMdpData } from '../worlds/linear-mdp.ts'
import { randomMdp } from '../worlds/random-mdp.ts'
import { gameWorlds } from './game-worlds.ts'
import { playAll } from './study.ts'

/** What does not carry over: the parameters of the theory, direct inverses in the regret, many states. */
export async function theory(
  context: ExperimentContext,
  executor: Executor,
  start: number,
  end: number,
): Promise<void> {
  const full = context.scale === 'full'
  const episodes = full ? 16_000 : 4000
  const { data } = gameWorlds(1)[0]
  const sizes = { horizon: 3, actions: 4, dimension: 5 }
  const seed = 1000 * context.seed
  const job = (options: object, world: LinearMdpData = data, k = 0, learner = 'withSimulator') =>
    ({ learner, world, adversary: { kind: 'counter' }, options: { every: 1e9, ...options }, seed: seed + k }) as SeedJob
  const algorithms = ['logBarrier', 'magnitudeReduced'] as const
  const answers = await playAll(
    context,
    executor,
    algorithms.map((algorithm) => {
      const { parameters } = theoryParameters({ algorithm, ...sizes, episodes })
      return job({ episodes, ...parameters })
    }),
    'parameters of the theory',
    start,
    (start + end) / 2,
  )
  algorithms.forEach((algorithm, k) => {
    const { bound } = theoryParameters({ algorithm, ...sizes, episodes })
    let useful = 1000
    while (theoryParameters({ algorithm, ...sizes, episodes: useful }).vacuous) useful += 1000
    context.claim({
      claim: `${algorithm} with the parameters of the theory: the bound is vacuous (above H K) until about ${useful} episodes`,
      paper: algorithm === 'logBarrier' ? 'sqrt(A d H^6 K)' : 'sqrt(d H^6 K)',
      ours: `K = ${episodes}: bound ${bound.toFixed(0)}, H K = ${3 * episodes}, regret ${answers[k].regret.toFixed(0)}`,
      pass: null,
    })
  })
  if (!full) return

  const K = 4000
  const seeds = [0, 1, 2]
  const tuned = practicalParameters({ episodes: K })
  const estimates = ['exact', 'direct', 'geometric'].flatMap((covariance) =>
    seeds.map((k) => job({ episodes: K, ...tuned, regularization: 0.01, beta: 0, covariance, samples: 100 }, data, k)),
  )
  const states = [10, 160]
  const worlds = states.map((count) => randomMdp({ states: count, random: 7 }).data())
  const many = worlds.flatMap((world) => [
    ...seeds.map((k) =>
      job(
        { episodes: K, ...practicalParameters({ algorithm: 'modelFree', episodes: K }) },
        world,
        k,
        'withoutSimulator',
      ),
    ),
    ...seeds.map((k) => job({ episodes: K, learningRate: 10 / Math.sqrt(K) }, world, k, 'tabular')),
  ])
  const rest = await playAll(
    context,
    executor,
    [...estimates, ...many],
    'estimates and many states',
    (start + end) / 2,
    end,
  )
  const regret = (at: number) => mean(rest.slice(at, at + seeds.length).map((answer) => answer.regret)).toFixed(0)
  context.claim({
    claim: 'A better inverse does not lower the regret: exact, direct and geometric (one chain) from 100 trajectories',
    paper: 'fewer samples',
    ours: [0, 3, 6].map(regret).join(', '),
    pass: null,
  })
  context.claim({
    claim: 'From 10 to 160 states: regret of the model-free learner, and of the tabular one',
    paper: 'no dependence on the states',
    ours: `${regret(9)} to ${regret(15)}, and ${regret(12)} to ${regret(18)}`,
    pass: null,
  })
}
