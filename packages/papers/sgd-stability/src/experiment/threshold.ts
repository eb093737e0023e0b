import type { ExperimentContext, Series } from '@opt/core'
import { median } from '@opt/core/experiment'
import { criticalRate } from '../index.ts'
import type { Fit } from './student.ts'

const STEPS = 3000
const LOOK = 100
const RUNS = 3

/** How the loss went after a small perturbation of the minimum, relative to its first value. */
interface Escape {
  ratios: number[]
  largest: number
  last: number
}

/** A: from which learning rate on does SGD leave the minimum that gradient descent has found? */
export async function threshold(context: ExperimentContext, fits: Fit[], from: number, to: number): Promise<void> {
  const runs: Record<string, Escape[]> = {}
  const note = (name: string, run: Escape) => {
    runs[name] ??= []
    runs[name].push(run)
  }
  for (const [k, fit] of fits.entries()) {
    await context.progress(from + ((to - from) * k) / fits.length, 'A: stay or leave')
    const batch8 = criticalRate(fit.linear, { batchSize: 8 }).rate
    for (let run = 0; run < RUNS; run++) {
      for (const factor of [0.9, 1.5, 2, 2.5]) note(`SGD, ${factor} eta*`, disturb(fit, factor * fit.rate, 1))
      for (const factor of [0.9, 2.5]) note(`batch 8, ${factor} eta*`, disturb(fit, factor * batch8, 8))
    }
    note('GD', disturb(fit, gdRate(fit), 'all'))
  }
  report(context, fits, runs)
}

/** A rate at which gradient descent is stable. */
export const gdRate = ({ bounds }: Fit): number => 0.8 * bounds.gd

function disturb({ student, minimum }: Fit, learningRate: number, batch: number | 'all'): Escape {
  student.restore(minimum)
  student.perturb(1e-4)
  const first = student.loss
  const ratios = [1]
  let largest = 1
  for (let t = 0; t < STEPS && largest < 1e12; t += LOOK) {
    student.descend(learningRate, batch, LOOK)
    const ratio = student.loss / first
    largest = ratio <= largest ? largest : ratio < 1e12 ? ratio : Infinity
    if (largest < Infinity) ratios.push(ratio)
  }
  return { ratios, largest, last: largest < Infinity ? ratios[ratios.length - 1] : Infinity }
}

const f = (v: number) => (v < Infinity ? v.toPrecision(3) : 'overflow')

function report(context: ExperimentContext, fits: Fit[], runs: Record<string, Escape[]>): void {
  context.table({
    title: 'The minima that gradient descent finds, and the largest stable learning rate of single examples, eta*',
    columns: ['network', 'loss', 'T', 'lambda', '2/q', 'eta*', '2T/m4', '2/T', '2/lambda'],
    rows: fits.map(({ loss, sharpness: { trace, lambdaMax }, bounds, rate }, k) => [
      k,
      loss.toExponential(1),
      ...[trace, lambdaMax, bounds.sufficient!, rate, bounds.fourthMoment!, bounds.trace, bounds.gd].map(f),
    ]),
  })
  const ordered = fits.filter(({ rate, bounds: { sufficient, fourthMoment, trace, gd } }) =>
    [sufficient!, rate, fourthMoment!, trace, gd].every((v, i, all) => i === 0 || all[i - 1] <= v * (1 + 1e-9)),
  )
  context.claim({
    claim: '2/max|a|^2 <= eta* <= 2T/m4 <= 2/T <= 2/lambda: the trace bounds the rates at which SGD is stable',
    paper: 'T <= 2/eta',
    ours: `in ${ordered.length} of ${fits.length} networks; eta* is ${fits.map(({ rate, bounds }) => (rate / bounds.trace).toFixed(2)).join(', ')} of 2/T`,
    pass: ordered.length === fits.length,
  })
  context.table({
    title: `Largest and last loss relative to that after a perturbation of 1e-4, over ${STEPS} steps`,
    columns: ['run', 'runs', 'escape (above 1e3)', 'largest', 'last, median'],
    rows: Object.entries(runs).map(([name, all]) => [
      name === 'GD' ? 'GD, 0.8 (2/lambda)' : name,
      all.length,
      all.filter(escaped).length,
      f(Math.max(...all.map(({ largest }) => largest))),
      f(median(all.map(({ last }) => last))),
    ]),
  })
  for (const batch of ['SGD', 'batch 8']) {
    const [below, above] = [runs[`${batch}, 0.9 eta*`], runs[`${batch}, 2.5 eta*`]]
    const stay = below.filter(({ largest, last }) => largest <= 10 && last <= 0.1)
    const leave = above.filter(escaped)
    const who = batch === 'SGD' ? 'SGD of single examples' : 'SGD with batches of 8'
    context.claim({
      claim: `${who} stays at the minimum at 0.9 eta* (its loss never above 10 times the first, at last below a tenth) and leaves it at 2.5 eta* (above 1000 times)`,
      paper: 'stable up to eta*',
      ours: `${stay.length} of ${below.length} stay, ${leave.length} of ${above.length} leave`,
      pass: stay.length === below.length && leave.length === above.length,
    })
  }
  const products = fits.map((fit) => gdRate(fit) * fit.sharpness.trace)
  const stay = runs.GD.filter(({ largest }) => largest <= 2)
  context.claim({
    claim: 'gradient descent stays at rates far above, where eta T > 2: only lambda <= 2/eta binds it',
    paper: 'GD: lambda <= 2/eta',
    ours: `${stay.length} of ${runs.GD.length} stay, with eta T = ${products.map((v) => v.toFixed(1)).join(', ')}`,
    pass: stay.length === runs.GD.length && products.every((v) => v > 2),
  })
  context.figure({
    kind: 'line',
    title: 'Loss after a small perturbation of the minimum, relative to the first',
    caption: 'The first network. Curves that leave the picture have overflown.',
    x: { label: 'step' },
    y: { label: 'loss', scale: 'log' },
    series: Object.entries(runs).map(([name, [{ ratios }]]): Series => {
      const shown = ratios.filter((ratio) => ratio > 0)
      return { label: name, dashed: name === 'GD', x: shown.map((_, t) => t * LOOK), y: shown }
    }),
  })
}

const escaped = ({ largest }: Escape) => largest > 1e3
