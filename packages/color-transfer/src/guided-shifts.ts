import type { ColorMap } from './color-map.ts'
import { toOklab } from './oklab.ts'
import { type CheckedPixels, opacity } from './pixels.ts'
import { solve3 } from './solve3.ts'

/**
 * About how many pixels the filter works on at most; larger pictures are reduced for it and its result
 * interpolated.
 */
const WORKING_PIXELS = 400_000
/** Half the width of a window, relative to the picture's longer side. */
const REACH = 0.02
/** Contrast in Oklab below which a window moves as one: noise, JPEG blocks, the faint steps of a sky. */
const CONTRAST = 0.03

const PAIRS = [
  [0, 0],
  [0, 1],
  [0, 2],
  [1, 1],
  [1, 2],
  [2, 2],
] as const

/**
 * The shift of each pixel: a color map's shifts, smoothed over the picture by a guided filter whose guide is
 * the picture itself. Shifts follow the picture's edges, but areas without contrast of their own move as one.
 * Pixels are weighted by their opacity.
 *
 * Source: K. He, J. Sun, X. Tang, "Guided image filtering", ECCV 2010.
 */
export class GuidedShifts {
  readonly #width: number
  readonly #height: number
  readonly #factor: number
  /** For each of the three components four planes of working pixels: slopes along L, a, b, and a constant. */
  readonly #fields: Float32Array[]

  constructor(picture: CheckedPixels, map: ColorMap) {
    const factor = Math.max(1, Math.ceil(Math.sqrt((picture.width * picture.height) / WORKING_PIXELS)))
    const small = reduced(picture, factor)
    this.#factor = factor
    this.#width = small.width
    this.#height = small.height
    this.#fields = guidedFilter(small, shiftsOf(small.planes, map))
  }

  /** Moves the color (L, a, b) of pixel (x, y) in place. */
  move(color: Float64Array, x: number, y: number): void {
    // A working pixel stands at the center of its block.
    const u = Math.max(0, Math.min(this.#width - 1, (x + 0.5) / this.#factor - 0.5))
    const v = Math.max(0, Math.min(this.#height - 1, (y + 0.5) / this.#factor - 0.5))
    const [i, j] = [Math.floor(v), Math.floor(u)]
    const [p, q] = [v - i, u - j]
    const at = i * this.#width + j
    const right = j + 1 < this.#width ? 1 : 0
    const below = i + 1 < this.#height ? this.#width : 0
    const [L, a, b] = [color[0]!, color[1]!, color[2]!]
    for (let d = 0; d < 3; d++) {
      let shift = 0
      for (let k = 0; k < 4; k++) {
        const field = this.#fields[4 * d + k]!
        const upper = (1 - q) * field[at]! + q * field[at + right]!
        const lower = (1 - q) * field[at + below]! + q * field[at + below + right]!
        shift += ((1 - p) * upper + p * lower) * (k === 0 ? L : k === 1 ? a : k === 2 ? b : 1)
      }
      color[d]! += shift
    }
  }
}

type Planes = [Float32Array, Float32Array, Float32Array]

/** A picture in Oklab. */
interface Guide {
  width: number
  height: number
  planes: Planes
  /** Opacity of each pixel, 0..1. */
  seen: Float32Array
}

/** Returns the means of factor x factor blocks, weighted by opacity. */
function reduced(picture: CheckedPixels, factor: number): Guide {
  const { width, height, channels, data } = picture
  const [w, h] = [Math.ceil(width / factor), Math.ceil(height / factor)]
  const planes = [0, 1, 2].map(() => new Float32Array(w * h)) as Planes
  const seen = new Float32Array(w * h)
  const color = new Float64Array(3)
  for (let i = 0; i < h; i++)
    for (let j = 0; j < w; j++) {
      let [red, green, blue, mass, count] = [0, 0, 0, 0, 0]
      for (let y = i * factor; y < Math.min(height, (i + 1) * factor); y++)
        for (let x = j * factor; x < Math.min(width, (j + 1) * factor); x++) {
          const at = channels * (y * width + x)
          const weight = opacity(picture, at)
          red += weight * data[at]!
          green += weight * data[at + 1]!
          blue += weight * data[at + 2]!
          mass += weight
          count++
        }
      seen[i * w + j] = mass / count
      // A transparent block has no color.
      if (mass === 0) continue
      toOklab(red / mass, green / mass, blue / mass, color)
      for (let d = 0; d < 3; d++) planes[d]![i * w + j] = color[d]!
    }
  return { width: w, height: h, planes, seen }
}

function shiftsOf(planes: Planes, map: ColorMap): Planes {
  const shifts = planes.map((plane) => new Float32Array(plane.length)) as Planes
  const color = new Float64Array(3)
  for (let p = 0; p < planes[0].length; p++) {
    for (let d = 0; d < 3; d++) color[d] = planes[d]![p]!
    map.move(color)
    for (let d = 0; d < 3; d++) shifts[d]![p] = color[d]! - planes[d]![p]!
  }
  return shifts
}

/** Fits the shift in each window by an affine function of the color; a pixel gets the mean over its windows. */
function guidedFilter({ width, height, planes: guide, seen }: Guide, shifts: Planes): Float32Array[] {
  const radius = Math.max(2, Math.round(REACH * Math.max(width, height)))
  const box = (plane: Float32Array) => boxMean(plane, width, height, radius)
  const mass = box(seen)
  // Where all is transparent, any value will do.
  const mean = (plane: Float32Array) =>
    box(plane.map((value, p) => value * seen[p]!)).map((sum, p) => (mass[p]! > 0 ? sum / mass[p]! : 0))
  const product = (x: Float32Array, y: Float32Array) => mean(x.map((value, p) => value * y[p]!))
  const color = guide.map(mean)
  const shift = shifts.map(mean)
  const spread = PAIRS.map(([k, l]) => product(guide[k], guide[l]))
  const fields: Float32Array[] = []
  const matrix = new Float64Array(9)
  for (let d = 0; d < 3; d++) {
    const joint = guide.map((plane) => product(shifts[d]!, plane))
    const slopes = [0, 1, 2, 3].map(() => new Float32Array(width * height))
    for (let p = 0; p < width * height; p++) {
      PAIRS.forEach(([k, l], at) => {
        const entry = spread[at]![p]! - color[k]![p]! * color[l]![p]! + (k === l ? CONTRAST * CONTRAST : 0)
        matrix[3 * k + l] = entry
        matrix[3 * l + k] = entry
      })
      const right = joint.map((plane, k) => plane[p]! - shift[d]![p]! * color[k]![p]!)
      const slope = solve3(matrix, right)
      let constant = shift[d]![p]!
      for (let k = 0; k < 3; k++) {
        slopes[k]![p] = slope[k]!
        constant -= slope[k]! * color[k]![p]!
      }
      slopes[3]![p] = constant
    }
    fields.push(...slopes.map(mean))
  }
  return fields
}

/**
 * Returns the means over square windows of 2 radius + 1 pixels, cut off at the picture's edge; running sums,
 * rows then columns.
 */
function boxMean(plane: Float32Array, width: number, height: number, radius: number): Float32Array {
  const rows = new Float32Array(plane.length)
  for (let i = 0; i < height; i++) runningMean(plane, rows, i * width, 1, width, radius)
  const out = new Float32Array(plane.length)
  for (let j = 0; j < width; j++) runningMean(rows, out, j, width, height, radius)
  return out
}

function runningMean(
  x: Float32Array,
  out: Float32Array,
  start: number,
  stride: number,
  length: number,
  radius: number,
): void {
  let sum = 0
  for (let k = 0; k < Math.min(radius, length); k++) sum += x[start + k * stride]!
  for (let k = 0; k < length; k++) {
    if (k + radius < length) sum += x[start + (k + radius) * stride]!
    if (k - radius - 1 >= 0) sum -= x[start + (k - radius - 1) * stride]!
    const count = Math.min(length - 1, k + radius) - Math.max(0, k - radius) + 1
    out[start + k * stride] = sum / count
  }
}
