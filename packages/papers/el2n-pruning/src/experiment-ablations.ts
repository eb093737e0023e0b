import type { ExperimentContext, Series } from '@opt/core'
import {
  type Accuracies,
  type Arm,
  type Crew,
  mean,
  type Scoring,
  scoreAll,
  spread,
  trainAll,
} from './experiment-arms.ts'
import { INPUTS } from './experiment-data.ts'
import { landscape } from './experiment-landscape.ts'
import type { Repeat } from './experiment-repeats.ts'
import { type SelectOptions, select } from './select.ts'

const EPOCHS = [0, 0.5, 1, 2, 4, 8]
const OFFSETS = [0, 0.2, 0.4, 0.45, 0.5, 0.55, 0.6]

const inputNorms = (inputs: Float32Array): Float64Array =>
  Float64Array.from({ length: inputs.length / INPUTS }, (_, i) => {
    let square = 0
    for (let j = i * INPUTS; j < (i + 1) * INPUTS; j++) square += inputs[j] * inputs[j]
    return Math.sqrt(square)
  })

/** Everything else that the brief of this paper names. */
export async function ablations(
  context: ExperimentContext,
  crew: Crew,
  repeats: Repeat[],
  clean: (r: number) => Float64Array,
  noisy: (r: number) => Float64Array,
  headline: Accuracies,
  hidden: number,
): Promise<void> {
  const arms: Arm[] = []
  const add = (
    { split, finalSeed }: Repeat,
    name: string,
    scores: Float64Array,
    options: SelectOptions,
    labels?: Int32Array,
  ) => arms.push({ name, split, seed: finalSeed, subset: select(scores, options), ...(labels ? { labels } : {}) })

  const five = ({ seeds }: Repeat) => seeds.slice(0, 5)
  const timed = repeats.flatMap((repeat) =>
    EPOCHS.flatMap((epochs) =>
      (['el2n', 'grand'] as const).map(
        (score): Scoring => ({ split: repeat.split, seeds: five(repeat), job: { epochs, score } }),
      ),
    ),
  )
  const early = await scoreAll(crew, timed, hidden, 'scores at other epochs')
  const others = repeats.flatMap((repeat): Scoring[] => [
    { split: repeat.split, seeds: five(repeat), job: { score: 'forgetting', schedule: 'cosine' } },
    { split: repeat.split, seeds: repeat.seeds, job: { epochs: 2 } },
  ])
  const wide = await scoreAll(crew, others, hidden, 'forgetting, ten networks')
  const narrow = await scoreAll(
    crew,
    repeats.map((repeat) => ({ split: repeat.split, seeds: five(repeat), job: { epochs: 2 } })),
    32,
    'scores of narrow networks',
  )

  repeats.forEach((repeat, r) => {
    const { split, chance } = repeat
    const random = (name: string, keep: number) =>
      arms.push({ name, split, seed: repeat.finalSeed, subset: chance(keep) })
    EPOCHS.forEach((epochs, e) => {
      for (const [s, score] of (['el2n', 'grand'] as const).entries())
        add(repeat, `${score} at ${epochs}`, early[(r * EPOCHS.length + e) * 2 + s](), { keep: 0.3 })
    })
    add(repeat, 'input norm', inputNorms(split.inputs), { keep: 0.3 })
    add(repeat, 'forgetting', wide[2 * r](), { keep: 0.3 })
    for (const keep of [0.3, 0.5]) add(repeat, `easiest ${keep}`, clean(r), { keep, from: 'easiest' })
    for (const networks of [1, 2, 5, 10]) add(repeat, `${networks} networks`, wide[2 * r + 1](networks), { keep: 0.2 })
    random('random 0.2', 0.2)
    add(repeat, 'scored with 32 hidden', narrow[r](), { keep: 0.3 })
    const { labels } = split
    for (const keep of [0.3, 0.1, 0.05]) {
      if (keep < 0.3) add(repeat, `balanced ${keep}`, clean(r), { keep, labels, balance: true })
      for (const dropHardest of keep < 0.3 ? [0, 0.1] : [0.1])
        add(repeat, `strata ${dropHardest} ${keep}`, clean(r), {
          keep,
          strata: 50,
          dropHardest,
          seed: repeat.finalSeed,
        })
    }
    add(repeat, 'hardest 0.05', clean(r), { keep: 0.05 })
    random('random 0.05', 0.05)
    for (const offset of OFFSETS)
      add(repeat, `offset ${offset}`, noisy(r), { keep: 0.4, from: { offset } }, repeat.noisy)
    add(repeat, 'noisy drop 0.1', noisy(r), { keep: 0.9, from: 'easiest' }, repeat.noisy)
  })
  const { accuracies } = await trainAll(crew, arms, hidden, 'ablations')
  const cell = (name: string) => spread(accuracies.get(name) ?? headline.get(name) ?? [])

  context.table({
    title: 'When to score: keep 30%, test accuracy, %',
    columns: ['epochs', 'EL2N', 'GraNd'],
    rows: [
      ...EPOCHS.map((epochs) => [epochs, cell(`el2n at ${epochs}`), cell(`grand at ${epochs}`)]),
      ['random', cell('random 0.3'), ''],
      ['all data', cell('all'), ''],
    ],
  })
  context.table({
    title: 'What else to score by, and how many networks: test accuracy, %',
    columns: ['choice', 'kept', 'accuracy'],
    rows: [
      ['input norm', '30%', cell('input norm')],
      ['forgetting events, 15 epochs', '30%', cell('forgetting')],
      ['EL2N of networks with 32 hidden units', '30%', cell('scored with 32 hidden')],
      ['the easiest', '30%', cell('easiest 0.3')],
      ['the easiest', '50%', cell('easiest 0.5')],
      ...[1, 2, 5, 10].map((m) => [`EL2N of ${m} network${m > 1 ? 's' : ''}`, '20%', cell(`${m} networks`)]),
      ['random', '20%', cell('random 0.2')],
    ],
  })
  context.table({
    title: 'Keeping little: test accuracy, %',
    columns: ['kept', 'random', 'hardest', 'class-balanced', 'strata', 'strata, hardest 10% left out'],
    rows: [
      ['30%', cell('random 0.3'), cell('el2n 0.3'), '', '', cell('strata 0.1 0.3')],
      ['10%', cell('random 0.1'), cell('el2n 0.1'), cell('balanced 0.1'), cell('strata 0 0.1'), cell('strata 0.1 0.1')],
      [
        '5%',
        cell('random 0.05'),
        cell('hardest 0.05'),
        cell('balanced 0.05'),
        cell('strata 0 0.05'),
        cell('strata 0.1 0.05'),
      ],
    ],
  })
  context.table({
    title: 'A tenth of the labels permuted: windows of 40%, test accuracy, %',
    columns: ['offset', 'accuracy'],
    rows: [
      ...OFFSETS.map((offset) => [offset, cell(`offset ${offset}`)]),
      ['random 40%', cell('noisy random')],
      ['all but the hardest 10%', cell('noisy drop 0.1')],
      ['all, noisy', cell('noisy all')],
    ],
  })
  context.figure({
    kind: 'line',
    title: 'When to score: keep 30%',
    ...{ x: { label: 'epochs before scoring' }, y: { label: 'test accuracy, %' } },
    series: ['el2n', 'grand'].map(
      (score): Series => ({
        label: score === 'el2n' ? 'EL2N' : 'GraNd',
        x: EPOCHS,
        y: EPOCHS.map((e) => mean(accuracies.get(`${score} at ${e}`) ?? [])),
      }),
    ),
  })
  await landscape(context, crew, repeats, clean, hidden)
}
