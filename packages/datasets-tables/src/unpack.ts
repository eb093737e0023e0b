/** A table as its module holds it. */
export interface Packed {
  rows: number
  featureNames: string[]
  /** Empty where the last column is a number to predict. */
  classNames: string[]
  /** For each column, with the class or target last: how many decimals its numbers have. */
  decimals: number[]
  /** For each column: the digits of its numbers, written without their point. */
  widths: number[]
  /** Numbers with more decimals than their column has: where they stand, counted row by row, and what they are. */
  exact: [place: number, value: number][]
  /** Triples of characters: the first stands for the other two, in `text` and in later triples. */
  pairs: string
  /** The numbers row by row, to base 64, highest digit first. */
  text: string
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const POWERS_OF_TEN = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7]

/** Returns the features, row-major, and the last column. */
export function unpack(packed: Packed): { features: Float64Array; last: Float64Array } {
  const { rows, decimals, widths, exact, pairs, text } = packed
  let digits = text
  for (let k = pairs.length - 3; k >= 0; k -= 3) digits = digits.split(pairs[k]!).join(pairs.slice(k + 1, k + 3))
  const valueAt = new Uint8Array(128)
  for (let v = 0; v < 64; v++) valueAt[DIGITS.charCodeAt(v)] = v

  const values = new Float64Array(rows * widths.length)
  let at = 0
  for (let k = 0; k < values.length; k++) {
    const j = k % widths.length
    let integer = 0
    for (const end = at + widths[j]!; at < end; at++) integer = 64 * integer + valueAt[digits.charCodeAt(at)]!
    // The quotient of two exact numbers is the double nearest to the decimal, as a parser gives it.
    values[k] = integer / POWERS_OF_TEN[decimals[j]!]!
  }
  for (const [place, value] of exact) values[place] = value

  const columns = widths.length - 1
  const features = new Float64Array(rows * columns)
  for (let i = 0; i < rows; i++)
    features.set(values.subarray(i * (columns + 1), (i + 1) * (columns + 1) - 1), i * columns)
  return { features, last: Float64Array.from({ length: rows }, (_, i) => values[(i + 1) * (columns + 1) - 1]!) }
}
