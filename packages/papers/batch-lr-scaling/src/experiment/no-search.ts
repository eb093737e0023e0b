import type { ExperimentContext } from '@opt/core'
import { mean } from '@opt/core/experiment'
import { loadDigits } from './digits.ts'
import { type Run, runWith } from './run-with.ts'

/** A batch size, the winner of a grid of rates and momenta found beforehand on other seeds, and the loss to reach. */
const SETTINGS = [
  { batch: 1, winner: { rate: 1 / 128, momentum: 0.9 }, loss: 0.01 },
  { batch: 4, winner: { rate: 0.25, momentum: 0 }, loss: 0.015 },
  { batch: 16, winner: { rate: 0.125, momentum: 0.9 }, loss: 0.015 },
  { batch: 64, winner: { rate: 0.25, momentum: 0.9 }, loss: 0.045 },
  { batch: 256, winner: { rate: 0.5, momentum: 0.9 }, loss: 0.12 },
]
const FIXED = { rate: 0.1, momentum: 0.9 }
const EPOCHS = 20

/** The runs of one batch size. */
interface Results {
  setting: (typeof SETTINGS)[number]
  learner: Run[]
  winner: Run[]
  fixed: Run[]
}

/** A: training without a search, beside a grid's winner and one fixed rate for all batch sizes. */
export async function noSearch(context: ExperimentContext, progress: (done: number) => Promise<void>): Promise<void> {
  const settings = context.scale === 'quick' ? SETTINGS.slice(1, 4) : SETTINGS
  const repeats = { quick: 2, standard: 3, full: 5 }[context.scale]
  const results: Results[] = []
  for (const setting of settings) {
    const { batch } = setting
    const of: Results = { setting, learner: [], winner: [], fixed: [] }
    results.push(of)
    for (let r = 0; r < repeats; r++) {
      await progress((results.length - 1 + r / repeats) / settings.length)
      const seed = 1000 * context.seed + r
      const digits = await loadDigits(seed)
      of.learner.push(runWith(digits, { batch, epochs: EPOCHS, seed }))
      of.winner.push(runWith(digits, { batch, epochs: EPOCHS, seed, fixed: setting.winner }))
      of.fixed.push(runWith(digits, { batch, epochs: EPOCHS, seed, fixed: FIXED }))
    }
  }
  tabulate(context, results)
  judge(context, results)
}

const loss = (runs: Run[]) => mean(runs.map((one) => one.loss))
const accuracy = (runs: Run[]) => mean(runs.map((one) => one.accuracy))
const worst = (runs: Run[]) => runs.reduce((least, one) => Math.min(least, one.accuracy), 1)
const percent = (x: number) => `${(100 * x).toFixed(1)}%`
const figures = (x: number) => String(Number(x.toPrecision(2)))

function tabulate({ table, figure }: ExperimentContext, results: Results[]): void {
  table({
    title: `Digits, 64-32-10, ${EPOCHS} epochs, means of ${results[0].learner.length} runs: the learner, the winner of a grid of 20, and 0.1 / 0.9 for all`,
    columns: [
      'batch',
      'rates learned',
      'loss',
      'accuracy (worst)',
      'grid winner',
      'its loss',
      'its accuracy',
      '0.1 / 0.9',
    ],
    rows: results.map(({ setting, learner, winner, fixed }) => {
      const rates = learner.flatMap((one) => one.rates)
      return [
        setting.batch,
        `${figures(Math.min(...rates))} to ${figures(Math.max(...rates))}`,
        loss(learner).toFixed(4),
        `${percent(accuracy(learner))} (${percent(worst(learner))})`,
        `${figures(setting.winner.rate)} / ${setting.winner.momentum}`,
        loss(winner).toFixed(4),
        percent(accuracy(winner)),
        fixed.some((one) => one.loss > 1) ? 'lost' : loss(fixed).toFixed(4),
      ]
    }),
  })
  figure({
    kind: 'line',
    title: 'The rate that the learner chose, epoch by epoch',
    x: { label: 'epoch' },
    y: { label: 'learning rate', scale: 'log' },
    series: results.map(({ setting, learner: [{ rates }] }) => ({
      label: `batch size ${setting.batch}`,
      x: rates.map((_, epoch) => epoch),
      y: rates,
    })),
  })
}

function judge({ claim, note }: ExperimentContext, results: Results[]): void {
  const sizes = results.map(({ setting }) => setting.batch).join(', ')
  const gap = results.map(({ learner, winner }) => accuracy(learner) - accuracy(winner))
  claim({
    claim: `without a search, batch sizes ${sizes} reach the accuracy of the best of a grid of 20 rates and momenta`,
    paper: 'no grid search',
    ours: `${results.map(({ learner }) => percent(accuracy(learner))).join(', ')}; against the grid's ${results.map(({ winner }) => percent(accuracy(winner))).join(', ')}`,
    pass:
      gap.every((one) => one >= -0.02) &&
      results.every(({ learner }) => accuracy(learner) >= 0.94 && worst(learner) >= 0.91),
  })
  claim({
    claim: 'none of these runs is lost, and each loss is small',
    paper: '',
    ours: results.map(({ setting, learner }) => `${loss(learner).toFixed(4)} (at most ${setting.loss})`).join(', '),
    pass: results.every(({ setting, learner }) => loss(learner) <= setting.loss),
  })
  const small = results.filter(({ setting }) => setting.batch <= 4)
  claim({
    claim: `one fixed rate cannot do this: 0.1 with momentum 0.9 is lost at batch size ${small.map(({ setting }) => setting.batch).join(' and ')}`,
    paper: '',
    ours: small.map(({ fixed }) => figures(loss(fixed))).join(', '),
    pass: small.every(({ fixed }) => loss(fixed) > 1),
  })
  const first = (batch: number) =>
    mean((results.find(({ setting }) => setting.batch === batch) as Results).learner.map(({ rates }) => rates[0]))
  const growth = first(64) / first(4)
  claim({
    claim: 'the rate learned at first grows faster than the square root of the batch size from 4 to 64',
    paper: 'proportional to the batch size (16 times)',
    ours: `${growth.toFixed(1)} times: between the square root (4) and the linear rule (16)`,
    pass: growth >= 5 && growth <= 16,
  })
  note(
    'The loss at the end is up to two or three times that of the winner of the grid, which had 40 trial runs: the safety factor of 1/2 costs speed.',
  )
}
