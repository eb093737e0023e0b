import { nrm2, random } from '@opt/core'
import { colourDigits } from '../data/colour-digits.ts'
import { rotateImages } from '../data/rotate-images.ts'
import { checkDomain, checkHead } from '../head/intake.ts'
import type { AlignedModel } from '../training/aligned-model.ts'
import type { InputDomain } from '../training/domains.ts'
import type { AcrossOptions } from '../training/options.ts'
import { trainAcrossDomains } from '../training/train-across-domains.ts'
import { openChecked } from '../transfer/open-pair.ts'
import { differenceSpectrum } from '../transfer/spectrum.ts'
import { boundOf } from '../transfer/transfer-bound.ts'
import { transferMeasure } from '../transfer/transfer-measure.ts'
import type { Digits } from './digits.ts'

/** The tasks of the experiment: plain data in, plain data out, for the threads of an executor. */

/** How a network is trained: plain options. */
export type Recipe = Pick<
  AcrossOptions,
  | 'method'
  | 'unbiased'
  | 'alpha'
  | 'beta'
  | 'weight'
  | 'startWeight'
  | 'annealSteps'
  | 'steps'
  | 'batchSize'
  | 'learningRate'
  | 'l2'
  | 'rescale'
>

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

/** Trains on domains whose colour agrees with the label in 80 and 90 % and tests where it does in 10 %. */
export function shiftJob({ digits, count, units, recipe, seed, transferRows }: ShiftJob): ShiftAnswer {
  const rng = random(seed)
  const { pixels } = digits
  const order = rng.permutation(digits.labels.length).subarray(0, 2 * count)
  const halves = [order.subarray(0, count), order.subarray(count)]
  const domains = halves.map((rows, e): InputDomain & { count: number } => {
    const images = take(digits.images, rows, pixels)
    const labels = rows.map((row) => digits.labels[row])
    const { features, labels: targets } = colourDigits(images, labels, { error: e === 0 ? 0.2 : 0.1, seed: rng })
    return { inputs: new Float32Array(features), targets, count: rows.length }
  })
  const test = colourDigits(digits.testImages, digits.testLabels, { error: 0.9, seed: rng })
  const { model } = trainAcrossDomains([2 * pixels, units, 1], domains, { ...recipe, seed, history: false })
  const gray = test.features.slice()
  for (let i = 0; i < test.labels.length; i++)
    for (let j = 2 * i * pixels; j < (2 * i + 1) * pixels; j++) gray[j] = gray[j + pixels] = gray[j] + gray[j + pixels]
  const first = (domain: InputDomain, rows: number): InputDomain => ({
    inputs: (domain.inputs as Float32Array).slice(0, rows * 2 * pixels),
    targets: (domain.targets as Int32Array).slice(0, rows),
  })
  const target = { inputs: test.features, targets: test.labels }
  return {
    train: (accuracy(model, domains[0]) + accuracy(model, domains[1])) / 2,
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
  const head = { theta: model.theta }
  const checked = checkHead(head)
  const pair = openChecked(checkDomain(source, checked, 'source'), checkDomain(end, checked, 'target'), checked)
  const spectrum = differenceSpectrum(pair.source, pair.target)
  const length = nrm2(checked.theta)
  const delta = 0.3 * length
  const spectral = Math.max(Math.abs(spectrum.lambdaMin), Math.abs(spectrum.lambdaMax))
  const { growth, bound } = transferMeasure(source, end, head, { delta, history: false })
  const squares = end.features.reduce((sum, z) => sum + z * z, 0)
  return {
    growth,
    bound,
    firstOrder: delta * nrm2(pair.gradient),
    hessianBound: (delta * delta * spectral) / 2,
    gradient: nrm2(pair.gradient),
    spectral,
    scale: Math.sqrt(squares / pair.target.n + 1),
    curve: CURVE.map((radius) => boundOf(pair, spectrum, radius * length).quadratic!),
  }
}

/** A network on turned digits. */
export interface RotationJob {
  digits: Digits
  /** The angle that is not trained on, in degrees. */
  heldOut: number
  recipe: Recipe
  seed: number
}

const ANGLES = [0, 15, 30, 45, 60, 75]

/** Trains on 500 digits at each of five angles and returns the accuracy on 1000 others at the sixth. */
export function rotationJob({ digits, heldOut, recipe, seed }: RotationJob): number {
  const rng = random(seed)
  const { pixels } = digits
  const side = Math.sqrt(pixels)
  const order = rng.permutation(Math.min(digits.images.length / pixels, digits.labels.length))
  const inputsOf = (images: Uint8Array, rows: Int32Array, angle: number) =>
    halved(rotateImages(take(images, rows, pixels), side, angle), side)
  const domains = ANGLES.filter((angle) => angle !== heldOut).map((angle, e): InputDomain => {
    const rows = order.slice(e * 500, (e + 1) * 500)
    return { inputs: inputsOf(digits.images, rows, angle), targets: rows.map((row) => digits.labels[row]) }
  })
  const rows = rng.permutation(digits.testLabels.length).slice(0, 1000)
  const test = {
    inputs: inputsOf(digits.testImages, rows, heldOut),
    targets: rows.map((row) => digits.testLabels[row]),
  }
  const inputs = test.inputs.length / rows.length
  const { model } = trainAcrossDomains([inputs, 128, 10], domains, { ...recipe, seed, history: false })
  return accuracy(model, test)
}

/** Pictures of 0..1; large ones as means of 2 x 2 pixels. */
function halved(images: Float64Array, side: number): Float32Array {
  const step = side > 16 ? 2 : 1
  const small = side / step
  const out = new Float32Array(images.length / step / step)
  for (let i = 0; i < images.length; i++) {
    const at = i % (side * side)
    const [row, column] = [Math.floor(at / side / step), Math.floor((at % side) / step)]
    out[Math.floor(i / side / side) * small * small + row * small + column] += images[i] / (255 * step * step)
  }
  return out
}

function take(images: Uint8Array, rows: Int32Array, pixels: number): Uint8Array {
  const out = new Uint8Array(rows.length * pixels)
  rows.forEach((row, i) => void out.set(images.subarray(row * pixels, (row + 1) * pixels), i * pixels))
  return out
}

function accuracy(model: AlignedModel, { inputs, targets }: InputDomain): number {
  const found = model.predict(inputs)
  return found.reduce((right, k, i) => right + (k === (targets as Int32Array)[i] ? 1 : 0), 0) / found.length
}
