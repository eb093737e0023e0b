import { number, options as optionsOf, random, refuse, type Status, show } from '@opt/core'
import { sinkhornNewton, squaredEuclidean } from '@opt/sinkhorn-sns'
import ndarray from 'ndarray'
import { ColorMap } from './color-map.ts'
import { GuidedShifts } from './guided-shifts.ts'
import { fromOklab, toOklab } from './oklab.ts'
import { type Palette, type Photograph, paletteOf } from './palette.ts'

/** Options of {@link transportPalette}. */
export interface PaletteOptions {
  /** Colours per picture, at most. Default 1000. */
  samples?: number
  /** Regularisation of the transport, in squared units of Oklab. Default 2e-4: colours 0.014 apart are told apart. */
  epsilon?: number
  /** 0 changes nothing, 1 moves the whole way. Default 1. */
  strength?: number
  /** Seeds the choice of colours. Default 0. */
  seed?: number
}

/** What {@link transportPalette} answers. */
export interface PaletteTransport {
  /** The first picture in the second one's colours. */
  picture: Photograph
  /** Mean squared distance in Oklab that the colours travel by the plan. */
  cost: number
  /** Iterations of the solver. */
  iterations: number
  /** How the solver ended, in a word and in a sentence, and the error of the plan's marginals. */
  status: Status
  message: string
  error: number
  /** How many colours stand for each picture. */
  colors: { from: number; to: number }
}

/**
 * Moves the palette of one picture onto another's: the answer shows `from` in the colours of `to`.
 *
 * Both are summed up by weighted colours; an optimal plan between these is found by sparse Newton iterations on the Sinkhorn
 * potential; each colour's mean destination under it, smoothed over the colour space and over the picture, moves every pixel.
 *
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export function transportPalette(from: Photograph, to: Photograph, options: PaletteOptions = {}): PaletteTransport {
  const { samples = 1000, epsilon = 2e-4, strength = 1, seed = 0 } = optionsOf(options, 'transportPalette: options')
  number(samples, 'transportPalette: samples', { integer: true, min: 2, max: 4000 })
  number(epsilon, 'transportPalette: epsilon', { positive: true })
  number(strength, 'transportPalette: strength', { min: 0, max: 1 })
  number(seed, 'transportPalette: seed', { integer: true })
  const source = paletteOf(checked(from, 'from'), samples, random(seed))
  const target = paletteOf(checked(to, 'to'), samples, random(seed))
  const onto = meanDestinations(source, target, epsilon)
  // Entropy blurs every destination a little. What it does to the source's own palette is taken off again: this is the
  // gradient of the Sinkhorn divergence, and equal palettes stay exactly where they are.
  const itself = meanDestinations(source, source, epsilon)
  const shifts = onto.destinations.map((value, k) => strength * (value - itself.destinations[k]!))
  const { cost, iterations } = onto.solution
  // The picture is as good as the worse of both plans.
  const { status, message, error } = (onto.solution.status === 'converged' ? itself : onto).solution
  return {
    picture: recolored(from, new ColorMap(source.colors, source.weights, shifts)),
    ...{ cost, iterations, status, message, error },
    colors: { from: source.weights.length, to: target.weights.length },
  }
}

function checked(picture: Photograph, name: string): Photograph {
  const label = `transportPalette: ${name}`
  if (typeof picture !== 'object' || picture === null) refuse(label, 'a picture', show(picture), 'type')
  const { width, height, channels, data } = picture
  number(width, `${label}.width`, { integer: true, min: 1 })
  number(height, `${label}.height`, { integer: true, min: 1 })
  if (channels !== 3 && channels !== 4) refuse(`${label}.channels`, '3 or 4', show(channels))
  if (!(data instanceof Uint8Array) && !((data as unknown) instanceof Uint8ClampedArray))
    refuse(`${label}.data`, 'bytes (a Uint8Array or Uint8ClampedArray)', show(data), 'type')
  const length = width * height * channels
  if (data.length !== length) refuse(`${label}.data`, `of length ${length}`, `length ${data.length}`)
  if (channels === 4 && data.every((value, k) => k % 4 !== 3 || value === 0))
    refuse(label, 'a picture with a visible pixel', 'one that is wholly transparent')
  return picture
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

/** A picture with every pixel's colour moved. */
function recolored(picture: Photograph, map: ColorMap): Photograph {
  const { width, height, channels, data } = picture
  const shifts = new GuidedShifts(picture, map)
  const moved = new Uint8Array(data)
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
