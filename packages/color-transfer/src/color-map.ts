import { exp } from '@opt/core'
import { solve3 } from './solve3.ts'

/** Spacing of the lattice in Oklab: fine compared with the bandwidth, so that cells do not show. */
const STEP = 0.02
/** Standard deviation, in Oklab, of the Gaussian by which a color influences those around it. */
const BANDWIDTH = 0.06
/**
 * Ridge of the local fits, as a standard deviation in Oklab. A cloud of colors narrower than this (a clear
 * sky) moves as one and keeps its own gradient; stretched instead, its noise would show as speckle and its
 * steps as bands.
 */
const SPREAD = 0.04

// A cube around all sRGB colors: L from -0.06, a and b from -0.5.
const ORIGIN = [-0.06, -0.5, -0.5] as const
const SIDE = 56

/**
 * Extends the shifts of single colors to a smooth map of the whole color space: moving least squares on a lattice,
 * interpolated trilinearly. A node is fitted when it is first needed.
 */
export class ColorMap {
  readonly #colors: Float64Array
  readonly #shifts: Float64Array
  readonly #importance: Float64Array
  readonly #shares: Float64Array
  readonly #nodes = new Float64Array(3 * SIDE * SIDE * SIDE).fill(NaN)

  /**
   * @param colors n rows of L, a, b.
   * @param weights the n weights of the colors.
   * @param shifts n rows of three: how far each color moves.
   */
  constructor(colors: Float64Array, weights: Float64Array, shifts: Float64Array) {
    this.#colors = colors
    this.#shifts = shifts
    // The square root, so that a common color does not drown out a rare one beside it.
    this.#importance = weights.map(Math.sqrt)
    this.#shares = new Float64Array(weights.length)
  }

  /** Moves a color (L, a, b) in place. */
  move(color: Float64Array): void {
    const u = coordinate(color[0]!, 0)
    const v = coordinate(color[1]!, 1)
    const w = coordinate(color[2]!, 2)
    const [i, j, k] = [Math.floor(u), Math.floor(v), Math.floor(w)]
    const nodes = this.#nodes
    let [dL, da, db] = [0, 0, 0]
    for (let corner = 0; corner < 8; corner++) {
      const [x, y, z] = [corner & 1, (corner >> 1) & 1, corner >> 2]
      const share = (x ? u - i : 1 - u + i) * (y ? v - j : 1 - v + j) * (z ? w - k : 1 - w + k)
      const at = 3 * (((i + x) * SIDE + j + y) * SIDE + k + z)
      if (Number.isNaN(nodes[at]!)) this.#fit(i + x, j + y, k + z, at)
      dL += share * nodes[at]!
      da += share * nodes[at + 1]!
      db += share * nodes[at + 2]!
    }
    color[0]! += dL
    color[1]! += da
    color[2]! += db
  }

  /** Fits the shift at a node: an affine function of the color, fitted to the shifts near it. */
  #fit(i: number, j: number, k: number, at: number): void {
    const x = [ORIGIN[0] + i * STEP, ORIGIN[1] + j * STEP, ORIGIN[2] + k * STEP]
    this.#weigh(x)
    const [colors, shifts, shares] = [this.#colors, this.#shifts, this.#shares]
    const [color, shift] = [mean(colors, shares), mean(shifts, shares)]
    const spread = covariance(colors, color, colors, color, shares)
    const slope = covariance(shifts, shift, colors, color, shares)
    for (let d = 0; d < 3; d++) spread[4 * d]! += SPREAD * SPREAD
    const away = solve3(spread, [x[0]! - color[0]!, x[1]! - color[1]!, x[2]! - color[2]!])
    for (let d = 0; d < 3; d++)
      this.#nodes[at + d] =
        shift[d]! + slope[3 * d]! * away[0]! + slope[3 * d + 1]! * away[1]! + slope[3 * d + 2]! * away[2]!
  }

  /** Computes the weights of the colors at a point: Gaussian, with sum 1 also far from all colors. */
  #weigh(x: number[]): void {
    const [colors, shares] = [this.#colors, this.#shares]
    let nearest = Infinity
    for (let i = 0; i < shares.length; i++) {
      const [l, a, b] = [colors[3 * i]! - x[0]!, colors[3 * i + 1]! - x[1]!, colors[3 * i + 2]! - x[2]!]
      shares[i] = (l * l + a * a + b * b) / (2 * BANDWIDTH * BANDWIDTH)
      nearest = Math.min(nearest, shares[i]!)
    }
    let total = 0
    for (let i = 0; i < shares.length; i++) {
      shares[i] = this.#importance[i]! * exp(nearest - shares[i]!)
      total += shares[i]!
    }
    for (let i = 0; i < shares.length; i++) shares[i]! /= total
  }
}

/** Returns a color's coordinate on the lattice, clamped to it. */
const coordinate = (value: number, axis: 0 | 1 | 2): number =>
  Math.max(0, Math.min(SIDE - 1.001, (value - ORIGIN[axis]) / STEP))

function mean(rows: Float64Array, shares: Float64Array): [number, number, number] {
  const sum: [number, number, number] = [0, 0, 0]
  for (let i = 0; i < shares.length; i++) for (let d = 0; d < 3; d++) sum[d]! += shares[i]! * rows[3 * i + d]!
  return sum
}

/** Returns the 3 x 3 matrix sum_i shares_i (p_i - mean p) (q_i - mean q)'. */
function covariance(
  p: Float64Array,
  meanP: number[],
  q: Float64Array,
  meanQ: number[],
  shares: Float64Array,
): number[] {
  const out = new Array<number>(9).fill(0)
  for (let i = 0; i < shares.length; i++)
    for (let d = 0; d < 3; d++) {
      const left = shares[i]! * (p[3 * i + d]! - meanP[d]!)
      for (let e = 0; e < 3; e++) out[3 * d + e]! += left * (q[3 * i + e]! - meanQ[e]!)
    }
  return out
}
