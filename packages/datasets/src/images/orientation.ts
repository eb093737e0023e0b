import type { Picture } from './picture.ts'

/**
 * Returns the orientation (1..8) in EXIF data (a TIFF header and its first directory); undefined when there is none.
 *
 * Source: CIPA DC-008 (EXIF), section 4.6.
 */
export function exifOrientation(tiff: Uint8Array): number | undefined {
  if (tiff.length < 14) return undefined
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength)
  const little = view.getUint16(0) === 0x4949
  const directory = view.getUint32(4, little)
  if (directory + 2 > tiff.length) return undefined
  const entries = view.getUint16(directory, little)
  for (let k = 0; k < entries; k++) {
    const at = directory + 2 + 12 * k
    if (at + 12 > tiff.length) return undefined
    if (view.getUint16(at, little) !== 0x0112) continue
    const value = view.getUint16(at + 8, little)
    return value >= 1 && value <= 8 ? value : undefined
  }
  return undefined
}

/** Rotates and mirrors a picture stored in an EXIF orientation so that it is upright. */
export function upright(picture: Picture, orientation: number): Picture {
  if (orientation === 1) return picture
  const { width, height, channels, data } = picture
  const transposed = orientation >= 5
  const flipX = [2, 3, 7, 8].includes(orientation)
  const flipY = [3, 4, 6, 7].includes(orientation)
  const [w, h] = transposed ? [height, width] : [width, height]
  const out = new Uint8Array(data.length)
  for (let y = 0, o = 0; y < h; y++)
    for (let x = 0; x < w; x++) {
      const [u, v] = transposed ? [y, x] : [x, y]
      const from = ((flipY ? height - 1 - v : v) * width + (flipX ? width - 1 - u : u)) * channels
      for (let c = 0; c < channels; c++) out[o++] = data[from + c]!
    }
  return { width: w, height: h, channels, data: out }
}
