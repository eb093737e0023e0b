import { type ExperimentContext, log, pow, random } from '@opt/core'
import { Adam, SGD } from '@opt/optimizers'
import { batchNoise } from '../noise/batch-noise.ts'
import { maximalRate } from '../theory/maximal-rate.ts'
import { type Digits, makeNetwork } from './digits.ts'
import { train, trainingLoss } from './training.ts'

const METHODS = ['SGD', 'Adam'] as const
type Method = (typeof METHODS)[number]

/** The largest power of 2^(1 / perOctave), near a start, that is stable. */
export function largestStable(start: number, perOctave: number, isStable: (rate: number) => boolean): number {
  const rate = (k: number) => pow(2, k / perOctave)
  let k = Math.round((perOctave * log(start)) / log(2))
  if (isStable(rate(k))) while (isStable(rate(k + 1))) k++
  else
    do k--
    while (!isStable(rate(k)))
  return rate(k)
}

/** Half of the loss of guessing: what a stable run ends below. */
export const HALF_OF_GUESSING = 1.15

/** Steps of a run: 4 epochs, from 300 to 1500. */
export const stepsFor = (batch: number, count: number): number =>
  Math.min(1500, Math.max(300, Math.floor((4 * count) / batch)))

function lossAt(digits: Digits, method: Method, batch: number, learningRate: number, seed: number): number {
  const network = makeNetwork(seed)
  const make = { SGD, Adam }[method]
  const optimizer = new make(network.parameters, { learningRate })
  const steps = stepsFor(batch, digits.train.labels.length)
  train(network, digits.train, { batch, steps, step: () => optimizer.step(network.gradients), rng: random(seed + 7) })
  return trainingLoss(network, digits.train)
}

/** B: the largest stable rate for each batch size. */
export async function stableRates(
  context: ExperimentContext,
  digits: Digits,
  progress: (done: number) => Promise<void>,
): Promise<void> {
  const full = context.scale === 'full'
  const sizes = full ? [1, 2, 4, 8, 16, 32, 64, 128, 256] : [1, 8, 32, 256]
  const seeds = [0, 1, 2].slice(0, full ? 3 : 1).map((k) => 1000 * context.seed + k)
  const count = digits.train.labels.length
  const network = makeNetwork(seeds[0])
  const products = {
    network,
    inputs: digits.train.inputs,
    targets: digits.train.labels,
    matrix: 'gauss-newton',
  } as const
  const { lambda, trace } = batchNoise(products, { seed: context.seed, history: false })
  const R = sizes.map((batch) => maximalRate({ lambda, trace, batch, count }))
  const rates: Record<Method, number[]> = { SGD: [], Adam: [] }
  for (const method of METHODS)
    for (const [k, batch] of sizes.entries()) {
      await progress((METHODS.indexOf(method) + k / sizes.length) / 2)
      const guess = rates[method].at(-1) ?? (method === 'SGD' ? 0.2 : 0.03)
      const isStable = (rate: number) =>
        seeds.every((seed) => lossAt(digits, method, batch, rate, seed) < HALF_OF_GUESSING)
      rates[method].push(largestStable(guess, 4, isStable))
    }
  report(context, sizes, rates, R, { lambda, trace })
}

function report(
  { table, figure, claim, note }: ExperimentContext,
  sizes: number[],
  rates: Record<Method, number[]>,
  R: number[],
  { lambda, trace }: { lambda: number; trace: number },
): void {
  const show = (x: number) => String(Number(x.toPrecision(2)))
  const at = (batch: number) => sizes.indexOf(batch)
  const exponent = (of: number[], from: number, to: number) => log(of[at(to)] / of[at(from)]) / log(to / from)
  const shares = R.map((r, k) => rates.SGD[k] / r)
  table({
    title: 'Largest stable constant rate by batch size, digits',
    columns: ['batch', 'SGD', 'R(B)', 'SGD / R(B)', 'linear rule', 'square root', 'Adam', 'Adam, square root'],
    rows: sizes.map((batch, k) =>
      [
        rates.SGD[k],
        R[k],
        shares[k],
        rates.SGD[0] * (batch / sizes[0]),
        rates.SGD[0] * Math.sqrt(batch / sizes[0]),
        rates.Adam[k],
        rates.Adam[0] * Math.sqrt(batch / sizes[0]),
      ].reduce<(string | number)[]>((row, x) => row.concat(show(x)), [batch]),
    ),
  })
  figure({
    kind: 'line',
    title: 'Largest stable rate',
    caption: `R(B) with lambda ${show(lambda)} and trace ${show(trace)}, measured at the start.`,
    x: { label: 'batch size', scale: 'log' },
    y: { label: 'learning rate', scale: 'log' },
    series: [
      { label: 'SGD', x: sizes, y: rates.SGD },
      { label: 'R(B)', x: sizes, y: R, dashed: true },
      { label: 'Adam', x: sizes, y: rates.Adam },
      {
        label: 'Adam, square root',
        x: sizes,
        y: sizes.map((b) => rates.Adam[0] * Math.sqrt(b / sizes[0])),
        dashed: true,
      },
    ],
  })
  const early = exponent(rates.SGD, 1, 8)
  claim({
    claim: 'the largest rate of SGD grows with the batch size as long as it is small',
    paper: 'linearly: exponent 1',
    ours: `exponent ${early.toFixed(2)} from 1 to 8`,
    pass: early >= 0.4 && early <= 1.15,
  })
  const late = rates.SGD[at(256)] / rates.SGD[at(32)]
  claim({
    claim: 'and then no more',
    paper: 'linear until the noise is gone',
    ours: `${late.toFixed(1)} times from 32 to 256, where the linear rule says 8`,
    pass: late <= 2.5,
  })
  const spread = Math.max(...shares) / Math.min(...shares)
  claim({
    claim: 'R(B), measured once at the start, follows it over all batch sizes',
    paper: '',
    ours: `SGD / R(B) from ${Math.min(...shares).toFixed(1)} to ${Math.max(...shares).toFixed(1)}`,
    pass: spread <= 3,
  })
  const linear = (rates.SGD[0] * 256) / rates.SGD[at(256)]
  claim({
    claim: 'the linear rule from 1 to 256 is too optimistic',
    paper: 'the linear rule holds',
    ours: `by ${linear.toFixed(0)} times`,
    pass: null,
  })
  const adam = exponent(rates.Adam, 1, 32)
  claim({
    claim: 'the largest rate of Adam grows like the square root of the batch size',
    paper: 'exponent 1/2',
    ours: `exponent ${adam.toFixed(2)} from 1 to 32`,
    pass: adam >= 0.25 && adam <= 0.85,
  })
  const end = rates.Adam[at(256)] / rates.Adam[at(32)]
  note(
    `The square root of Adam has an end: from batch size 32 to 256 its largest rate changes ${end.toFixed(1)} times, the square root says 2.8.`,
  )
}
