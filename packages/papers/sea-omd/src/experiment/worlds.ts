import { type ExperimentContext, log, random } from '@opt/core'
import { mean } from '@opt/core/experiment'
import { environments, ogd, seaConvex, seaDynamic } from '../index.ts'
import { type Ledger, shown, upTo } from './ledger.ts'

/** Corruption, random order and label shift: their noise and speed, and the regret. */
export async function worlds(context: ExperimentContext, ledger: Ledger, at: number): Promise<void> {
  await corruptedRounds(context, ledger, at)
  await randomOrder(context, at)
  await labelShift(context, ledger, at)
}

async function corruptedRounds(context: ExperimentContext, ledger: Ledger, at: number): Promise<void> {
  const seeds = upTo({ quick: 2, standard: 6, full: 12 }[context.scale])
  await context.progress(at, 'corrupted rounds')
  const rounds = 8000
  const size = 2
  const corrupted = [0, 10, 40, 160, 640, 2560].map((corruptions) => {
    const runs = seeds.map((s) => {
      const world = environments.corrupted(random(context.seed + s), { rounds, corruptions, size })
      const { domain, G, L } = world
      return {
        world,
        answer: ledger.play(seaConvex({ domain, G, L }), world),
        share: world.Sigma2 / (4 * G * size * corruptions),
      }
    })
    const answers = runs.map(({ answer }) => answer)
    ledger.group(`corrupted ${corruptions}`, answers)
    return [
      corruptions,
      shown(mean(answers.map(({ regret }) => regret))),
      shown(mean(runs.map(({ world }) => world.Sigma2))),
      corruptions === 0 ? '' : shown(mean(runs.map(({ share }) => share))),
    ]
  })
  context.table({
    title: `Corrupted rounds of size ${size} among ${rounds} (sigma = 0.5, ${seeds.length} seeds): regret of seaConvex, which does not know them`,
    columns: ['corrupted rounds', 'regret', 'Sigma2', 'Sigma2 / 4GC'],
    rows: corrupted,
  })
}

async function randomOrder(context: ExperimentContext, at: number): Promise<void> {
  await context.progress(at, 'random order')
  const n = 8000
  const order = environments.randomOrder(random(context.seed), { size: n })
  // The parts lie on the unit sphere: s1 = s2 = 1 up to their mean.
  const [noise, drift] = [order.sigma2 / n, order.Sigma2 / (8 * order.G * order.G)]
  context.claim({
    claim: `One pass in random order over ${n} losses: sigma2 / (n s1) <= ln(2 e^2) = 2.69 and Sigma2 / (8 G^2) <= 1`,
    paper: 'Sachs et al., lemma',
    ours: `${noise.toFixed(4)} and ${drift.toFixed(4)}`,
    pass: noise <= 2 + log(2) && drift <= 1,
  })
}

async function labelShift(context: ExperimentContext, ledger: Ledger, at: number): Promise<void> {
  await context.progress(at, 'label shift')
  const shift = environments.labelShift(random(context.seed), { rounds: 1000 })
  const { domain, G, L } = shift
  const learners = [seaConvex({ domain, G, L }), seaDynamic({ domain, G, L, horizon: 1000 }), ogd({ domain, G })]
  const shifted = learners.map((learner) => {
    const { regret, loss, certificate, bound } = ledger.play(learner, shift)
    const cells = [certificate, bound].map((v) => (v === undefined ? '' : shown(v)))
    return [learner.name, (loss / 1000).toFixed(4), shown(regret), ...cells]
  })
  context.table({
    title: 'Label shift, three classes, 50 unlabelled points a round, 1000 rounds: against the best fixed weights',
    columns: ['learner', 'mean risk', 'regret', 'certificate', 'bound'],
    rows: shifted,
  })
}
