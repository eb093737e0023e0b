import { type ExperimentContext, pow, type Random, random } from '@opt/core'
import { mean } from '@opt/core/experiment'
import { breastCancer, type Classification, ifPresent, standardize, takeRows } from '@opt/datasets'
import { bsvrb } from '../bsvrb.ts'
import { measure } from '../measures.ts'
import { type TemperatureLogistic, temperatureLogistic } from '../problems/temperature-logistic.ts'
import { blockSampler } from '../samplers.ts'
import { soba } from '../soba.ts'
import type { Method } from './noisy-blocks.ts'

const [TRAIN, VALIDATION] = [200, 150]
const WRONG = 0.2
/** 0.2 to 1, equally spaced on a logarithmic scale. */
const TEMPERATURES = Array.from({ length: 10 }, (_, i) => 0.2 * pow(5, i / 9))
const STEPS = 1500
const SPLITS = { quick: 2, standard: 5, full: 20 }
const METHODS: Method[] = ['version 1', 'version 2', 'soba']

interface Rows {
  inputs: Float64Array[]
  labels: Float64Array
}

interface Data {
  problem: TemperatureLogistic
  test: Rows
  wrong: Set<number>
}

interface Fit {
  phi: number
  accuracy: number
  detection: number
  tracking: number
}

/** B: one weight for each training example, shared by models of ten temperatures. */
export async function temperatures(context: ExperimentContext, from: number, to: number): Promise<void> {
  const table = await ifPresent(breastCancer({ folder: context.dataFolder }), (reason) =>
    context.note(`B is left out: ${reason}`),
  )
  if (!table) return
  const splits = SPLITS[context.scale]
  const starts: Fit[] = []
  const found: Record<Method, Fit[]> = { 'version 1': [], 'version 2': [], soba: [] }
  for (let s = 0; s < splits; s++) {
    const seed = 100 * context.seed + s
    const data = prepare(table, random(seed))
    const { x, y } = start(data.problem)
    starts.push(judge(data, x, y))
    for (const [k, method] of METHODS.entries()) {
      await context.progress(from + ((to - from) * (s + k / 3)) / splits, `temperatures, split ${s + 1}, ${method}`)
      found[method].push(run(data, method, seed))
    }
  }

  const digits = (value: number) => value.toFixed(3)
  const row = (name: string, key: keyof Fit, before: boolean) => [
    name,
    before ? starts.map((fit) => digits(fit[key])).join(' ') : '',
    ...METHODS.map((method) => found[method].map((fit) => digits(fit[key])).join(' ')),
  ]
  context.table({
    title:
      'B. Breast cancer, 200 rows with 20 % wrong labels, models of 10 temperatures, 5 of them a step, batches of 32',
    columns: ['', 'equal weights', 'version 1', 'version 2', 'SOBA'],
    rows: [
      row('Phi', 'phi', true),
      row('test accuracy, mean of the models', 'accuracy', true),
      row('AUC of small weights as a sign of wrong labels', 'detection', false),
      row('distance of y_i from y_i(x), rms', 'tracking', false),
    ],
  })

  const ours = [...found['version 1'], ...found['version 2']]
  const before = (k: number) => starts[k % splits]
  const falls = ours.map(({ phi }, k) => phi / before(k).phi)
  context.claim({
    claim: 'shared weights: Phi falls to half of its start, or less, with both versions',
    paper: '',
    ours: `to ${span(falls)} of it`,
    pass: Math.max(...falls) <= 0.5,
  })
  context.claim({
    claim: 'small weights find the wrong labels, with an AUC of at least .9',
    paper: '',
    ours: span(ours.map(({ detection }) => detection)),
    pass: ours.every(({ detection }) => detection >= 0.9),
  })
  const gains = ours.map(({ accuracy }, k) => accuracy - before(k).accuracy)
  context.claim({
    claim: 'test accuracy rises on average over the splits, by at least half a point',
    paper: '',
    ours: `${(100 * mean(gains)).toFixed(1)} points (${gains.map((gain) => (100 * gain).toFixed(1)).join(', ')})`,
    pass: mean(gains) >= 0.005,
  })
  const ratios = ours.map(({ tracking }, k) => tracking / found.soba[k % splits].tracking)
  context.claim({
    claim: 'the models follow their exact fits: at most .7 of the distance that SOBA keeps, with both versions',
    paper: 'variance reduction tracks all lower solutions',
    ours: span(ratios),
    pass: Math.max(...ratios) <= 0.7,
  })
  context.claim({
    claim: 'a smaller loss or a higher accuracy than by SOBA, which needs half the derivatives a step',
    paper: '',
    ours: `not here: Phi ${METHODS.map((method) => digits(mean(found[method].map(({ phi }) => phi)))).join(', ')} on average`,
    pass: null,
  })
}

const start = ({ blocks, dimensions }: TemperatureLogistic) => ({
  x: new Float64Array(dimensions.x),
  y: Array.from({ length: blocks }, () => new Float64Array(dimensions.y)),
})

function run({ problem, ...data }: Data, method: Method, seed: number): Fit {
  const sampler = blockSampler({ blocks: 10, blocksPerStep: 5, examples: problem.examples, batchSize: 32, seed })
  const options = { sampler, beta: 0.3, tau: 0.1, eta: 10, tolerance: 0, maxIterations: STEPS, history: false }
  const version = method === 'version 1' ? 1 : 2
  const { x, y } =
    method === 'soba'
      ? soba(problem, start(problem), options)
      : bsvrb(problem, start(problem), { ...options, version, alpha: 0.5, eigenvalues: [0.005, Infinity] })
  return judge({ problem, ...data }, x, y)
}

/** Splits the table; a fifth of the training labels is flipped. Columns are scaled by the training rows. */
function prepare(table: Classification, rng: Random): Data {
  const order = rng.permutation(table.labels.length)
  const part = (first: number, last?: number) => takeRows(table, order.subarray(first, last))
  const training = part(0, TRAIN)
  const scaling = standardize(training.features)
  const rows = ({ features, labels }: Classification): Rows => {
    const scaled = standardize(features, scaling).features
    const [n, d] = scaled.shape
    return {
      inputs: Array.from({ length: n }, (_, i) =>
        Float64Array.from({ length: d + 1 }, (_, j) => (j === d ? 1 : scaled.get(i, j) / Math.sqrt(d))),
      ),
      labels: Float64Array.from(labels, (label) => (label > 0 ? 1 : -1)),
    }
  }
  const [train, validation, test] = [
    rows(training),
    rows(part(TRAIN, TRAIN + VALIDATION)),
    rows(part(TRAIN + VALIDATION)),
  ]
  const wrong = new Set(rng.choice(TRAIN, WRONG * TRAIN))
  for (const i of wrong) train.labels[i] *= -1
  return { problem: temperatureLogistic(train, validation, TEMPERATURES, { l2: 0.01 }), test, wrong }
}

/** Phi, the accuracy of exact fits, and how far y is from them. */
function judge({ problem, test, wrong }: Data, x: Float64Array, y: Float64Array[]): Fit {
  const { phi, tracking, solutions } = measure(problem, x, y)
  const right = (fit: Float64Array) =>
    test.inputs.filter((row, i) => row.reduce((sum, value, j) => sum + value * fit[j], 0) * test.labels[i] > 0).length
  return { phi, tracking, accuracy: mean(solutions.map(right)) / test.labels.length, detection: detection(x, wrong) }
}

/** The probability that a wrong row has a smaller weight than another one. */
function detection(x: Float64Array, wrong: Set<number>): number {
  let wins = 0
  for (const i of wrong)
    for (let j = 0; j < x.length; j++) if (!wrong.has(j)) wins += x[i] < x[j] ? 1 : x[i] === x[j] ? 0.5 : 0
  return wins / (wrong.size * (x.length - wrong.size))
}

const span = (values: number[]): string => `${Math.min(...values).toFixed(3)} to ${Math.max(...values).toFixed(3)}`
