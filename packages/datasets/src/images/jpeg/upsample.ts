import type { Component, Frame } from './frame.ts'

/**
 * Returns a reader of a component's rows at the picture's full size, upsampled as libjpeg does: by a triangle
 * filter (three parts of the nearer sample, one of the other) at half resolution, by repetition below.
 */
export function rowReader({ width, hMax, vMax }: Frame, component: Component): (y: number) => Uint8Array {
  const { h, v, height, stride } = component
  const samples = component.samples!
  const columns = component.width
  const [across, down] = [hMax / h, vMax / v]
  const line = (row: number) => samples.subarray(8 * stride * row, 8 * stride * row + columns)
  if (across === 1 && down === 1) return line
  const out = new Uint8Array(columns * across)
  const smooth = across === 2 && columns > 2
  if (down === 2 && (smooth || across === 1)) {
    const sums = new Int32Array(columns)
    return (y) => {
      const row = y >> 1
      const near = line(row)
      const far = line(Math.min(height - 1, Math.max(0, row + (y & 1 ? 1 : -1))))
      for (let x = 0; x < columns; x++) sums[x] = 3 * near[x]! + far[x]!
      if (across === 1) for (let x = 0; x < columns; x++) out[x] = (sums[x]! + (y & 1 ? 2 : 1)) >> 2
      else triangle(sums, out, 8, 7, 4)
      return out
    }
  }
  if (down === 1 && smooth)
    return (y) => {
      triangle(line(y), out, 1, 2, 2)
      return out
    }
  return (y) => {
    const near = line(Math.floor(y / down))
    for (let x = 0; x < width; x++) out[x] = near[Math.floor(x / across)]!
    return out
  }
}

/** Doubles a row of samples scaled by 2^(shift - 2). `left` and `right` are added before the shift, for rounding. */
function triangle(row: Int32Array | Uint8Array, out: Uint8Array, left: number, right: number, shift: number): void {
  const last = row.length - 1
  for (let x = 0; x <= last; x++) {
    const here = 3 * row[x]!
    out[2 * x] = (here + (x > 0 ? row[x - 1]! : row[x]!) + left) >> shift
    out[2 * x + 1] = (here + (x < last ? row[x + 1]! : row[x]!) + right) >> shift
  }
}
