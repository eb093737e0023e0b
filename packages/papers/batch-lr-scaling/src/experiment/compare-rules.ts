import { type ExperimentContext, random } from '@opt/core'
import { mean } from '@opt/core/experiment'
import type { RateLearnerOptions } from '../learner/learner-types.ts'
import { RateLearner } from '../learner/rate-learner.ts'
import { lateDecay } from '../theory/late-decay.ts'
import { loadDigits, makeNetwork } from './digits.ts'
import { testAccuracy, train, trainingLoss } from './training.ts'

const BATCHES = [4, 64]
const EPOCHS = 20
const VARIANTS: { name: string; options: Partial<RateLearnerOptions> }[] = [
  { name: 'stochastic', options: {} },
  { name: 'stochastic, keep 0', options: { keep: 0 } },
  { name: 'stochastic, doubling', options: { interval: 'doubling' } },
  { name: 'batch', options: { rule: 'batch' } },
  { name: 'polyak', options: { rule: 'polyak' } },
  { name: 'cauchy', options: { rule: 'cauchy' } },
]

/** The rules of the learner, and what happens without its brake. */
export async function compareRules(
  { table, claim, seed }: ExperimentContext,
  progress: (done: number) => Promise<void>,
): Promise<void> {
  const seeds = [0, 1, 2].map((r) => 1000 * seed + r)
  const rows: { name: string; batch: number; losses: number[]; accuracies: number[] }[] = []
  for (const batch of BATCHES)
    for (const { name, options } of VARIANTS) {
      await progress(rows.length / (BATCHES.length * VARIANTS.length))
      const runs = []
      for (const one of seeds) runs.push(await run(batch, options, one))
      rows.push({ name, batch, losses: runs.map(({ loss }) => loss), accuracies: runs.map((one) => one.accuracy) })
    }
  const lost = (losses: number[]) => losses.filter((loss) => loss > 0.5).length
  table({
    title: `Rules of the learner, digits, ${EPOCHS} epochs, 3 runs`,
    columns: ['rule', ...BATCHES.flatMap((batch) => [`loss, batch ${batch}`, 'accuracy', 'lost'])],
    rows: VARIANTS.map(({ name }) =>
      rows
        .filter((row) => row.name === name)
        .reduce<(string | number)[]>(
          (cells, { losses, accuracies }) => {
            const kept = losses.filter((loss) => loss <= 0.5)
            const loss = kept.length > 0 ? mean(kept).toFixed(4) : '-'
            return cells.concat(loss, `${(100 * mean(accuracies)).toFixed(1)}%`, lost(losses))
          },
          [name],
        ),
    ),
  })
  const count = (name: string) =>
    rows.filter((row) => row.name === name).reduce((sum, row) => sum + lost(row.losses), 0)
  const brakeless = rows.find(({ name, batch }) => name === 'stochastic, keep 0' && batch === 4)?.losses ?? []
  claim({
    claim: 'without its brake (keep 0) the learner loses runs at batch size 4; with it, none',
    paper: '',
    ours: `${lost(brakeless)} of 3 lost, against ${count('stochastic')} of 6`,
    pass: lost(brakeless) >= 1 && count('stochastic') === 0,
  })
  claim({
    claim: "the paper's rate by the Hessian of a batch ('batch') loses none",
    paper: 'trains without a search',
    ours: `${count('batch')} of 6 lost`,
    pass: count('batch') <= 1,
  })
  claim({
    claim: "the paper's learner by Polyak's rate and momentum trains",
    paper: 'trains without a search',
    ours: `${count('polyak')} of 6 lost`,
    pass: null,
  })
}

async function run(batch: number, options: Partial<RateLearnerOptions>, seed: number) {
  const digits = await loadDigits(seed)
  const { inputs, labels } = digits.train
  const network = makeNetwork(seed)
  const steps = EPOCHS * Math.floor(labels.length / batch)
  const products = { network, inputs, targets: labels }
  const learner = new RateLearner({ products, batch, decay: lateDecay(steps), seed, ...options })
  const velocity = new Float64Array(network.parameters.length)
  let at = 0
  const step = () => {
    const rate = learner.schedule(at++)
    const momentum = learner.measurement?.momentum ?? 0
    for (let i = 0; i < velocity.length; i++) {
      velocity[i] = momentum * velocity[i] + network.gradients[i]
      network.parameters[i] -= rate * velocity[i]
    }
  }
  try {
    train(network, digits.train, { batch, steps, step, rng: random(seed) })
  } catch (error) {
    // The learner refuses to measure a network whose outputs overflow, or that is constant.
    if (!(error instanceof RangeError)) throw error
    return { loss: Infinity, accuracy: 0.1 }
  }
  return { loss: trainingLoss(network, digits.train), accuracy: testAccuracy(network, digits) }
}
