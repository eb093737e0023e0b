import { mean, meanAndDeviation, standardDeviation } from '@opt/core/experiment'
import { detection } from '../selection/noise.ts'
import { ascendingOrder } from '../selection/select.ts'
import { type Digits, SIDE } from './digits.ts'
import { ALL, EL2N, HARDEST, HARDEST_AT_START, KEPT, NOISY, NOISY_EL2N, RANDOM } from './headline.ts'
import type { Arm, Study } from './study.ts'

const PAPER = 'CIFAR-10, ResNet18: about half can go without loss'

const percent = (fraction: number) => `${Math.round(100 * fraction)}%`

const signed = (x: number) => `${x < 0 ? '' : '+'}${x.toFixed(2)}`

/** States the claims. */
export function judge(study: Study): void {
  const { context } = study
  const single = context.scale === 'quick'
  const cell = (arm: Arm) => study.cell(arm)
  const claim = (text: string, ours: string, pass: boolean | null) =>
    context.claim({ claim: text, paper: PAPER, ours, pass })
  for (const { keep, loss, gain } of [
    { keep: 0.5, loss: 0.5, gain: 0.8 },
    { keep: 0.3, loss: 1, gain: 1.5 },
  ]) {
    const overAll = study.ahead(HARDEST[keep], ALL)
    const overRandom = study.ahead(HARDEST[keep], RANDOM[keep])
    const holds = mean(overAll) >= -loss && mean(overRandom) >= gain
    claim(
      `the hardest ${percent(keep)} lose at most ${loss} points against all data and gain at least ${gain} on random`,
      `${cell(HARDEST[keep])} against ${cell(ALL)} with all and ${cell(RANDOM[keep])} with a random ${percent(keep)}`,
      single ? null : holds,
    )
    claim(
      `at ${percent(keep)} EL2N is above random in every repeat`,
      `by ${overRandom.map(signed).join(', ')}`,
      overRandom.every((gap) => gap > 0),
    )
  }
  claim(
    'at 10% the hardest examples alone fall below random (does not carry over as a gain)',
    `${cell(HARDEST[0.1])} against ${cell(RANDOM[0.1])}, ${signed(mean(study.ahead(HARDEST[0.1], RANDOM[0.1])))}`,
    null,
  )
  claim(
    'at initialisation GraNd is below random (as Kirsch 2023 found, against the paper)',
    `${cell(HARDEST_AT_START)} against ${cell(RANDOM[0.3])} at 30%`,
    mean(study.ahead(HARDEST_AT_START, RANDOM[0.3])) < 0,
  )
  const found = study.repeats.map((repeat) => {
    const isWrong = repeat.noisyLabels.map((label, i) => (label === repeat.split.labels[i] ? 0 : 1))
    return detection(repeat.scores(NOISY_EL2N), isWrong)
  })
  const auroc = found.map((one) => one.auroc)
  const precision = found.map((one) => one.precision)
  claim(
    'with a tenth of the labels permuted, EL2N finds the wrong ones: AUROC at least 0.99',
    `${meanAndDeviation(auroc, 4)}, precision ${meanAndDeviation(precision, 3)} among as many as are wrong`,
    mean(auroc) >= 0.99,
  )
  claim(
    'with noise, skipping the hardest tenth and keeping the next 40% gains at least 3 points on a random 40%',
    `${cell(NOISY.window)} against ${cell(NOISY.random)}; the hardest 40% ${cell(NOISY.hardest)}, all noisy data ${cell(NOISY.all)}`,
    mean(study.ahead(NOISY.window, NOISY.random)) >= 3,
  )
}

/** Tabulates the accuracies of the headline. */
export function tabulate(study: Study): void {
  const cell = (arm: Arm) => study.cell(arm)
  const gap = (first: Arm, second: Arm) => {
    const gaps = study.ahead(first, second)
    return `${signed(mean(gaps))} (${signed(Math.min(...gaps))})`
  }
  study.context.table({
    title: 'Test accuracy, %: mean and standard deviation over repeats; differences with the worst repeat',
    columns: ['kept', 'hardest by EL2N', 'random', 'EL2N - random', 'EL2N - all'],
    rows: [
      ['100%', cell(ALL), '', '', ''],
      ...KEPT.map((keep) => {
        const [own, random] = [HARDEST[keep], RANDOM[keep]]
        return [percent(keep), cell(own), cell(random), gap(own, random), gap(own, ALL)]
      }),
    ],
  })
}

/** Draws the accuracies, and the scores and pictures of the first repeat. */
export function draw(study: Study, digits: Digits): void {
  const { context } = study
  const [{ split }] = study.repeats
  const scores = study.repeats[0].scores(EL2N)
  const series = (label: string, arms: Record<number, Arm>) => {
    const values = [...KEPT.map((keep) => arms[keep]), ALL].map((arm) => study.accuracies(arm))
    const [y, deviations] = [values.map(mean), values.map(standardDeviation)]
    const [low, high] = [-1, 1].map((sign) => y.map((value, i) => value + sign * deviations[i]))
    return { label, x: [...KEPT, 1].map((keep) => 100 * keep), y, low, high }
  }
  context.figure({
    kind: 'line',
    title: 'Test accuracy with part of the data, equal numbers of steps',
    caption: 'Means over repeats with one standard deviation.',
    x: { label: '% of the training set kept' },
    y: { label: 'test accuracy, %' },
    series: [series('hardest by EL2N', HARDEST), series('random', RANDOM)],
  })
  context.figure({
    kind: 'histogram',
    title: 'EL2N after two epochs, mean of five networks',
    x: { label: 'score' },
    bins: 50,
    series: [{ label: '8000 digits', values: scores }],
  })
  const picture = (i: number) => {
    const row = split.rows[i]
    const data = digits.pictures.subarray(row * SIDE * SIDE, (row + 1) * SIDE * SIDE)
    const label = `${digits.labels[row]}: ${scores[i].toFixed(3)}`
    return { width: SIDE, height: SIDE, channels: 1 as const, data, label }
  }
  const show = (title: string, chosen: Int32Array) =>
    context.figure({ kind: 'images', title, caption: 'Label and score.', images: Array.from(chosen, picture) })
  const order = ascendingOrder(scores)
  show('The twenty hardest digits', order.slice(-20).reverse())
  show('The twenty easiest digits', order.slice(0, 20))
}

/** Says how many of the wrong labels a network fits that is trained on all of the noisy data. */
export function describeFitting(study: Study): void {
  const fitted = study.fitted(NOISY.all)
  const at = (epoch: number) => percent(mean(fitted.map((path) => path[epoch])))
  const parts = [0, 7, fitted[0].length - 1].map((epoch) => `${at(epoch)} after epoch ${epoch + 1}`)
  study.context.note(`Wrong labels that the network trained on all noisy data has fitted: ${parts.join(', ')}.`)
}
