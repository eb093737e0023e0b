import { type ExperimentContext, random, sum } from '@opt/core'
import { rowsOf } from '../environments/on-box.ts'
import { adagradNorm, type Environment, environments, type Learner, ogd, seaConvex, simplex } from '../index.ts'
import { type Ledger, shown } from './ledger.ts'

/** A simplex where all gradients share a large offset: it carries no information there, but slows every AdaGrad. */
export async function simplexOffset(context: ExperimentContext, ledger: Ledger, at: number): Promise<void> {
  await context.progress(at, 'simplex with a common offset')
  const d = 10
  const marks = context.scale === 'quick' ? [1000, 4000] : [1000, 4000, 16_000]
  const rng = random(context.seed)
  const domain = simplex({ dimension: d })
  const weights = Float64Array.from({ length: d }, () => rng.uniform())
  const total = sum(weights)
  const world = (T: number): Environment =>
    environments.quadratic({
      name: 'offset',
      domain,
      curvature: new Float64Array(d).fill(1),
      targets: rowsOf(
        Float64Array.from({ length: T * d }, (_, k) => weights[k % d] / total - 30),
        d,
      ),
    })
  const makers: Record<string, (w: Environment) => Learner> = {
    seaConvex: ({ G, L }) => seaConvex({ domain, G, L }),
    ogd: ({ G }) => ogd({ domain, G }),
    adagradNorm: () => adagradNorm({ domain }),
  }
  const worlds = marks.map(world)
  const table = Object.values(makers).map((make) => worlds.map((w) => ledger.play(make(w), w).regret))
  context.table({
    title: 'A simplex with a common offset of 30 in every gradient (d = 10, no noise): regret',
    columns: ['learner', ...marks.map((t) => `T = ${t}`)],
    rows: Object.keys(makers).map((name, k) => [name, ...table[k].map(shown)]),
  })
  const last = table.map((regrets) => regrets[regrets.length - 1])
  context.claim({
    claim: 'On a simplex with a common offset seaConvex has less regret than OGD and AdaGrad',
    paper: '',
    ours: last.map(shown).join(', '),
    pass: last[0] < last[1] && last[0] < last[2],
  })
}
