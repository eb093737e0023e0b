import { malformed } from '../../input/bytes.ts'

/** A Huffman table: codes of at most 8 bits are looked up, longer ones found by their length. */
export interface Huffman {
  /** By the next 8 bits: 256 * length + symbol; 0 where the code is longer. */
  short: Uint16Array
  /** One more than the largest code of each length, shifted to 16 bits; 0 where there is none. */
  limits: Int32Array
  /** By length: the number to add to a code to get the index of its symbol. */
  shifts: Int32Array
  symbols: Uint8Array
}

/**
 * Builds the table from 16 counts of codes by length, and the symbols in order.
 *
 * Source: ITU-T T.81, annex C and F.2.2.3.
 */
export function huffman(counts: Uint8Array, symbols: Uint8Array, where: string): Huffman {
  const short = new Uint16Array(256)
  const limits = new Int32Array(17)
  const shifts = new Int32Array(17)
  for (let length = 1, code = 0, k = 0; length <= 16; length++, code *= 2) {
    const count = counts[length - 1]!
    shifts[length] = k - code
    if (count > 0 && code + count > 1 << length)
      malformed(where, 'a JPEG Huffman table', 'more codes than their lengths allow')
    if (length <= 8)
      for (let i = 0; i < count; i++) {
        const first = (code + i) << (8 - length)
        short.fill(256 * length + symbols[k + i]!, first, first + (1 << (8 - length)))
      }
    k += count
    code += count
    limits[length] = count > 0 ? code << (16 - length) : 0
  }
  return { short, limits, shifts, symbols }
}

/** Reads the bits of a scan's coded data. */
export class Bits {
  readonly #bytes: Uint8Array
  readonly #end: number
  #at: number
  #buffer = 0
  #count = 0
  /** Zero bits appended after the data, which end at a marker or with the file. */
  #padding = 0

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes
    this.#at = start
    this.#end = end
  }

  /** Buffers at least 16 bits, padded with zeros beyond the data; reading padding is an error. */
  #fill(): void {
    while (this.#count <= 16) {
      let byte = 0
      if (this.#at < this.#end && !(this.#bytes[this.#at] === 0xff && this.#bytes[this.#at + 1] !== 0)) {
        byte = this.#bytes[this.#at]!
        this.#at += byte === 0xff ? 2 : 1
      } else this.#padding += 8
      this.#buffer = ((this.#buffer << 8) | byte) & 0xffffff
      this.#count += 8
    }
  }

  #drop(count: number): void {
    this.#count -= count
    if (this.#count < this.#padding)
      malformed(`decodeImage: byte ${this.#at}`, 'more coded data of the JPEG', 'their end')
  }

  /** Reads the next `count` (0 to 16) bits as a number. */
  read(count: number): number {
    if (count === 0) return 0
    if (this.#count < count) this.#fill()
    const value = (this.#buffer >> (this.#count - count)) & ((1 << count) - 1)
    this.#drop(count)
    return value
  }

  /** Reads the next `count` bits as a signed number (T.81, F.2.2.1: EXTEND). */
  signed(count: number): number {
    const value = this.read(count)
    return count > 0 && value < 1 << (count - 1) ? value - (1 << count) + 1 : value
  }

  /** Reads the next code of a table and returns its symbol. */
  symbol(table: Huffman): number {
    if (this.#count < 16) this.#fill()
    const next = (this.#buffer >> (this.#count - 16)) & 0xffff
    const entry = table.short[next >> 8]!
    if (entry > 0) {
      this.#drop(entry >> 8)
      return entry & 255
    }
    for (let length = 9; length <= 16; length++)
      if (next < table.limits[length]!) {
        this.#drop(length)
        return table.symbols[(next >> (16 - length)) + table.shifts[length]!]!
      }
    return malformed(`decodeImage: byte ${this.#at}`, 'a Huffman code of the JPEG', 'other bits')
  }

  /** Skips to the data after the restart marker of the given number. */
  restart(number: number): void {
    this.#buffer = this.#count = this.#padding = 0
    const { length } = this.#bytes
    let at = this.#at
    while (at < this.#end && !(this.#bytes[at] === 0xff && (this.#bytes[at + 1]! & 0xf8) === 0xd0)) at++
    if (at + 1 >= length || at >= this.#end || this.#bytes[at + 1] !== 0xd0 + number)
      malformed(`decodeImage: byte ${at}`, `JPEG restart marker ${number}`, at < this.#end ? 'another' : 'none')
    this.#at = at + 2
  }
}
