import { number, options as optionsOf, random, type Status } from '@opt/core'
import { sinkhornNewton, squaredEuclidean } from '@opt/sinkhorn-sns'
import ndarray from 'ndarray'
import { ColorMap } from './color-map.ts'
import { GuidedShifts } from './guided-shifts.ts'
import { fromOklab, toOklab } from './oklab.ts'
import { type Palette, paletteOf } from './palette.ts'
import { type CheckedPixels, checkPixels, checkVisible, type Pixels, type Recolored } from './pixels.ts'

/** Options of {@link transferColors} and {@link fitColorTransfer}. */
export interface TransferOptions {
  /** The most colors that stand for a picture, 2 to 4000. Default 1000. */
  samples?: number | undefined
  /** Regularization of the transport, in squared units of Oklab. Default 2e-4: colors 0.014 apart are distinguished. */
  epsilon?: number | undefined
  /** From 0, nothing changes, to 1, the whole way. Default 1. */
  strength?: number | undefined
  /** Seeds the choice of colors. Default 0. */
  seed?: number | undefined
}

/** How a transfer was found. */
export interface TransferSummary {
  /** Mean squared distance in Oklab that the colors travel under the transport plan. */
  cost: number
  /** Iterations of the solver. */
  iterations: number
  /** How the solver ended: below 'converged', colors may be off. */
  status: Status
  /** The same in a sentence. */
  message: string
  /** The error of the plan's marginals, in the 1-norm. */
  error: number
  /** How many colors stand for each picture. */
  colors: { from: number; to: number }
}

/** A transfer that has been found; it can be applied to any picture. */
export interface ColorTransfer extends TransferSummary {
  /**
   * Returns a copy of a picture with its colors moved: the picture the transfer was fitted to, a larger or
   * smaller copy of it, or the next frame of a film. Opacity stays.
   *
   * @throws TypeError or RangeError naming the field that is wrong.
   */
  apply<P extends Pixels>(picture: P): Recolored<P>
}

/**
 * Moves the colors of one picture onto those of another: the answer's `picture` shows `from` in the colors of `to`.
 *
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export function transferColors<P extends Pixels>(
  from: P,
  to: Pixels,
  options: TransferOptions = {},
): TransferSummary & { picture: Recolored<P> } {
  const { apply, ...summary } = fitted(from, to, options, 'transferColors')
  return { picture: apply(from), ...summary }
}

/**
 * Finds the transfer from one picture's colors to another's without applying it: {@link transferColors} for
 * several pictures.
 *
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export const fitColorTransfer = (from: Pixels, to: Pixels, options: TransferOptions = {}): ColorTransfer =>
  fitted(from, to, options, 'fitColorTransfer')

/**
 * Both pictures are reduced to weighted colors. An optimal transport plan between these is found by sparse
 * Newton iterations on the Sinkhorn potential. Each color's mean destination under the plan becomes a smooth
 * map of the color space.
 */
function fitted(from: Pixels, to: Pixels, options: TransferOptions, caller: string): ColorTransfer {
  const {
    samples = 1000,
    epsilon = 2e-4,
    strength = 1,
    seed = 0,
  } = optionsOf(options, `${caller}: options`, ['samples', 'epsilon', 'strength', 'seed'])
  number(samples, `${caller}: samples`, { integer: true, min: 2, max: 4000 })
  number(epsilon, `${caller}: epsilon`, { positive: true })
  number(strength, `${caller}: strength`, { min: 0, max: 1 })
  number(seed, `${caller}: seed`, { integer: true })
  const palette = (picture: Pixels, label: string) => {
    const checked = checkPixels(picture, `${caller}: ${label}`)
    checkVisible(checked, `${caller}: ${label}`)
    return paletteOf(checked, samples, random(seed))
  }
  const source = palette(from, 'from')
  const target = palette(to, 'to')
  const onto = meanDestinations(source, target, epsilon)
  // Entropy blurs every destination a little. Subtracting what it does to the source's own palette gives the
  // gradient of the Sinkhorn divergence, under which equal palettes stay exactly where they are.
  const itself = meanDestinations(source, source, epsilon)
  const shifts = onto.destinations.map((value, k) => strength * (value - itself.destinations[k]!))
  const map = new ColorMap(source.colors, source.weights, shifts)
  const { cost, iterations } = onto.solution
  // The picture is as good as the worse of the two plans.
  const { status, message, error } = (onto.solution.status === 'converged' ? itself : onto).solution
  const colors = { from: source.weights.length, to: target.weights.length }
  return {
    cost,
    iterations,
    status,
    message,
    error,
    colors,
    apply: (picture) =>
      recolored(checkPixels(picture, 'ColorTransfer.apply: picture'), map) as Recolored<typeof picture>,
  }
}

function meanDestinations(source: Palette, target: Palette, epsilon: number) {
  const n = source.weights.length
  const m = target.weights.length
  const cost = squaredEuclidean(ndarray(source.colors, [n, 3]), ndarray(target.colors, [m, 3]))
  const solution = sinkhornNewton(cost, source.weights, target.weights, { epsilon })
  const destinations = new Float64Array(3 * n)
  const row = new Float64Array(m)
  for (let i = 0; i < n; i++) {
    solution.planRow(i, row)
    let mass = 0
    for (let j = 0; j < m; j++) {
      mass += row[j]!
      for (let k = 0; k < 3; k++) destinations[3 * i + k]! += row[j]! * target.colors[3 * j + k]!
    }
    for (let k = 0; k < 3; k++) destinations[3 * i + k]! /= mass
  }
  return { solution, destinations }
}

/** Returns a copy of a picture with every pixel's color moved. */
function recolored(picture: CheckedPixels, map: ColorMap): Recolored {
  const { width, height, channels, data } = picture
  const shifts = new GuidedShifts(picture, map)
  const moved = data instanceof Uint8ClampedArray ? new Uint8ClampedArray(data) : new Uint8Array(data)
  const color = new Float64Array(3)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = channels * (y * width + x)
      toOklab(data[at]!, data[at + 1]!, data[at + 2]!, color)
      shifts.move(color, x, y)
      fromOklab(color[0]!, color[1]!, color[2]!, moved, at)
    }
  return { width, height, channels, data: moved }
}
