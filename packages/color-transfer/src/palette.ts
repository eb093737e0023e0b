import type { Random } from '@opt/core'
import { toOklab } from './oklab.ts'
import { type CheckedPixels, opacity } from './pixels.ts'

/** The weighted colors that stand for a picture. */
export interface Palette {
  /** n rows of L, a, b. */
  colors: Float64Array
  /** The share of the picture that each color stands for; the sum is 1. */
  weights: Float64Array
}

/**
 * Reduces a picture to at most `samples` colors. Pixels are weighted by their opacity; a color far from all
 * others gets an entry of its own, however rare it is.
 */
export function paletteOf(picture: CheckedPixels, samples: number, rng: Random): Palette {
  const fine = fineColors(picture)
  return fine.weights.length <= samples ? fine : clustered(fine, samples, rng)
}

/** Returns the means, weighted by opacity, of the 64 x 64 x 64 cells of sRGB that hold a visible pixel. */
function fineColors(picture: CheckedPixels): Palette {
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

/** Weighted k-means: k-means++ seeding, then Lloyd's iterations. */
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

/**
 * Draws each further center with probability proportional to weight times squared distance to the nearest
 * center so far.
 */
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
