import { type ExperimentContext, random } from '@opt/core'
import { mean } from '@opt/core/experiment'
import { environments } from '../index.ts'
import { type Ledger, shown, upTo } from './ledger.ts'
import { LEARNERS } from './multiscale.ts'

const ROUNDS = 8000

/** Static regret in a world that moves smoothly. */
export async function slowShift(context: ExperimentContext, ledger: Ledger, at: number, share: number): Promise<void> {
  const many = { quick: 3, standard: 6, full: 12 }[context.scale]
  const names = Object.keys(LEARNERS)
  const regrets = (epsilon: number, sigma: number, seeds: number) => {
    const worlds = upTo(seeds).map((s) =>
      environments.slowShift(random(context.seed + s), { rounds: ROUNDS, epsilon, sigma }),
    )
    return names.map((name) => {
      const answers = worlds.map((world) => ledger.play(LEARNERS[name](world), world))
      ledger.group(`${name} slow shift ${epsilon} ${sigma}`, answers)
      return mean(answers.map(({ regret }) => regret))
    })
  }
  const settings: [number, number][] = [
    ...[1e-4, 1e-3, 1e-2].map((epsilon): [number, number] => [epsilon, 0]),
    ...[0.5, 2].map((sigma): [number, number] => [1e-3, sigma]),
  ]
  const table: number[][] = []
  for (const [k, [epsilon, sigma]] of settings.entries()) {
    await context.progress(at + (share * k) / settings.length, `slow shift, eps = ${epsilon}, sigma = ${sigma}`)
    table.push(regrets(epsilon, sigma, sigma > 0 ? many : 1))
  }
  context.table({
    title: `Static regret in a world that moves smoothly (T = ${ROUNDS}; ${many} seeds with noise). Negative: better than any fixed point`,
    columns: ['eps', 'sigma', ...names],
    rows: settings.map(([epsilon, sigma], k) => [String(epsilon), sigma, ...table[k].map(shown)]),
  })
  const [sea, gd] = [names.indexOf('seaConvex'), names.indexOf('ogd')]
  context.claim({
    claim: 'Slow shift, eps = 1e-3, no noise: regret of seaConvex < -4000 < that of OGD',
    paper: 'O(sqrt(T eps))',
    ours: `${shown(table[1][sea])} against ${shown(table[1][gd])}`,
    pass: table[1][sea] < -4000 && table[1][gd] > -4000,
  })
  context.claim({
    claim: 'The same with sigma = 0.5, means: seaConvex < -3000, OGD > -300',
    paper: '',
    ours: `${shown(table[3][sea])} against ${shown(table[3][gd])}`,
    pass: table[3][sea] < -3000 && table[3][gd] > -300,
  })
  const world = environments.slowShift(random(context.seed), { rounds: ROUNDS, epsilon: 1e-3, sigma: 0.5 })
  const curves = names.map((name) => [name, ledger.play(LEARNERS[name](world), world, { every: 40 }).history] as const)
  const x = curves[0][1].map(({ round }) => round)
  context.figure({
    kind: 'line',
    title: 'A world that moves smoothly: regret against the best fixed point (eps = 1e-3, sigma = 0.5)',
    caption: 'The certificate of seaConvex is dashed. Below 0 a learner beats every fixed point.',
    x: { label: 'round' },
    y: { label: 'regret' },
    series: [
      ...curves.map(([label, history]) => ({ label, x, y: history.map(({ regret }) => regret) })),
      { label: 'certificate of seaConvex', x, y: curves[sea][1].map(({ certificate }) => certificate!), dashed: true },
    ],
  })
}
