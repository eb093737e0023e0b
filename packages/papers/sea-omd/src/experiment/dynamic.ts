import { type ExperimentContext, random } from '@opt/core'
import { mean } from '@opt/core/experiment'
import { adagradNorm, type Environment, environments, type Learner, ogd, seaConvex, seaDynamic } from '../index.ts'
import { type Ledger, shown, upTo } from './ledger.ts'

/** Dynamic regret when the minimiser jumps nine times. */
export async function dynamic(context: ExperimentContext, ledger: Ledger, at: number): Promise<void> {
  await context.progress(at, 'dynamic regret')
  const rounds = 4000
  const seeds = { quick: 2, standard: 3, full: 10 }[context.scale]
  const makers: Record<string, (w: Environment) => Learner> = {
    seaDynamic: ({ domain, G, L }) => seaDynamic({ domain, G, L, horizon: rounds }),
    seaConvex: ({ domain, G, L }) => seaConvex({ domain, G, L }),
    ogd: ({ domain, G }) => ogd({ domain, G }),
    adagradNorm: ({ domain }) => adagradNorm({ domain }),
  }
  const rows: (string | number)[][] = []
  let held = true
  for (const sigma of [0, 0.5, 2]) {
    const worlds = upTo(seeds).map((s) => environments.abruptShift(random(context.seed + s), { rounds, sigma }))
    const regrets = Object.entries(makers).map(([name, make]) =>
      mean(
        worlds.map((world) => {
          const learner = make(world)
          const answer = ledger.play(learner, world)
          const bound = name === 'seaDynamic' ? learner.bound({ ...world, pathLength: world.pathLength!() })! : Infinity
          held &&= answer.dynamicRegret! <= bound
          return answer.dynamicRegret!
        }),
      ),
    )
    rows.push([sigma, ...regrets.map(shown), shown(mean(worlds.map(bestStep)))])
  }
  context.table({
    title: `Dynamic regret, nine jumps in ${rounds} rounds (${seeds} seeds)`,
    columns: ['sigma', ...Object.keys(makers), 'best fixed step'],
    rows,
  })
  context.claim({
    claim: 'The dynamic regret of seaDynamic is at most its bound',
    paper: 'derived',
    ours: held ? 'held in every run' : 'broken',
    pass: held,
  })
}

/** The least dynamic regret of gradient descent with one fixed step, of 1, 1/2, ..., 1/512. */
function bestStep(world: Environment): number {
  let best = Infinity
  for (let k = 0, step = 1; k < 10; k++, step /= 2) {
    const x = world.domain.center()
    let regret = 0
    for (let t = 1; t <= world.rounds; t++) {
      regret += world.expected(t, x) - world.expected(t, world.minimizer!(t))
      const g = world.gradient(t, x)
      for (let i = 0; i < x.length; i++) x[i] -= step * g[i]
      world.domain.projectInPlace(x)
    }
    best = Math.min(best, regret)
  }
  return best
}
