import type { ExperimentContext } from '@opt/core'
import { type Accuracies, deviation, mean, spread } from './experiment-arms.ts'
import { type Digits, SIDE, type Split } from './experiment-data.ts'
import { KEPT } from './experiment-repeats.ts'
import type { Detection } from './noise.ts'
import { ascendingOrder } from './select.ts'

const PAPER = 'CIFAR-10, ResNet18: about half can go without loss'

export const percent = (share: number) => `${Math.round(100 * share)}%`

/** By how much the first is ahead in each repeat. */
const ahead = (accuracies: Accuracies, first: string, second: string): number[] =>
  (accuracies.get(first) ?? []).map((value, r) => value - (accuracies.get(second)?.[r] ?? NaN))

const signed = (x: number) => `${x < 0 ? '' : '+'}${x.toFixed(2)}`

/** The pass criterion. */
export function judge(context: ExperimentContext, accuracies: Accuracies, found: Detection[]): void {
  const alone = context.scale === 'quick'
  const of = (name: string) => accuracies.get(name) ?? []
  const claim = (text: string, ours: string, pass: boolean | null) =>
    context.claim({ claim: text, paper: PAPER, ours, pass })
  for (const [keep, loss, gain] of [
    [0.5, 0.5, 0.8],
    [0.3, 1, 1.5],
  ]) {
    const [full, luck] = [ahead(accuracies, `el2n ${keep}`, 'all'), ahead(accuracies, `el2n ${keep}`, `random ${keep}`)]
    const ours = `${spread(of(`el2n ${keep}`))} against ${spread(of('all'))} with all and ${spread(of(`random ${keep}`))} with a random ${percent(keep)}`
    const holds = mean(full) >= -loss && mean(luck) >= gain
    claim(
      `the hardest ${percent(keep)} lose at most ${loss} points against all data and gain at least ${gain} on random`,
      ours,
      alone ? null : holds,
    )
    claim(
      `at ${percent(keep)} EL2N is above random in every repeat`,
      `by ${luck.map(signed).join(', ')}`,
      luck.every((gap) => gap > 0),
    )
  }
  const few = ahead(accuracies, 'el2n 0.1', 'random 0.1')
  claim(
    'at 10% the hardest examples alone fall below random (does not carry over as a gain)',
    `${spread(of('el2n 0.1'))} against ${spread(of('random 0.1'))}, ${signed(mean(few))}`,
    null,
  )
  claim(
    'at initialisation GraNd is below random (as Kirsch 2023 found, against the paper)',
    `${spread(of('grand at start'))} against ${spread(of('random 0.3'))} at 30%`,
    mean(ahead(accuracies, 'grand at start', 'random 0.3')) < 0,
  )
  const auroc = found.map((d) => d.auroc)
  claim(
    'with a tenth of the labels permuted, EL2N finds the wrong ones: AUROC at least 0.99',
    `${spread(auroc, 4)}, precision ${spread(
      found.map((d) => d.precision),
      3,
    )} among as many as are wrong`,
    mean(auroc) >= 0.99,
  )
  const window = ahead(accuracies, 'noisy window', 'noisy random')
  claim(
    'with noise, skipping the hardest tenth and keeping the next 40% gains at least 3 points on a random 40%',
    `${spread(of('noisy window'))} against ${spread(of('noisy random'))}; the hardest 40% ${spread(of('noisy hardest'))}, all noisy data ${spread(of('noisy all'))}`,
    mean(window) >= 3,
  )
}

/** Curves, histogram, pictures. */
export function draw(
  context: ExperimentContext,
  accuracies: Accuracies,
  digits: Digits,
  split: Split,
  scores: Float64Array,
): void {
  const series = (label: string, names: string[]) => {
    const values = names.map((name) => accuracies.get(name) ?? [])
    const [y, spreads] = [values.map(mean), values.map(deviation)]
    return {
      ...{ label, x: [...KEPT, 1].map((keep) => 100 * keep), y },
      ...{ low: y.map((v, i) => v - spreads[i]), high: y.map((v, i) => v + spreads[i]) },
    }
  }
  const names = (kind: string) => [...KEPT.map((keep) => `${kind} ${keep}`), 'all']
  context.figure({
    kind: 'line',
    title: 'Test accuracy with part of the data, equal numbers of steps',
    caption: 'Means over repeats with one standard deviation.',
    ...{ x: { label: '% of the training set kept' }, y: { label: 'test accuracy, %' } },
    series: [series('hardest by EL2N', names('el2n')), series('random', names('random'))],
  })
  context.figure({
    kind: 'histogram',
    title: 'EL2N after two epochs, mean of five networks',
    ...{ x: { label: 'score' }, bins: 50, series: [{ label: '8000 digits', values: scores }] },
  })
  const order = ascendingOrder(scores)
  const picture = (i: number) => {
    const row = split.rows[i]
    const data = digits.pictures.subarray(row * SIDE * SIDE, (row + 1) * SIDE * SIDE)
    return {
      width: SIDE,
      height: SIDE,
      channels: 1 as const,
      data,
      label: `${digits.labels[row]}: ${scores[i].toFixed(3)}`,
    }
  }
  const show = (title: string, chosen: Int32Array) =>
    context.figure({ kind: 'images', title, caption: 'Label and score.', images: Array.from(chosen, picture) })
  show('The twenty hardest digits', order.slice(-20).reverse())
  show('The twenty easiest digits', order.slice(0, 20))
}

export function tabulate(context: ExperimentContext, accuracies: Accuracies): void {
  const cell = (name: string) => spread(accuracies.get(name) ?? [])
  const gap = (first: string, second: string) => {
    const gaps = ahead(accuracies, first, second)
    return `${signed(mean(gaps))} (${signed(Math.min(...gaps))})`
  }
  context.table({
    title: 'Test accuracy, %: mean and standard deviation over repeats; differences with the worst repeat',
    columns: ['kept', 'hardest by EL2N', 'random', 'EL2N - random', 'EL2N - all'],
    rows: [
      ['100%', cell('all'), '', '', ''],
      ...KEPT.map((keep) => [
        ...[percent(keep), cell(`el2n ${keep}`), cell(`random ${keep}`)],
        ...[gap(`el2n ${keep}`, `random ${keep}`), gap(`el2n ${keep}`, 'all')],
      ]),
    ],
  })
}
