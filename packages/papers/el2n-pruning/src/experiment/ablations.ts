import { mean } from '@opt/core/experiment'
import { select } from '../selection/select.ts'
import { INPUTS } from './digits.ts'
import { ALL, atRandom, EL2N, HARDEST, hardest, NOISY, NOISY_EL2N, RANDOM } from './headline.ts'
import type { Scoring } from './repeats.ts'
import type { Arm, Study } from './study.ts'

const EPOCHS = [0, 0.5, 1, 2, 4, 8]
const early = (score: 'el2n' | 'grand') => EPOCHS.map((epochs): Scoring => ({ job: { epochs, score } }))
const [EARLY_EL2N, EARLY_GRAND] = [early('el2n'), early('grand')]
const FORGETTING: Scoring = { job: { score: 'forgetting', schedule: 'cosine' } }
const TEN_NETWORKS: Scoring = { job: { epochs: 2 }, networks: 10 }
const NARROW: Scoring = { job: { epochs: 2 }, hidden: 32 }

const AFTER_EPOCHS = {
  el2n: EARLY_EL2N.map((scoring) => hardest(scoring, 0.3)),
  grand: EARLY_GRAND.map((scoring) => hardest(scoring, 0.3)),
}

const BY_NORM: Arm = { subset: ({ split }) => select(inputNorms(split.inputs), { keep: 0.3 }) }
const BY_FORGETTING = hardest(FORGETTING, 0.3)
const BY_NARROW = hardest(NARROW, 0.3)
const [EASIEST_30, EASIEST_50] = [0.3, 0.5].map(
  (keep): Arm => ({ subset: (repeat) => select(repeat.scores(EL2N), { keep, from: 'easiest' }) }),
)
const BY_NETWORKS = [1, 2, 5, 10].map((networks) => ({
  networks,
  arm: { subset: (repeat) => select(repeat.scores(TEN_NETWORKS, networks), { keep: 0.2 }) } satisfies Arm,
}))
const RANDOM_20 = atRandom(0.2)

const balanced = (keep: number): Arm => ({
  subset: (repeat) => select(repeat.scores(EL2N), { keep, labels: repeat.split.labels, balance: true }),
})
const stratified = (keep: number, dropHardest: number): Arm => ({
  subset: (repeat) => select(repeat.scores(EL2N), { keep, strata: 50, dropHardest, seed: repeat.finalSeed }),
})
const STRATA_30 = stratified(0.3, 0.1)
/** Ways to keep little: at random, the hardest, class-balanced, strata, strata without the hardest tenth. */
const KEEPING_10 = [RANDOM[0.1], HARDEST[0.1], balanced(0.1), stratified(0.1, 0), stratified(0.1, 0.1)]
const KEEPING_5 = [atRandom(0.05), hardest(EL2N, 0.05), balanced(0.05), stratified(0.05, 0), stratified(0.05, 0.1)]

const WINDOWS = [0, 0.2, 0.4, 0.45, 0.5, 0.55, 0.6].map((offset) => ({
  offset,
  arm: {
    subset: (repeat) => select(repeat.scores(NOISY_EL2N), { keep: 0.4, from: { offset } }),
    noisy: true,
  } satisfies Arm,
}))
const WITHOUT_HARDEST: Arm = {
  subset: (repeat) => select(repeat.scores(NOISY_EL2N), { keep: 0.9, from: 'easiest' }),
  noisy: true,
}

/** Everything trained for the ablations. Random subsets are drawn in this order. */
const ARMS: Arm[] = [
  ...AFTER_EPOCHS.el2n,
  ...AFTER_EPOCHS.grand,
  BY_NORM,
  BY_FORGETTING,
  BY_NARROW,
  EASIEST_30,
  EASIEST_50,
  ...BY_NETWORKS.map(({ arm }) => arm),
  RANDOM_20,
  STRATA_30,
  ...KEEPING_10.slice(2),
  ...KEEPING_5,
  ...WINDOWS.map(({ arm }) => arm),
  WITHOUT_HARDEST,
]

function inputNorms(inputs: Float32Array): Float64Array {
  return Float64Array.from({ length: inputs.length / INPUTS }, (_, i) => {
    let square = 0
    for (let j = i * INPUTS; j < (i + 1) * INPUTS; j++) square += inputs[j] * inputs[j]
    return Math.sqrt(square)
  })
}

/** When to score, by what, and how to keep little or noisy data. */
export async function ablations(study: Study): Promise<void> {
  const { context } = study
  await study.score([...EARLY_EL2N, ...EARLY_GRAND], 'scores at other epochs')
  await study.score([FORGETTING, TEN_NETWORKS], 'forgetting, ten networks')
  await study.score([NARROW], 'scores of narrow networks')
  await study.train(ARMS, 'ablations')
  const cell = (arm: Arm) => study.cell(arm)

  context.table({
    title: 'When to score: keep 30%, test accuracy, %',
    columns: ['epochs', 'EL2N', 'GraNd'],
    rows: [
      ...EPOCHS.map((epochs, e) => [epochs, cell(AFTER_EPOCHS.el2n[e]), cell(AFTER_EPOCHS.grand[e])]),
      ['random', cell(RANDOM[0.3]), ''],
      ['all data', cell(ALL), ''],
    ],
  })
  context.table({
    title: 'What else to score by, and how many networks: test accuracy, %',
    columns: ['choice', 'kept', 'accuracy'],
    rows: [
      ['input norm', '30%', cell(BY_NORM)],
      ['forgetting events, 15 epochs', '30%', cell(BY_FORGETTING)],
      ['EL2N of networks with 32 hidden units', '30%', cell(BY_NARROW)],
      ['the easiest', '30%', cell(EASIEST_30)],
      ['the easiest', '50%', cell(EASIEST_50)],
      ...BY_NETWORKS.map(({ networks, arm }) => [
        `EL2N of ${networks} network${networks > 1 ? 's' : ''}`,
        '20%',
        cell(arm),
      ]),
      ['random', '20%', cell(RANDOM_20)],
    ],
  })
  context.table({
    title: 'Keeping little: test accuracy, %',
    columns: ['kept', 'random', 'hardest', 'class-balanced', 'strata', 'strata, hardest 10% left out'],
    rows: [
      ['30%', cell(RANDOM[0.3]), cell(HARDEST[0.3]), '', '', cell(STRATA_30)],
      ['10%', ...KEEPING_10.map(cell)],
      ['5%', ...KEEPING_5.map(cell)],
    ],
  })
  context.table({
    title: 'A tenth of the labels permuted: windows of 40%, test accuracy, %',
    columns: ['offset', 'accuracy'],
    rows: [
      ...WINDOWS.map(({ offset, arm }) => [offset, cell(arm)]),
      ['random 40%', cell(NOISY.random)],
      ['all but the hardest 10%', cell(WITHOUT_HARDEST)],
      ['all, noisy', cell(NOISY.all)],
    ],
  })
  const curve = (label: string, arms: Arm[]) => ({
    label,
    x: EPOCHS,
    y: arms.map((arm) => mean(study.accuracies(arm))),
  })
  context.figure({
    kind: 'line',
    title: 'When to score: keep 30%',
    x: { label: 'epochs before scoring' },
    y: { label: 'test accuracy, %' },
    series: [curve('EL2N', AFTER_EPOCHS.el2n), curve('GraNd', AFTER_EPOCHS.grand)],
  })
}
