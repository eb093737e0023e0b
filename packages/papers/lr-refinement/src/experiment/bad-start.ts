import type { ExperimentContext } from '@opt/core'
import { fitPolynomial, NormRecorder, refineSchedule, type ScheduleName, schedule } from '../index.ts'
import { loadProblem } from './problems.ts'
import { Trainer, type Tuned, tune } from './training.ts'

const CLASSICAL: ScheduleName[] = ['flat', 'step', 'cosine', 'linear']

/** Softmax regression on noisy digits from W_1 = 3 N(0, 1): where the refined schedule pays. */
export async function badStart(context: ExperimentContext, at: number, share: number): Promise<void> {
  const quick = context.scale === 'quick'
  const lengths = quick ? [1000] : [1000, 2000, 4000]
  const shapes = quick ? CLASSICAL.slice(3) : CLASSICAL
  const rates = quick ? [1, 3, 10] : [0.3, 1, 3, 10]
  const seeds = Array.from({ length: 5 }, (_, k) => 1000 * context.seed + k)
  const problem = (await loadProblem('digits', context))!
  const trainer = new Trainer(problem, (network, rng) => {
    for (let i = 0; i < network.parameters.length; i++) network.parameters[i] = 3 * rng.normal()
  })
  const rows: string[][] = []
  for (const [k, T] of lengths.entries()) {
    const found = new Map<string, Tuned>()
    const measure = async (label: string, values: Float64Array) => {
      const done = (k + found.size / (shapes.length + 1)) / lengths.length
      await context.progress(at + share * done, `a bad start, T = ${T}: ${label}`)
      found.set(
        label,
        tune((rate, seed) => trainer.run(values, rate, seed), rates, seeds),
      )
    }
    for (const shape of shapes) await measure(shape, schedule(shape, { steps: T }))
    const linear = found.get('linear')!
    const recorder = new NormRecorder()
    trainer.run(schedule('linear', { steps: T }), linear.rate, 1000 * context.seed + 100, { recorders: [recorder] })
    const { norms } = recorder
    const refinement = refineSchedule(norms)
    await measure('refined', refinement.values)
    const refined = found.get('refined')!

    const wins = refined.losses.filter((loss, i) => loss < linear.losses[i]).length
    const { warmup, power } = fitPolynomial(refinement.values)
    context.claim({
      claim: `after a bad start, T = ${T}: the refined schedule ends lower than linear decay, on average${T < 4000 ? ' and for 4 of 5 seeds' : ''}`,
      paper: 'refinement improves on linear decay',
      ours: `${refined.mean.toFixed(4)} against ${linear.mean.toFixed(4)}, ${wins} of 5 seeds; it is like ${Math.round(100 * warmup)}% warm-up and the power ${power}`,
      pass: refined.mean < linear.mean && (T === 4000 || wins >= 4),
    })
    rows.push([
      String(T),
      ...[...found.values()].map(({ mean, rate }) => `${mean.toFixed(4)} (${rate})`),
      `${wins} of 5`,
    ])
    if (k === 0) draw(context, norms, refinement)
  }
  context.table({
    title:
      'Noisy digits from W = 3 N(0, 1), SGD with batches of 16, no warm-up: final training loss (and best peak rate), mean of 5 seeds',
    columns: ['T', ...shapes, 'refined', 'refined below linear'],
    rows,
  })
}

function draw(
  context: ExperimentContext,
  norms: Float64Array,
  { values, smoothed }: ReturnType<typeof refineSchedule>,
) {
  const x = Float64Array.from(norms, (_, t) => t + 1)
  context.figure({
    kind: 'line',
    title: 'Gradient norms of the linear run, after the bad start',
    x: { label: 'step' },
    y: { label: 'norm', scale: 'log' },
    series: [
      { label: 'norms', x, y: norms },
      { label: 'smoothed', x, y: smoothed },
    ],
  })
  context.figure({
    kind: 'line',
    title: 'The schedule refined from them, with a warm-up',
    x: { label: 'step' },
    y: { label: 'learning rate / peak' },
    series: [
      { label: 'refined', x, y: values },
      { label: 'linear', x, y: schedule('linear', { steps: norms.length }), dashed: true },
    ],
  })
}
