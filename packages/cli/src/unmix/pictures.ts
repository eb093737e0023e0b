import type { Image } from '@opt/core'
import type { ColourMap, Unmixed } from '@opt/spectral-unmixing'
import type { SpectralImage } from './image.ts'

/** The picture of all materials, and a grey one of each. */
export function picturesOf({ abundances }: Unmixed, colours: ColourMap, { rows, columns }: SpectralImage): Image[] {
  const [K, pixels] = abundances.shape as [number, number]
  const grey = (k: number): Image => ({
    width: columns,
    height: rows,
    channels: 1,
    data: Uint8Array.from({ length: pixels }, (_, p) => {
      const [i, j] = [Math.floor(p / columns), p % columns]
      return Math.round(255 * abundances.data[k * pixels + j * rows + i]!)
    }),
    label: `material ${k + 1}`,
  })
  return [{ ...colours, label: 'all materials' }, ...Array.from({ length: K }, (_, k) => grey(k))]
}

/** Pixels between pictures. */
const GAP = 4

/** Puts pictures of one size side by side, in rows, on white. */
export function sheetOf(pictures: readonly Image[]): { width: number; height: number; channels: 3; data: Uint8Array } {
  const { width, height } = pictures[0]!
  const across = Math.ceil(Math.sqrt(pictures.length))
  const down = Math.ceil(pictures.length / across)
  const wide = across * (width + GAP) - GAP
  const high = down * (height + GAP) - GAP
  const data = new Uint8Array(3 * wide * high).fill(255)
  pictures.forEach((picture, p) => {
    const [top, left] = [Math.floor(p / across) * (height + GAP), (p % across) * (width + GAP)]
    for (let i = 0; i < height; i++)
      for (let j = 0; j < width; j++)
        for (let c = 0; c < 3; c++) {
          const from = picture.channels * (i * width + j) + (picture.channels === 3 ? c : 0)
          data[3 * ((top + i) * wide + left + j) + c] = picture.data[from]!
        }
  })
  return { width: wide, height: high, channels: 3, data }
}
