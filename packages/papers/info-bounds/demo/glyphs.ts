import type { Random } from '@opt/core'

/** Ten digits of 5 x 7 pixels, in rows of five. */
const GLYPHS = [
  '01110 10001 10011 10101 11001 10001 01110',
  '00100 01100 00100 00100 00100 00100 01110',
  '01110 10001 00001 00110 01000 10000 11111',
  '01110 10001 00001 00110 00001 10001 01110',
  '00010 00110 01010 10010 11111 00010 00010',
  '11111 10000 11110 00001 00001 10001 01110',
  '01110 10000 11110 10001 10001 10001 01110',
  '11111 00001 00010 00100 01000 01000 01000',
  '01110 10001 10001 01110 10001 10001 01110',
  '01110 10001 10001 01111 00001 00001 01110',
].map((glyph) => glyph.replaceAll(' ', ''))

export const SIDE = 8
export const PIXELS = SIDE * SIDE

/** Digits in turn, 8 x 8 pixels between 0 and 1: weak or strong, a little aside, with noisy pixels. */
export function drawDigits(count: number, rng: Random): { inputs: Float64Array[]; labels: number[] } {
  const labels = Array.from({ length: count }, (_, i) => i % 10)
  const inputs = labels.map((digit) => {
    const picture = new Float64Array(PIXELS)
    const strength = rng.uniform(0.6, 1)
    for (let at = 0; at < 35; at++)
      if (GLYPHS[digit][at] === '1') picture[Math.floor(at / 5) * SIDE + (at % 5) + 1] = strength
    return noisy(moved(picture, rng.uniform()), 0.25, rng)
  })
  return { inputs, labels }
}

/** Pixels with normal noise, kept between 0 and 1. */
export const noisy = (picture: Float64Array, level: number, rng: Random): Float64Array =>
  picture.map((pixel) => Math.min(1, Math.max(0, pixel + level * rng.normal())))

/** Moved to the right by up to a pixel. */
export const moved = (picture: Float64Array, by: number): Float64Array =>
  picture.map((pixel, at) => (1 - by) * pixel + by * (at % SIDE > 0 ? picture[at - 1] : 0))

/** Mixed with the mean of 3 x 3 pixels, 0 outside. */
export const blurred = (picture: Float64Array, share: number): Float64Array =>
  picture.map((pixel, at) => {
    let sum = 0
    for (let i = -1; i <= 1; i++)
      for (let j = -1; j <= 1; j++) {
        const [row, column] = [Math.floor(at / SIDE) + i, (at % SIDE) + j]
        if (row >= 0 && row < SIDE && column >= 0 && column < SIDE) sum += picture[row * SIDE + column]
      }
    return (1 - share) * pixel + (share * sum) / 9
  })
