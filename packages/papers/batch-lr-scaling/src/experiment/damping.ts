import { type ExperimentContext, random } from '@opt/core'
import { lanczosStep } from '../learner/lanczos-step.ts'
import { batchNoise } from '../noise/batch-noise.ts'
import { minimalDamping } from '../theory/maximal-rate.ts'
import { type Digits, makeNetwork } from './digits.ts'
import { HALF_OF_GUESSING, largestStable, stepsFor } from './stable-rates.ts'
import { train, trainingLoss } from './training.ts'

/** Rates to compare; the lower one at two batch sizes only. */
const CELLS = [
  { batch: 2, rates: [1] },
  { batch: 4, rates: [1, 0.1] },
  { batch: 8, rates: [1] },
  { batch: 16, rates: [1, 0.1] },
]

/** D: the smallest damping with which the Lanczos step is stable. */
export async function damping(
  context: ExperimentContext,
  digits: Digits,
  progress: (done: number) => Promise<void>,
): Promise<void> {
  const { inputs, labels } = digits.train
  const count = labels.length
  const seeds = [0, 1, 2].map((k) => 1000 * context.seed + k)
  const products = { network: makeNetwork(seeds[0]), inputs, targets: labels, matrix: 'gauss-newton' } as const
  const { lambda, trace } = batchNoise(products, { seed: context.seed, history: false })
  const rows: { batch: number; rate: number; found: number; predicted: number }[] = []
  for (const { batch, rates } of CELLS)
    for (const rate of rates) {
      await progress(rows.length / 6)
      const predicted = minimalDamping({ rate, lambda, trace, batch, count })
      const isStable = (inverse: number) => {
        const good = seeds.filter((seed) => lossAt(digits, batch, rate, 1 / inverse, seed) < HALF_OF_GUESSING)
        return good.length >= 2
      }
      rows.push({ batch, rate, found: 1 / largestStable(1 / predicted, 2, isStable), predicted })
    }
  context.table({
    title:
      'Smallest damping of the Lanczos step with which two of three runs are stable, and rate (lambda + c trace) / 2',
    columns: ['batch', 'rate', 'found', 'formula'],
    rows: rows.map(({ batch, rate, found, predicted }) => [
      batch,
      rate,
      found.toPrecision(2),
      predicted.toPrecision(2),
    ]),
  })
  const found = (batch: number, rate: number) =>
    rows.find((row) => row.batch === batch && row.rate === rate)?.found ?? Number.NaN
  const ratios = [4, 16].map((batch) => found(batch, 1) / found(batch, 0.1))
  const typical = Math.sqrt(ratios[0] * ratios[1])
  context.claim({
    claim: 'the smallest damping is proportional to the rate: rate 1 over rate 0.1, batch sizes 4 and 16',
    paper: '10',
    ours: `${ratios.map((ratio) => ratio.toFixed(1)).join(' and ')} times`,
    pass: typical >= 2.5 && typical <= 25,
  })
  const fall = found(2, 1) / found(8, 1)
  context.claim({
    claim: 'and inversely proportional to small batch sizes: batch size 2 over 8 at rate 1',
    paper: '4',
    ours: fall.toFixed(1),
    pass: fall >= 1.7 && fall <= 12,
  })
}

function lossAt(digits: Digits, batch: number, rate: number, delta: number, seed: number): number {
  const { inputs, labels } = digits.train
  const network = makeNetwork(seed)
  const rng = random(seed + 11)
  const examples = network.examples(inputs, labels)
  const [width, classes] = [examples.inputs.length / examples.count, examples.targets.length / examples.count]
  const x = new Float64Array(batch * width)
  const y = new Float64Array(batch * classes)
  const step = (indices: Int32Array) => {
    indices.forEach((index, i) => {
      x.set(examples.inputs.subarray(index * width, (index + 1) * width), i * width)
      y.set(examples.targets.subarray(index * classes, (index + 1) * classes), i * classes)
    })
    const move = lanczosStep((v, out) => void network.hvp(x, y, v, out), network.gradients, {
      rate,
      damping: delta,
      seed: rng,
    })
    for (let i = 0; i < move.length; i++) network.parameters[i] += move[i]
  }
  train(network, digits.train, { batch, steps: stepsFor(batch, labels.length), step, rng })
  return trainingLoss(network, digits.train)
}
