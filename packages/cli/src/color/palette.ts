import type { Random } from '@opt/core'
import { toOklab } from './oklab.ts'

/** A picture of bytes, row-major, channels interleaved; the fourth channel is opacity and stays as it is. */
export interface Photograph {
  width: number
  height: number
  channels: 3 | 4
  data: Uint8Array
}

/** The colours of a picture: n rows of L, a, b, and how much of what is seen each stands for (sum 1). */
export interface Palette {
  colors: Float64Array
  weights: Float64Array
}

/**
 * Sums a picture up by at most so many colours: every pixel counts as much as it is seen, and far-off colours get their own
 * however rare.
 */
export function paletteOf(picture: Photograph, samples: number, rng: Random): Palette {
  const fine = fineColors(picture)
  return fine.weights.length <= samples ? fine : clustered(fine, samples, rng)
}

/** How much a pixel is seen, on [0, 1]; 1/255 is made 1/256, so that sums are exact and opaque pictures keep their bits. */
export const opacity = ({ channels, data }: Photograph, at: number): number =>
  channels === 3 || data[at + 3] === 255 ? 1 : data[at + 3]! / 256

/** Means, weighted by opacity, of the 64 x 64 x 64 cells of sRGB that the picture's visible pixels fall into. */
function fineColors(picture: Photograph): Palette {
  const { channels, data } = picture
  const cells = new Map<number, number>()
  const sums: number[] = []
  for (let p = 0; p < data.length; p += channels) {
    const weight = opacity(picture, p)
    if (weight === 0) continue
    const cell = ((data[p]! >> 2) << 12) | ((data[p + 1]! >> 2) << 6) | (data[p + 2]! >> 2)
    let at = cells.get(cell)
    if (at === undefined) {
      at = sums.length
      cells.set(cell, at)
      sums.push(0, 0, 0, 0)
    }
    for (let k = 0; k < 3; k++) sums[at + k]! += weight * data[p + k]!
    sums[at + 3]! += weight
  }
  const n = cells.size
  const colors = new Float64Array(3 * n)
  const weights = new Float64Array(n)
  let total = 0
  for (let i = 0; i < n; i++) total += sums[4 * i + 3]!
  for (let i = 0; i < n; i++) {
    const [r, g, b, mass] = sums.slice(4 * i, 4 * i + 4) as [number, number, number, number]
    toOklab(r / mass, g / mass, b / mass, colors, 3 * i)
    weights[i] = mass / total
  }
  return { colors, weights }
}

const LLOYD_STEPS = 4

/** k-means with k-means++ seeding. */
function clustered(fine: Palette, k: number, rng: Random): Palette {
  const n = fine.weights.length
  const centers = seeds(fine, k, rng)
  const nearest = new Int32Array(n)
  const weights = new Float64Array(k)
  for (let step = 0; step < LLOYD_STEPS; step++) {
    assign(fine.colors, centers, nearest)
    weights.fill(0)
    const sums = new Float64Array(3 * k)
    for (let i = 0; i < n; i++) {
      const c = nearest[i]!
      weights[c]! += fine.weights[i]!
      for (let d = 0; d < 3; d++) sums[3 * c + d]! += fine.weights[i]! * fine.colors[3 * i + d]!
    }
    for (let c = 0; c < k; c++)
      if (weights[c]! > 0) for (let d = 0; d < 3; d++) centers[3 * c + d] = sums[3 * c + d]! / weights[c]!
  }
  const used = Array.from({ length: k }, (_, c) => c).filter((c) => weights[c]! > 0)
  return {
    colors: Float64Array.from(used.flatMap((c) => [...centers.subarray(3 * c, 3 * c + 3)])),
    weights: Float64Array.from(used, (c) => weights[c]!),
  }
}

/** Each next centre is drawn with probability proportional to mass times squared distance to those there are. */
function seeds({ colors, weights }: Palette, k: number, rng: Random): Float64Array {
  const n = weights.length
  const centers = new Float64Array(3 * k)
  const distance = new Float64Array(n).fill(1)
  for (let c = 0; c < k; c++) {
    let total = 0
    for (let i = 0; i < n; i++) total += weights[i]! * distance[i]!
    let left = rng.uniform(0, total)
    let chosen = 0
    while (chosen < n - 1 && (left -= weights[chosen]! * distance[chosen]!) > 0) chosen++
    const center = colors.subarray(3 * chosen, 3 * chosen + 3)
    centers.set(center, 3 * c)
    for (let i = 0; i < n; i++) {
      const squared = squaredDistance(colors, 3 * i, center, 0)
      if (c === 0 || squared < distance[i]!) distance[i] = squared
    }
  }
  return centers
}

function assign(colors: Float64Array, centers: Float64Array, nearest: Int32Array): void {
  for (let i = 0; i < nearest.length; i++) {
    let best = Infinity
    for (let c = 0; c < centers.length; c += 3) {
      const squared = squaredDistance(colors, 3 * i, centers, c)
      if (squared < best) {
        best = squared
        nearest[i] = c / 3
      }
    }
  }
}

function squaredDistance(x: Float64Array, i: number, y: Float64Array, j: number): number {
  const l = x[i]! - y[j]!
  const a = x[i + 1]! - y[j + 1]!
  const b = x[i + 2]! - y[j + 2]!
  return l * l + a * a + b * b
}
