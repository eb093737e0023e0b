import { malformed } from '../../input/bytes.ts'
import type { Bits, Huffman } from './huffman.ts'
import { ZIGZAG } from './zigzag.ts'

/** The number of following blocks in which the band is empty. */
export interface Run {
  left: number
}

type Pass = (
  bits: Bits,
  table: Huffman,
  coefficients: Int16Array,
  at: number,
  from: number,
  to: number,
  low: number,
  run: Run,
) => void

const beyond = (): never => malformed('decodeImage', 'coefficients within the band of a JPEG scan', 'one beyond')

/** Reads the first bits of a band of coefficients (T.81, G.1.2.2). */
export const firstAc: Pass = (bits, table, coefficients, at, from, to, low, run) => {
  if (run.left > 0) {
    run.left--
    return
  }
  for (let k = from; k <= to; k++) {
    const symbol = bits.symbol(table)
    const [zeros, size] = [symbol >> 4, symbol & 15]
    if (size === 0) {
      if (zeros < 15) {
        run.left = (1 << zeros) - 1 + bits.read(zeros)
        return
      }
      k += 15
      continue
    }
    k += zeros
    if (k > to) beyond()
    coefficients[at + ZIGZAG[k]!] = bits.signed(size) * (1 << low)
  }
}

/** Reads one more bit of each coefficient of a band (T.81, G.1.2.3). */
export const refineAc: Pass = (bits, table, coefficients, at, from, to, low, run) => {
  const refine = (place: number) => {
    const value = coefficients[place]!
    if (bits.read(1) === 1) coefficients[place] = value + (value > 0 ? 1 : -1) * (1 << low)
  }
  let k = from
  if (run.left === 0)
    for (; k <= to; k++) {
      const symbol = bits.symbol(table)
      let zeros = symbol >> 4
      const size = symbol & 15
      if (size > 1) malformed('decodeImage', 'a new JPEG coefficient of one bit', `${size} bits`)
      if (size === 0 && zeros < 15) {
        run.left = (1 << zeros) + bits.read(zeros)
        break
      }
      const value = size === 0 ? 0 : bits.read(1) === 1 ? 1 << low : -(1 << low)
      // Each nonzero coefficient is followed by a correction bit; `zeros` others stay 0.
      for (; k <= to; k++) {
        const place = at + ZIGZAG[k]!
        if (coefficients[place] !== 0) refine(place)
        else if (zeros-- === 0) {
          coefficients[place] = value
          break
        }
      }
      if (k > to && value !== 0) beyond()
    }
  if (run.left === 0) return
  for (; k <= to; k++) if (coefficients[at + ZIGZAG[k]!] !== 0) refine(at + ZIGZAG[k]!)
  run.left--
}
