import { calling, type MatrixLike, matrix, number, oneOf, options as optionsOf, refuse } from '@opt/core'

/** Colours that are told apart by eye, also by the colour-blind, after Okabe and Ito. */
const COLOURS = [
  [0, 158, 115],
  [0, 114, 178],
  [213, 94, 0],
  [240, 228, 66],
  [204, 121, 167],
  [86, 180, 233],
  [230, 159, 0],
  [120, 120, 120],
] as const

/** The shape of the image. */
export interface ColourMapOptions {
  rows: number
  columns: number
  /** Whether pixels are listed row by row, or column by column as MATLAB does. Default 'rows'. */
  order?: 'rows' | 'columns' | undefined
}

/** A picture: RGB, row by row, 0..255. */
export interface ColourMap {
  width: number
  height: number
  channels: 3
  data: Uint8Array
}

/**
 * Paints abundances: one colour a material, mixed in proportion. The ninth material has the colour of the first again.
 *
 * @param abundances K x pixels, nonnegative.
 * @throws TypeError or RangeError that names the wrong argument or option.
 */
export function colourMap(abundances: MatrixLike, options: ColourMapOptions): ColourMap {
  return calling('colourMap', () => {
    const { data, shape } = matrix(abundances, 'abundances', { sign: 'nonnegative' })
    const [K, pixels] = shape
    const given = optionsOf(options, 'options', ['rows', 'columns', 'order'])
    const order = given.order ?? 'rows'
    oneOf(order, 'order', ['rows', 'columns'])
    const height = number(given.rows, 'rows', { integer: true, min: 1 })
    const width = number(given.columns, 'columns', { integer: true, min: 1 })
    if (width * height !== pixels) refuse('abundances', `of ${height} x ${width} pixels`, `${pixels}`)
    const out = new Uint8Array(3 * pixels)
    for (let i = 0; i < height; i++)
      for (let j = 0; j < width; j++) {
        const n = order === 'rows' ? i * width + j : j * height + i
        for (let c = 0; c < 3; c++) {
          let v = 0
          for (let k = 0; k < K; k++) v += data[k * pixels + n] * COLOURS[k % COLOURS.length][c]
          out[3 * (i * width + j) + c] = Math.round(Math.min(255, v))
        }
      }
    return { width, height, channels: 3, data: out }
  })
}
