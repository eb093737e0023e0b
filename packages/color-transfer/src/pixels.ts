import { number, refuse, show } from '@opt/core'

/**
 * A picture in memory: sRGB bytes, row-major, channels interleaved. The `ImageData` of a canvas is one, and so is what
 * `decodeImage` of @opt/datasets returns.
 */
export interface Pixels {
  /** Pixels in a row. */
  width: number
  /** Rows. */
  height: number
  /** 3: red, green, blue; 4: opacity as well. Default: whichever the length of `data` says. */
  channels?: 3 | 4
  /** width * height * channels bytes. */
  data: Uint8Array | Uint8ClampedArray
}

/** Own bytes of the class that `A` is. */
type Copied<A> = A extends Uint8ClampedArray ? Uint8ClampedArray<ArrayBuffer> : Uint8Array<ArrayBuffer>

/** A copy of a picture in other colors; `data` is of the same class as the original's. */
export interface Recolored<P extends Pixels = Pixels> {
  width: number
  height: number
  channels: 3 | 4
  data: Copied<P['data']>
}

/** A picture whose fields have been checked. */
export type CheckedPixels = Required<Pixels>

/** @throws TypeError or RangeError naming the field that is wrong. */
export function checkPixels(picture: Pixels, label: string): CheckedPixels {
  if (typeof picture !== 'object' || picture === null) refuse(label, 'a picture', show(picture), 'type')
  const { width, height, data } = picture
  number(width, `${label}.width`, { integer: true, min: 1 })
  number(height, `${label}.height`, { integer: true, min: 1 })
  if (!(data instanceof Uint8Array) && !((data as unknown) instanceof Uint8ClampedArray))
    refuse(`${label}.data`, 'bytes (a Uint8Array or Uint8ClampedArray)', show(data), 'type')
  const { channels = data.length === 3 * width * height ? 3 : 4 } = picture
  if (channels !== 3 && channels !== 4) refuse(`${label}.channels`, '3 or 4', show(channels))
  const length = width * height * channels
  if (data.length !== length) refuse(`${label}.data`, `of length ${length}`, `length ${data.length}`)
  return { width, height, channels, data }
}

/** Refuses a picture that has no color at all. */
export function checkVisible({ channels, data }: CheckedPixels, label: string): void {
  if (channels === 4 && data.every((value, k) => k % 4 !== 3 || value === 0))
    refuse(label, 'a picture with a visible pixel', 'one that is wholly transparent')
}

/**
 * The opacity of the pixel at `data[at]`, on [0, 1]. A byte b below 255 counts as b / 256, which is exact, so
 * that opaque pictures give the same bits with and without an opacity channel.
 */
export const opacity = ({ channels, data }: CheckedPixels, at: number): number =>
  channels === 3 || data[at + 3] === 255 ? 1 : data[at + 3]! / 256
