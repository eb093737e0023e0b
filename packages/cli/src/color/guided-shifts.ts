import type { ColorMap } from './color-map.ts'
import { toOklab } from './oklab.ts'
import { opacity, type Photograph } from './palette.ts'
import { solve3 } from './solve3.ts'

/** The field is worked out on at most about so many pixels and read in between; pictures of any size then cost little. */
const WORKING_PIXELS = 400_000
/** Half a window's width, as part of the picture's longer side. */
const REACH = 0.02
/** Contrast in Oklab below which a window moves as one: noise, blocks of JPEG, a sky's faint steps. */
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
 * How far each pixel moves: a colour map's shifts, smoothed over the picture by a guided filter (He, Sun and Tang, 2010) whose
 * guide is the picture itself. Shifts follow the picture's edges, but what has no contrast of its own is not torn apart. Each
 * pixel counts as much as it is seen.
 */
export class GuidedShifts {
  readonly #width: number
  readonly #height: number
  readonly #factor: number
  /** Per working pixel, row by row for each of the three components: slopes along L, a, b, and a constant. */
  readonly #fields: Float32Array[]

  constructor(picture: Photograph, map: ColorMap) {
    const factor = Math.max(1, Math.ceil(Math.sqrt((picture.width * picture.height) / WORKING_PIXELS)))
    const small = reduced(picture, factor)
    this.#factor = factor
    this.#width = small.width
    this.#height = small.height
    this.#fields = guidedFilter(small, shiftsOf(small.planes, map))
  }

  /** Moves the colour (L, a, b) of pixel (x, y) in place. */
  move(color: Float64Array, x: number, y: number): void {
    // Centres of working pixels lie in the middle of their blocks.
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

/** A picture in Oklab, and how much of each pixel is seen. */
interface Guide {
  width: number
  height: number
  planes: Planes
  seen: Float32Array
}

/** Means of factor x factor blocks, weighted by opacity. */
function reduced(picture: Photograph, factor: number): Guide {
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
      // What nobody sees has no colour of its own.
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

/** In every window the shift is fitted by an affine function of the colour; each pixel takes the mean over its windows. */
function guidedFilter({ width, height, planes: guide, seen }: Guide, shifts: Planes): Float32Array[] {
  const radius = Math.max(2, Math.round(REACH * Math.max(width, height)))
  const box = (plane: Float32Array) => boxMean(plane, width, height, radius)
  const mass = box(seen)
  // Where nothing is seen anything will do.
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

/** Means over windows of 2 radius + 1 pixels square, cut off at the picture's edge; running sums, rows then columns. */
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
