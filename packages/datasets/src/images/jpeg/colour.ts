/** The colour space of a JPEG's components. */
export type Colours = 'grey' | 'rgb' | 'ycc' | 'cmyk' | 'ycck'

/** The markers that indicate the colour space. */
export interface ColourHints {
  /** Whether there is a JFIF marker. */
  jfif: boolean
  /** The transform in an Adobe marker. */
  adobe: number | undefined
}

/** Infers the colour space by libjpeg's rules; the format itself does not specify it. */
export function coloursOf(identifiers: number[], { jfif, adobe }: ColourHints): Colours {
  if (identifiers.length === 1) return 'grey'
  if (identifiers.length === 4) return adobe === undefined || adobe === 0 ? 'cmyk' : 'ycck'
  if (jfif) return 'ycc'
  if (adobe !== undefined) return adobe === 0 ? 'rgb' : 'ycc'
  return String.fromCharCode(...identifiers) === 'RGB' ? 'rgb' : 'ycc'
}

const clamp = (value: number): number => Math.max(0, Math.min(255, value))

/** Returns a * b / 255, rounded. */
function scaled(a: number, b: number): number {
  const product = a * b + 128
  return ((product >> 8) + product) >> 8
}

/** Writes a row of `width` pixels as red, green, blue at `out[at]`. Inks are inverted, as in files: 255 is none. */
export function writeRow(
  colours: Colours,
  [a, b, c, k]: Uint8Array[],
  width: number,
  out: Uint8Array,
  at: number,
): void {
  for (let x = 0, o = at; x < width; x++, o += 3) {
    let [red, green, blue] = [a![x]!, 0, 0]
    if (colours === 'grey') green = blue = red
    else [green, blue] = [b![x]!, c![x]!]
    if (colours === 'ycc' || colours === 'ycck') {
      const [y, cb, cr] = [red, green - 128, blue - 128]
      red = clamp(y + ((91881 * cr + 32768) >> 16))
      green = clamp(y + ((-22554 * cb - 46802 * cr + 32768) >> 16))
      blue = clamp(y + ((116130 * cb + 32768) >> 16))
    }
    if (colours === 'ycck') [red, green, blue] = [255 - red, 255 - green, 255 - blue]
    if (k) [red, green, blue] = [scaled(red, k[x]!), scaled(green, k[x]!), scaled(blue, k[x]!)]
    out[o] = red
    out[o + 1] = green
    out[o + 2] = blue
  }
}
