import { random } from '@opt/core'
import type { Pixels } from '../src/index.ts'
import { toOklab } from '../src/oklab.ts'

export type Rgb = readonly [number, number, number]

/** A picture without opacity. */
export type Photograph = Pixels & { channels: 3; data: Uint8Array<ArrayBuffer> }

export function paint(width: number, height: number, color: (x: number, y: number) => Rgb): Photograph {
  const data = new Uint8Array(3 * width * height)
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(color(x, y), 3 * (y * width + x))
  return { width, height, channels: 3, data }
}

/** A bluish sky with noise of one or two steps over dark green ground with texture. */
export function landscape(seed: number): Photograph {
  const rng = random(seed)
  return paint(96, 64, (x, y) => {
    const grain = rng.integer(-2, 3)
    if (y < 40) return [150 + y + grain, 180 + y + grain, 215 + (x >> 3) + grain]
    const leaf = rng.integer(0, 40)
    return [30 + leaf, 60 + leaf, 20 + (leaf >> 1)]
  })
}

/** Orange from dark to bright. */
export const sunset = paint(80, 60, (x, y) => [80 + 2 * x, 40 + x + y, 20 + y])

export const labOf = ({ channels = 3, data }: Pixels, pixel: number): Float64Array => {
  const lab = new Float64Array(3)
  toOklab(data[channels * pixel]!, data[channels * pixel + 1]!, data[channels * pixel + 2]!, lab)
  return lab
}

export const meanLab = (picture: Pixels): number[] => {
  const n = picture.width * picture.height
  const sum = [0, 0, 0]
  for (let p = 0; p < n; p++) labOf(picture, p).forEach((value, d) => (sum[d]! += value / n))
  return sum
}
