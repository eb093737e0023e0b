import { calling, number, options as optionsOf, type Random, randomFrom, type VectorLike, vector } from '@opt/core'
import { checkFinite, type Rows } from '../head/intake.ts'
import { flatImages } from './images.ts'

/** Options of {@link colourDigits}. */
export interface ColourOptions {
  /** The probability that the colour differs from the label. */
  error: number
  /** The probability that the label differs from `digit < 5`. Default 0.25. */
  flip?: number | undefined
  /** The seed of the draws, or a generator to draw from. Default 0. */
  seed?: number | Random | undefined
  /** Uniform draws in place of random ones, one of each for every picture. */
  draws?: { flip: VectorLike; colour: VectorLike } | undefined
  /** The brightest pixel, by which the others are divided. Default 255. */
  brightest?: number | undefined
}

/** Answer of {@link colourDigits}. */
export interface ColouredDigits {
  /** n x (2 pixels): the picture in the first or the second half, the colour channel; zeros in the other. */
  features: Float64Array
  /** 1 for digits below 5, before the flips. */
  labels: Int32Array
  /** 0 or 1 for each picture. */
  colours: Int32Array
}

/**
 * Makes a domain of coloured digits (Arjovsky et al. 2019): the label is whether the digit is below 5, but for some flips;
 * the colour is the label, but for some errors. Domains differ in `error`.
 *
 * @param images pictures, one a row, of any size.
 * @param digits 0..9, one per picture.
 * @throws TypeError or RangeError that names the wrong argument.
 */
export function colourDigits(images: Rows, digits: VectorLike, options: ColourOptions): ColouredDigits {
  return calling('colourDigits', () => {
    const {
      error,
      flip = 0.25,
      seed = 0,
      draws,
      brightest = 255,
    } = optionsOf(options, 'options', ['error', 'flip', 'seed', 'draws', 'brightest'])
    number(error, 'error', { min: 0, max: 1 })
    number(flip, 'flip', { min: 0, max: 1 })
    number(brightest, 'brightest', { positive: true })
    const given = vector(digits, 'digits')
    const n = given.length
    for (let i = 0; i < n; i++) number(given[i], `digits[${i}]`, { integer: true, min: 0, max: 9 })
    const { rows, pixels } = flatImages(images, n)
    checkFinite(rows, pixels, 'images')
    const rng = randomFrom(seed, 'seed')
    const flips = draws && vector(draws.flip, 'draws.flip', { length: n })
    const errors = draws && vector(draws.colour, 'draws.colour', { length: n })
    const features = new Float64Array(2 * n * pixels)
    const labels = new Int32Array(n)
    const colours = new Int32Array(n)
    for (let i = 0; i < n; i++) {
      const flipped = (flips ? flips[i] : rng.uniform()) < flip
      const wrong = (errors ? errors[i] : rng.uniform()) < error
      labels[i] = given[i] < 5 === flipped ? 0 : 1
      colours[i] = wrong ? 1 - labels[i] : labels[i]
      const start = (2 * i + colours[i]) * pixels
      for (let j = 0; j < pixels; j++) features[start + j] = rows[i * pixels + j] / brightest
    }
    return { features, labels, colours }
  })
}
