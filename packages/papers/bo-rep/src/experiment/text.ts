import { type ExperimentContext, type Random, random } from '@opt/core'
import { boRep } from '../bo-rep.ts'
import { cleaningTask } from '../cleaning-task.ts'
import { accuracy, detection, exactFit, least, percent, span } from './measures.ts'

const TOPICS = [
  'parcel courier late delivery tracking shipped address box arrived damaged warehouse doorstep',
  'invoice refund charged card payment price tax bank receipt discount twice euro',
  'password login account email reset locked profile username browser code sign security',
  'screen battery crash update install slow freeze camera sound cable restart device',
].map((words) => words.split(' '))
const COMMON =
  'hello please the my i have a problem with it since yesterday and still no answer thank you can someone help order service again today very for not is was to me this'.split(
    ' ',
  )
const WORDS = [...new Set([...TOPICS.flat(), ...COMMON])]
const [TRAIN, CLEAN, TEST] = [300, 100, 600]
const WRONG = 0.3
const RUNS = { quick: 3, standard: 5, full: 20 }

/** A message of 12 words: four about its topic, one about any topic, the others common. */
function message(topic: number, rng: Random): string {
  const pick = (words: string[]) => words[rng.integer(0, words.length)]
  const words = Array.from({ length: 12 }, (_, i) =>
    pick(i < 4 ? TOPICS[topic] : i < 5 ? TOPICS[rng.integer(0, TOPICS.length)] : COMMON),
  )
  return rng.shuffle(words).join(' ')
}

/** How often each known word occurs. */
function bagOfWords(text: string): Float64Array {
  const counts = new Float64Array(WORDS.length)
  for (const word of text.split(' ')) counts[WORDS.indexOf(word)]++
  return counts
}

function messages(count: number, rng: Random) {
  const labels = Array.from({ length: count }, () => rng.integer(0, TOPICS.length))
  return { labels, inputs: labels.map((topic) => bagOfWords(message(topic, rng))) }
}

/** D: weights of texts of which 30 % carry a wrong label. */
export async function text(context: ExperimentContext, from: number, to: number): Promise<void> {
  const rows: (string | number)[][] = []
  const [gains, detections]: number[][] = [[], []]
  let sample = ''
  for (let s = 0; s < RUNS[context.scale]; s++) {
    await context.progress(from + ((to - from) * s) / RUNS[context.scale], `texts, run ${s + 1}`)
    const rng = random(300 + 100 * context.seed + s)
    sample = message(0, rng)
    const [train, clean, test] = [TRAIN, CLEAN, TEST].map((count) => messages(count, rng))
    const wrong = new Set(rng.choice(TRAIN, WRONG * TRAIN))
    const labels = train.labels.map((label, i) => (wrong.has(i) ? (label + rng.integer(1, 4)) % 4 : label))
    const task = cleaningTask({ inputs: train.inputs, labels }, clean, { classes: 4, seed: rng })
    const answer = boRep(task.problem, task.start, { ...task.options, tolerance: 0, history: false })
    const before = exactFit(task.problem, new Float64Array(TRAIN), answer.y)
    const after = exactFit(task.problem, answer.x, answer.y)
    const prepared = task.prepare(test.inputs)
    const of = (y: Float64Array) => accuracy(y, prepared, test.labels)
    const { weights, suspects } = task.rank(answer.x)
    detections.push(detection(weights, wrong))
    gains.push(of(after.y) - of(before.y))
    rows.push([
      s + 1,
      before.phi.toFixed(3),
      after.phi.toFixed(3),
      of(before.y).toFixed(3),
      of(after.y).toFixed(3),
      detections[s].toFixed(3),
      suspects.subarray(0, 50).filter((i) => wrong.has(i)).length,
    ])
  }
  context.table({
    title: 'D. Texts of 4 topics as bags of words, 300 with 30 % wrong labels, 100 clean ones',
    columns: [
      'run',
      'Phi before',
      'Phi after',
      'accuracy before',
      'after',
      'AUC of wrong labels',
      'wrong of 50 suspects',
    ],
    rows,
  })
  context.note(`D, a text of topic 1: "${sample}"`)
  const mean = gains.reduce((sum, value) => sum + value, 0) / gains.length
  context.claim({
    claim: 'texts: test accuracy rises on average',
    paper: 'higher accuracy than without cleaning, with recurrent networks',
    ours: `${percent(mean)} (${gains.map(percent).join(', ')})`,
    pass: mean >= 0.01,
  })
  context.claim({
    claim: 'texts: small weights find the wrong labels, with an AUC of at least .8 on each run',
    paper: '',
    ours: span(detections),
    pass: least(detections) >= 0.8,
  })
}
