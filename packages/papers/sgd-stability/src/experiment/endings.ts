import type { ExperimentContext } from '@opt/core'
import { median, range } from '@opt/core/experiment'
import { alignment, criticalRate, sharpness } from '../index.ts'
import type { Fit } from './student.ts'
import { gdRate } from './threshold.ts'

/** Where a training run ends. */
interface Ending {
  rate: number
  batch: number | 'all'
  loss: number
  trace: number
  etaT: number
  etaLambda: number
  etaMoment: number
  /** Learning rate relative to the critical one of the end point. */
  share: number
  pathNorm: number
  testError: number
  /** Least trace alignment on the way, and the bound on T that it gives. */
  alignment: number
  alignmentBound: number
}

const ROUNDS = 10
const GD_BEYOND = 'GD, 1.25 (2/lambda)'

export const spread = (values: number[]): string => range(values, { significant: 3 })

/** B: where does training from scratch end? */
export async function endings(context: ExperimentContext, fits: Fit[], from: number, to: number): Promise<void> {
  const quick = context.scale === 'quick'
  const plans: Record<string, (fit: Fit) => { rate: number; batch: number | 'all' }> = {
    'SGD, 0.2 eta*': ({ rate }) => ({ rate: 0.2 * rate, batch: 1 }),
    'SGD, 0.8 eta*': ({ rate }) => ({ rate: 0.8 * rate, batch: 1 }),
    'SGD, 1.25 eta*': ({ rate }) => ({ rate: 1.25 * rate, batch: 1 }),
    GD: (fit) => ({ rate: gdRate(fit), batch: 'all' }),
  }
  if (!quick) {
    plans['batch 8, 1.25 eta*'] = ({ linear }) => ({
      rate: 1.25 * criticalRate(linear, { batchSize: 8 }).rate,
      batch: 8,
    })
    plans[GD_BEYOND] = ({ bounds }) => ({ rate: 1.25 * bounds.gd, batch: 'all' })
  }
  const steps = quick ? 20_000 : 30_000
  const ends: Record<string, (Ending | undefined)[]> = {}
  for (const [k, fit] of fits.entries()) {
    await context.progress(from + ((to - from) * k) / fits.length, 'B: where training ends')
    for (const [name, plan] of Object.entries(plans)) {
      ends[name] ??= []
      ends[name].push(train(fit, plan(fit), steps))
      await context.progress(from + ((to - from) * (k + 0.5)) / fits.length, 'B: where training ends')
    }
  }
  report(context, ends, steps)
}

/** Trains from the initial weights; undefined when the loss overflows. */
function train(
  { student, initial }: Fit,
  { rate, batch }: { rate: number; batch: number | 'all' },
  steps: number,
): Ending | undefined {
  student.restore(initial)
  let least = Infinity
  let loss = student.loss
  for (let round = 0; round < ROUNDS && loss > 1e-7; round++) {
    loss = student.train(rate, batch, { goal: 1e-7, steps: steps / ROUNDS })
    if (!(loss < 1e6)) return undefined
    if (round > 0) least = Math.min(least, alignment(student.linearize(), student.residuals).traceAlignment ?? Infinity)
  }
  const linear = student.linearize()
  const { trace, lambdaMax, fourthMoment } = sharpness(linear)
  const batchSize = batch === 'all' ? student.examples : batch
  return {
    rate,
    batch,
    loss,
    trace,
    etaT: rate * trace,
    etaLambda: rate * lambdaMax,
    etaMoment: (rate * fourthMoment) / trace,
    share: rate / criticalRate(linear, { batchSize, replacement: batch !== 'all' }).rate,
    pathNorm: student.pathNorm,
    testError: student.testError,
    alignment: least,
    alignmentBound: (2 * batchSize) / (rate * least),
  }
}

function report(context: ExperimentContext, all: Record<string, (Ending | undefined)[]>, steps: number): void {
  const ended = (name: string) => (all[name] ?? []).filter((ending) => ending !== undefined)
  context.table({
    title: `Where training from scratch ends (at loss 1e-7 or ${steps} steps); ranges over networks`,
    columns: [
      'run',
      'ended',
      'T',
      'eta T',
      'eta lambda',
      'eta m4/T',
      'eta/eta*',
      'path norm',
      'test error',
      'least xi',
      'T at most, by xi',
    ],
    rows: Object.keys(all).map((name) => {
      const ends = ended(name)
      const column = (key: keyof Ending) => spread(ends.map((ending) => ending[key] as number))
      return [
        name === 'GD' ? 'GD, 0.8 (2/lambda)' : name,
        `${ends.length} of ${all[name].length}`,
        ...(['trace', 'etaT', 'etaLambda', 'etaMoment', 'share', 'pathNorm', 'testError'] as const).map(column),
        ...(name.startsWith('GD') ? ['-', '-'] : [column('alignment'), column('alignmentBound')]),
      ]
    }),
  })
  const single = ['SGD, 0.2 eta*', 'SGD, 0.8 eta*', 'SGD, 1.25 eta*'].flatMap(ended)
  const worst = (ends: Ending[], key: 'etaT' | 'etaMoment' | 'etaLambda' | 'share') =>
    Math.max(...ends.map((e) => e[key]))
  context.claim({
    claim: 'SGD of single examples ends where eta T <= 2, and where the sharper eta m4/T <= 2',
    paper: 'T <= 2/eta',
    ours: `eta T at most ${worst(single, 'etaT').toFixed(2)}, eta m4/T at most ${worst(single, 'etaMoment').toFixed(2)} in ${single.length} runs`,
    pass: worst(single, 'etaT') <= 2 && worst(single, 'etaMoment') <= 2,
  })
  const fast = ended('SGD, 1.25 eta*')
  context.claim({
    claim:
      'at 1.25 times the critical rate of the minimum of gradient descent it ends elsewhere, where that rate is stable or nearly so (at most 1.2 eta*)',
    paper: '',
    ours: `eta / eta* there is ${spread(fast.map(({ share }) => share))}`,
    pass: fast.length > 0 && worst(fast, 'share') <= 1.2,
  })
  const ratios = all['SGD, 1.25 eta*'].flatMap((end, k) => {
    const slow = all['SGD, 0.2 eta*'][k]
    return end && slow ? [end.trace / slow.trace] : []
  })
  context.claim({
    claim: 'a larger rate ends at a lower trace: 1.25 eta* against 0.2 eta*, in every network',
    paper: 'T <= 2/eta',
    ours: `T falls to ${ratios.map((ratio) => `${Math.round(100 * ratio)}%`).join(', ')}`,
    pass: ratios.length > 0 && ratios.every((ratio) => ratio < 1),
  })
  const gd = ended('GD')
  context.claim({
    claim: 'gradient descent ends where eta lambda <= 2, at eta T > 2',
    paper: 'GD: lambda <= 2/eta',
    ours: `eta lambda at most ${worst(gd, 'etaLambda').toFixed(2)}, eta T ${spread(gd.map(({ etaT }) => etaT))}`,
    pass: gd.length > 0 && worst(gd, 'etaLambda') <= 2 && gd.every(({ etaT }) => etaT > 2),
  })
  for (const [key, what] of [
    ['pathNorm', 'path norm'],
    ['testError', 'test error'],
  ] as const) {
    const typical = (name: string) => median(ended(name).map((ending) => ending[key]))
    const [slow, quick] = [typical('SGD, 0.2 eta*'), typical('SGD, 1.25 eta*')]
    context.claim({
      claim: `a larger rate ends at a lower ${what} (median; 1.25 eta* against 0.2 eta*)`,
      paper: 'flat minima have small norms and generalise',
      ours: `${slow.toPrecision(3)} -> ${quick.toPrecision(3)}`,
      pass: null,
    })
  }
  const lines = Object.values(all)
    .flat()
    .filter((ending) => ending !== undefined)
  const rates = lines.map(({ rate }) => rate).sort((a, b) => a - b)
  context.figure({
    kind: 'scatter',
    title: 'Where training ends: trace against learning rate',
    caption: 'SGD of single examples must end below the curve 2/eta. Gradient descent ends above it.',
    x: { label: 'learning rate', scale: 'log' },
    y: { label: 'trace of the Hessian', scale: 'log' },
    series: [
      ...Object.keys(all).map((name) => ({
        label: name,
        x: ended(name).map(({ rate }) => rate),
        y: ended(name).map(({ trace }) => trace),
      })),
      { label: '2/eta', x: rates, y: rates.map((rate) => 2 / rate) },
    ],
  })
}
