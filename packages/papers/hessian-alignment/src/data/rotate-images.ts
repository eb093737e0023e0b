import { calling, cos, number, refuse, show, sin } from '@opt/core'
import { checkFinite, type Rows } from '../head/intake.ts'
import { flatImages } from './images.ts'

/**
 * Rotates square pictures counter-clockwise about their centre, by bilinear interpolation; what lies outside is 0.
 *
 * @param images n pictures of side x side pixels, flat or one a row.
 * @param side pixels of a side.
 * @param degrees any finite number.
 * @returns n x side^2 pixels.
 * @throws TypeError or RangeError that names the wrong argument.
 */
export function rotateImages(images: Rows, side: number, degrees: number): Float64Array {
  return calling('rotateImages', () => {
    number(side, 'side', { integer: true, min: 1, max: 65535 })
    number(degrees, 'degrees')
    const size = side * side
    const count = countOf(images, size)
    const { rows, pixels } = flatImages(images, count)
    if (pixels !== size) refuse('images', `pictures of ${size} pixels`, `${pixels}`)
    checkFinite(rows, size, 'images')
    const angle = ((degrees % 360) * Math.PI) / 180
    const [c, s] = [cos(angle), sin(angle)]
    const middle = (side - 1) / 2
    const out = new Float64Array(count * size)
    for (let row = 0, at = 0; row < side; row++)
      for (let column = 0; column < side; column++, at++) {
        const [dx, dy] = [column - middle, row - middle]
        const [x, y] = [middle + c * dx - s * dy, middle + s * dx + c * dy]
        const [left, top] = [Math.floor(x), Math.floor(y)]
        for (let corner = 0; corner < 4; corner++) {
          const [j, i] = [left + (corner & 1), top + (corner >> 1)]
          if (i < 0 || j < 0 || i >= side || j >= side) continue
          const weight = (1 - Math.abs(x - j)) * (1 - Math.abs(y - i))
          for (let n = 0; n < count; n++) out[n * size + at] += weight * rows[n * size + i * side + j]
        }
      }
    return out
  })
}

function countOf(images: Rows, size: number): number {
  if (typeof (images as ArrayLike<number>)?.[0] === 'number') {
    const { length } = images as ArrayLike<number>
    if (length % size !== 0) refuse('images', `pictures of ${size} pixels`, `${length} numbers`)
    return length / size
  }
  if (typeof images !== 'object' || images === null)
    refuse('images', 'pictures, flat or one a row', show(images), 'type')
  const given = images as { shape?: number[]; rows?: number; length?: number }
  return Math.max(1, given.shape?.[0] ?? given.rows ?? given.length ?? 1)
}
