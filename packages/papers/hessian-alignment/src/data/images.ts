import { type MatrixLike, matrix, refuse } from '@opt/core'
import { flatRows, type Rows } from '../head/intake.ts'

/** Reads n pictures, flat or one a row. */
export function flatImages(images: Rows, n: number): { rows: ArrayLike<number>; pixels: number } {
  const flat = typeof (images as ArrayLike<number>)?.[0] === 'number'
  if (!flat) {
    const { data, shape } = matrix(images as MatrixLike, 'images', { rows: n })
    return { rows: data, pixels: shape[1] }
  }
  const { length } = images as ArrayLike<number>
  if (length % n !== 0) refuse('images', `${n} pictures of equal size`, `${length} numbers`)
  return { rows: flatRows(images, length / n, 'images'), pixels: length / n }
}
