import { type Experiment, type ExperimentContext, random } from '@opt/core'
import { mean } from '@opt/core/experiment'
import { judge, type Score, scoreOf, short } from './experiment/judge.ts'
import { DIGITS, MNIST, type Row } from './experiment/methods.ts'
import { imbalanced, loadDigits, loadMnist, type Pictures, rows, type Split } from './experiment/pictures.ts'
import { runJobs } from './experiment/runs.ts'
import type { TrainJob } from './seeds/train-seed.ts'

const EPSILON = 0.1

/** What is run, decided before any result was seen. */
interface Study {
  rows: readonly Row[]
  seeds: number
  hidden: number
  options: Pick<TrainJob['options'], 'batchSize' | 'epochs' | 'steps'>
  /** Makes the data of a seed. */
  split(seed: number): Split
  about: string
}

/**
 * Networks on imbalanced pictures: clean and robust accuracy, on average and on the worst classes, under a plain and a
 * strong attack. Quick: AT and DONE on digits; standard: all methods; full: MNIST.
 */
export const experiment: Experiment = async (context) => {
  const pictures = context.scale === 'full' ? await loadMnist(context.dataFolder) : null
  const study = pictures ? onMnist(pictures) : onDigits(await loadDigits(), context.scale)
  context.note(study.about)
  const jobs = study.rows.flatMap(({ options }) =>
    Array.from({ length: study.seeds }, (_, k) => jobOf(study, options, 1000 * context.seed + k)),
  )
  const answers = await runJobs(context, jobs, pictures ? 'training on MNIST' : 'training on digits')
  const of: Record<string, Score[]> = {}
  study.rows.forEach(({ name }, m) => {
    of[name] = answers.slice(m * study.seeds, (m + 1) * study.seeds).map(scoreOf)
  })
  judge(context, of, pictures !== null)
  tabulate(context, of, study)
  context.note(
    'Strong accuracy is an upper bound of the robust one, not a certificate. Prototype: the same recipes in torch, by the authors of this package; the paper trains residual networks on CIFAR-10, SVHN, STL-10 and GTSRB.',
  )
}

/** One run. Networks, batches and data depend on the seed, not on the method. */
function jobOf(study: Study, options: Row['options'], seed: number): TrainJob {
  const { train, test } = study.split(seed)
  const data = ({ inputs, labels }: Pictures) => ({ inputs, targets: labels })
  return {
    network: {
      sizes: [train.columns, study.hidden, 10],
      dtype: 'float32',
      batch: Math.max(256, study.options.batchSize ?? 0),
    },
    data: data(train),
    options: { epsilon: EPSILON, ...study.options, ...options },
    audit: data(test),
    seed,
  }
}

function onDigits(digits: Pictures, scale: 'quick' | 'standard' | 'full'): Study {
  const quick = scale === 'quick'
  const options = quick ? { batchSize: 50, epochs: 40, steps: 7 } : { batchSize: 50, epochs: 80, steps: 10 }
  return {
    rows: quick ? DIGITS.slice(0, 2) : DIGITS,
    seeds: { quick: 8, standard: 4, full: 8 }[scale],
    hidden: 32,
    options,
    split(seed) {
      const { train, rest } = imbalanced(digits, 130, random(seed))
      return { train, test: rest }
    },
    about: `1,797 handwritten digits of 8 x 8 pixels: class c keeps round(130 x .1^(c/9)) for training, 532 in all; the others are the test set. Epsilon ${EPSILON}, 64-32-10, ${options.epochs} epochs of batches of 50, attacks of ${options.steps} steps.`,
  }
}

function onMnist({ train, test }: Split): Study {
  const first = rows(
    test,
    Int32Array.from({ length: 3000 }, (_, i) => i),
  )
  return {
    rows: MNIST,
    seeds: 4,
    hidden: 64,
    options: { batchSize: 100, epochs: 30, steps: 10 },
    split: (seed) => ({ train: imbalanced(train, 1000, random(seed)).train, test: first }),
    about: `MNIST averaged to 14 x 14 pixels: class c keeps round(1000 x .1^(c/9)) for training; the first 3,000 test pictures. Epsilon ${EPSILON}, 196-64-10, 30 epochs of batches of 100, attacks of 10 steps.`,
  }
}

function tabulate(context: ExperimentContext, of: Record<string, Score[]>, { rows: methods, seeds }: Study): void {
  const names = Object.keys(of)
  const mid = (name: string, measure: keyof Score) => mean(of[name].map((score) => score[measure]))
  context.table({
    title: `Accuracy, means of ${seeds} seeds; tail: the worst 30 % of the classes`,
    columns: [
      'method',
      'clean',
      'PGD',
      'PGD, tail',
      'strong',
      'strong, tail',
      'prototype: clean, PGD and tail, strong and tail',
    ],
    rows: methods.map(({ name, prototype }) => [
      name,
      ...(['clean', 'pgd', 'pgdTail', 'strong', 'strongTail'] as const).map((measure) => short(mid(name, measure))),
      prototype,
    ]),
  })
  context.figure({
    kind: 'bar',
    title: 'Accuracy on the worst 30 % of the classes',
    x: { label: 'method' },
    y: { label: 'accuracy' },
    series: [
      { label: 'PGD', x: names, y: names.map((name) => mid(name, 'pgdTail')) },
      { label: 'strong', x: names, y: names.map((name) => mid(name, 'strongTail')) },
    ],
  })
}
