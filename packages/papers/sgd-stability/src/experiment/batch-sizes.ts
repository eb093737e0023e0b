import type { ExperimentContext } from '@opt/core'
import { criticalRate, stableRates } from '../index.ts'
import type { Fit } from './student.ts'

/** The largest stable learning rate by batch size, at the minimum of the first network. */
export function batchSizes(context: ExperimentContext, { linear, sharpness, student }: Fit): void {
  const n = student.examples
  const sizes = [1, 2, 4, 8, 16, 24, 32, n]
  const at = (replacement: boolean) => sizes.map((batchSize) => criticalRate(linear, { batchSize, replacement }))
  const [drawn, without] = [at(true), at(false)]
  const gd = 2 / sharpness.lambdaMax
  context.figure({
    kind: 'line',
    title: 'The largest learning rate at which SGD stays, by batch size',
    caption: 'The minimum of the first network. No rate above a dashed line is stable.',
    x: { label: 'batch size', scale: 'log' },
    y: { label: 'learning rate', scale: 'log' },
    series: [
      { label: 'with replacement', x: sizes, y: drawn.map(({ rate }) => rate) },
      { label: 'without replacement', x: sizes, y: without.map(({ rate }) => rate) },
      {
        label: '2T / (c m4 + (1 - c) F^2)',
        dashed: true,
        x: sizes,
        y: drawn.map(({ bounds }) => bounds.fourthMoment!),
      },
      { label: '2B / T', dashed: true, x: sizes, y: drawn.map(({ bounds }) => bounds.trace) },
      { label: 'gradient descent, 2 / lambda', dashed: true, x: sizes, y: sizes.map(() => gd) },
    ],
  })
  const growing = [drawn, without].every((rates) =>
    rates.every(({ rate, bounds }, k) => {
      const before = k === 0 ? 0 : rates[k - 1].rate
      return rate >= before * (1 - 1e-8) && rate <= Math.min(bounds.fourthMoment!, bounds.gd) * (1 + 1e-8)
    }),
  )
  const last = without[sizes.length - 1].rate
  context.claim({
    claim:
      'the critical rate grows with the batch, below its bounds, up to 2/lambda for the full batch without replacement',
    paper: 'smaller batches end flatter',
    ours: `${drawn.map(({ rate }) => rate.toPrecision(3)).join(', ')}; full batch ${last.toPrecision(4)}, 2/lambda ${gd.toPrecision(4)}`,
    pass: growing && Math.abs(last / gd - 1) < 1e-8,
  })
  context.note(
    `The first network. ${stableRates(linear, { batchSizes: [1, 8], learningRate: Number((0.5 * gd).toPrecision(2)) }).summary}`,
  )
}
