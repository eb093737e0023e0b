import { nrm2, random } from '@opt/core'
import { mean } from '@opt/core/experiment'
import { type ColouredDigits, colourDigits } from '../data/colour-digits.ts'
import { checkDomain, checkHead } from '../head/intake.ts'
import type { AlignedModel } from '../training/aligned-model.ts'
import type { InputDomain } from '../training/domains.ts'
import { trainAcrossDomains } from '../training/train-across-domains.ts'
import { openChecked } from '../transfer/open-pair.ts'
import { differenceSpectrum } from '../transfer/spectrum.ts'
import { boundOf } from '../transfer/transfer-bound.ts'
import { growthWithin } from '../transfer/transfer-measure.ts'
import type { Digits } from './digits.ts'
import { accuracy, type Recipe, take } from './shared.ts'

export { type RotationJob, rotationJob } from './rotation-job.ts'

/** The tasks of the experiment: plain data in, plain data out, for the threads of an executor. */

/** A network on coloured digits. */
export interface ShiftJob {
  digits: Digits
  /** Pictures in each of the two domains. */
  count: number
  units: number
  recipe: Recipe
  seed: number
  /** Rows of source and target for the transfer measure. */
  transferRows: number
}

/** Accuracies, and how the gap between training and test domain may grow. */
export interface ShiftAnswer {
  train: number
  test: number
  /** With both channels filled: what shape alone gives. */
  gray: number
  transfer: Transfer
}

/** Measures of transferability at delta = 0.3 |theta|. */
export interface Transfer {
  /** The largest growth of the loss gap found. */
  growth: number
  bound: number
  /** delta |g_T - g_S| */
  firstOrder: number
  /** delta^2 |H_T - H_S|_2 / 2, the paper's bound under a common optimum. */
  hessianBound: number
  gradient: number
  spectral: number
  /** Root mean square of |z~| over the target. */
  scale: number
  /** The quadratic part's maximum at CURVE times |theta|. */
  curve: number[]
}

/** Radii, relative to |theta|. */
export const CURVE: readonly number[] = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3]

/** Two training domains, whose colour agrees with the label in 80 and 90 %, and the test domain, where it does in 10 %. */
interface Drawn {
  domains: InputDomain[]
  test: ColouredDigits
  /** The test pictures with both channels filled. */
  gray: Float64Array
}

function draw({ digits, count, seed }: ShiftJob): Drawn {
  const rng = random(seed)
  const { pixels } = digits
  const order = rng.permutation(digits.labels.length).subarray(0, 2 * count)
  const domains = [0.2, 0.1].map((error, e): InputDomain => {
    const rows = order.subarray(e * count, (e + 1) * count)
    const images = take(digits.images, rows, pixels)
    const labels = rows.map((row) => digits.labels[row])
    const { features, labels: targets } = colourDigits(images, labels, { error, seed: rng })
    return { inputs: new Float32Array(features), targets }
  })
  const test = colourDigits(digits.testImages, digits.testLabels, { error: 0.9, seed: rng })
  const gray = test.features.slice()
  for (let i = 0; i < test.labels.length; i++)
    for (let j = 2 * i * pixels; j < (2 * i + 1) * pixels; j++) gray[j] = gray[j + pixels] = gray[j] + gray[j + pixels]
  return { domains, test, gray }
}

/** The last draw of this thread: the methods of one seed share it. */
let last: { job: ShiftJob; drawn: Drawn } | undefined

function drawn(job: ShiftJob): Drawn {
  const { digits, count, seed } = job
  if (!(last?.job.digits === digits && last.job.count === count && last.job.seed === seed))
    last = { job, drawn: draw(job) }
  return last.drawn
}

/** Trains on two domains of coloured digits, and measures accuracy and transferability to a third. */
export function shiftJob(job: ShiftJob): ShiftAnswer {
  const { digits, units, recipe, seed, transferRows } = job
  const columns = 2 * digits.pixels
  const { domains, test, gray } = drawn(job)
  const { model } = trainAcrossDomains([columns, units, 1], domains, { ...recipe, seed, history: false })
  const first = ({ inputs, targets }: InputDomain, rows: number): InputDomain => ({
    inputs: (inputs as Float32Array).slice(0, rows * columns),
    targets: (targets as Int32Array).slice(0, rows),
  })
  const target = { inputs: test.features, targets: test.labels }
  return {
    train: mean(domains.map((domain) => accuracy(model, domain))),
    test: accuracy(model, target),
    gray: accuracy(model, { inputs: gray, targets: test.labels }),
    transfer: transferOf(
      model,
      domains.map((domain) => first(domain, transferRows / 2)),
      first(target, transferRows),
    ),
  }
}

function transferOf(model: AlignedModel, sources: InputDomain[], target: InputDomain): Transfer {
  const parts = sources.map(({ inputs }) => model.features(inputs))
  const features = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0))
  parts.forEach((part, e) => void features.set(part, e * parts[0].length))
  const source = { features, targets: sources.flatMap(({ targets }) => Array.from(targets as Int32Array)) }
  const end = { features: model.features(target.inputs), targets: target.targets }
  const checked = checkHead({ theta: model.theta })
  const pair = openChecked(checkDomain(source, checked, 'source'), checkDomain(end, checked, 'target'), checked)
  const spectrum = differenceSpectrum(pair.source, pair.target)
  const length = nrm2(checked.theta)
  const delta = 0.3 * length
  const spectral = Math.max(Math.abs(spectrum.lambdaMin), Math.abs(spectrum.lambdaMax))
  const bound = boundOf(pair, spectrum, delta)
  const squares = end.features.reduce((sum, z) => sum + z * z, 0)
  return {
    growth: growthWithin(pair, bound, delta),
    bound: bound.bound,
    firstOrder: bound.firstOrder,
    hessianBound: (delta * delta * spectral) / 2,
    gradient: nrm2(pair.gradient),
    spectral,
    scale: Math.sqrt(squares / pair.target.n + 1),
    curve: CURVE.map((radius) => boundOf(pair, spectrum, radius * length).quadratic!),
  }
}
