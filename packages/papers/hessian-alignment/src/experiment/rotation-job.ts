import { random } from '@opt/core'
import { rotateImages } from '../data/rotate-images.ts'
import type { InputDomain } from '../training/domains.ts'
import { trainAcrossDomains } from '../training/train-across-domains.ts'
import type { Digits } from './digits.ts'
import { accuracy, type Recipe, take } from './shared.ts'

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
