import { type ExperimentContext, random } from '@opt/core'
import { digits, redrawLabels } from '@opt/datasets'
import { mlp } from '@opt/nn'
import { Adam } from '@opt/optimizers'
import { type NormName, NormRecorder, refineSchedule, type ScheduleName, schedule } from '../index.ts'
import { type Optimize, Trainer, type Tuned, tune } from './training.ts'

const CLASSICAL: ScheduleName[] = ['flat', 'step', 'cosine', 'linear']

const METHODS: { name: string; optimize?: Optimize; rates: number[]; norms: NormName[] }[] = [
  { name: 'SGD', rates: [0.1, 0.3, 1], norms: ['l2'] },
  {
    name: 'Adam',
    optimize: ({ parameters, gradients }, learningRate) => {
      const adam = new Adam(parameters, { learningRate, beta2: 0.95, check: false })
      return () => adam.step(gradients)
    },
    rates: [1e-3, 3e-3, 1e-2, 3e-2],
    norms: ['l1', 'l2', 'weighted-l1'],
  },
]

/**
 * A small network on noisy digits, by SGD and by Adam: how the schedules do where nothing is convex.
 *
 * @param size number of steps and of seeds.
 */
export async function network(
  context: ExperimentContext,
  at: number,
  share: number,
  { T, count }: { T: number; count: number } = { T: 1500, count: 4 },
): Promise<void> {
  const { features, labels } = await digits({ folder: context.dataFolder })
  const problem = {
    name: 'digits, 20% noise',
    features: features.data.map((v) => v / 16),
    labels: redrawLabels(labels, { fraction: 0.2, rng: random(context.seed), classes: 10 }).labels,
    columns: 64,
    classes: 10,
  }
  const initial = (rng: ReturnType<typeof random>) => mlp({ sizes: [64, 32, 10], seed: rng }).parameters
  const options = { hidden: 32, batchSize: 32 }
  const trainer = new Trainer(problem, ({ parameters }, rng) => parameters.set(initial(rng)), options)
  const seeds = Array.from({ length: count }, (_, k) => 1000 * context.seed + k)
  const rows: string[][] = []
  for (const [k, { name, optimize, rates, norms }] of METHODS.entries()) {
    const found = new Map<string, Tuned>()
    const measure = async (label: string, values: Float64Array) => {
      await context.progress(at + share * ((k + found.size / 8) / METHODS.length), `a network, ${name}: ${label}`)
      found.set(
        label,
        tune((rate, seed) => trainer.run(values, rate, seed, { optimize }), rates, seeds),
      )
    }
    for (const shape of CLASSICAL) await measure(shape, schedule(shape, { steps: T, warmup: 0.05 }))
    const linear = found.get('linear')!
    const recorders = norms.map((norm) => new NormRecorder({ norm, beta2: 0.95 }))
    trainer.run(schedule('linear', { steps: T, warmup: 0.05 }), linear.rate, seeds[0] + 100, { optimize, recorders })
    for (const [i, norm] of norms.entries())
      await measure(`refined, ${norm}`, refineSchedule(recorders[i].norms, { power: norm === 'l2' ? 2 : 1 }).values)
    for (const [label, { mean, rate }] of found) rows.push([name, label, mean.toFixed(4), String(rate)])
    const refined = found.get(`refined, ${norms[0]}`)!
    context.claim({
      claim: `a network of 64-32-10 units, ${name}: refinement against linear decay`,
      paper: 'refinement improves on linear decay in most tasks',
      ours: `final training loss ${refined.mean.toFixed(3)} against ${linear.mean.toFixed(3)}`,
      pass: null,
    })
  }
  context.table({
    title: `A network of 64-32-10 units on digits with 20% noise, ${T} steps with batches of 32: final training loss, mean of ${seeds.length} seeds at the best peak rate`,
    columns: ['method', 'schedule', 'loss', 'peak rate'],
    rows,
  })
}
