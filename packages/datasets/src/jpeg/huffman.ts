import { malformed } from '../bytes.ts'

/** A Huffman table: `look` answers the codes of at most 8 bits, the others are found by their length. */
export interface Huffman {
  /** For the next 8 bits: 256 * length + symbol; 0 where the code is longer. */
  look: Uint16Array
  /** Largest code of each length, shifted to 16 bits and one more; 0 where there is none. */
  limits: Int32Array
  /** What to add to a code of each length to find its symbol. */
  shifts: Int32Array
  symbols: Uint8Array
}

/**
 * Makes the table of 16 counts and as many symbols.
 *
 * Source: ITU-T T.81, annex C and F.2.2.3.
 */
export function huffman(counts: Uint8Array, symbols: Uint8Array, where: string): Huffman {
  const look = new Uint16Array(256)
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
        look.fill(256 * length + symbols[k + i]!, first, first + (1 << (8 - length)))
      }
    k += count
    code += count
    limits[length] = count > 0 ? code << (16 - length) : 0
  }
  return { look, limits, shifts, symbols }
}

/** The bits of a scan's coded data. */
export class Bits {
  readonly #bytes: Uint8Array
  readonly #end: number
  #at: number
  #held = 0
  #count = 0
  /** Bits that stand in no byte any more: the file ends or a marker follows. */
  #made = 0

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes
    this.#at = start
    this.#end = end
  }

  /** Holds at least 16 bits; beyond the data they are zeros, which {@link take} refuses. */
  #fill(): void {
    while (this.#count <= 16) {
      let byte = 0
      if (this.#at < this.#end && !(this.#bytes[this.#at] === 0xff && this.#bytes[this.#at + 1] !== 0)) {
        byte = this.#bytes[this.#at]!
        this.#at += byte === 0xff ? 2 : 1
      } else this.#made += 8
      this.#held = ((this.#held << 8) | byte) & 0xffffff
      this.#count += 8
    }
  }

  #drop(count: number): void {
    this.#count -= count
    if (this.#count < this.#made) malformed(`decodeImage: byte ${this.#at}`, 'more coded data of the JPEG', 'their end')
  }

  /** The next `count` (0 to 16) bits as a number. */
  take(count: number): number {
    if (count === 0) return 0
    if (this.#count < count) this.#fill()
    const value = (this.#held >> (this.#count - count)) & ((1 << count) - 1)
    this.#drop(count)
    return value
  }

  /** The next `count` bits as a signed number (T.81, F.2.2.1: EXTEND). */
  signed(count: number): number {
    const value = this.take(count)
    return count > 0 && value < 1 << (count - 1) ? value - (1 << count) + 1 : value
  }

  symbol(table: Huffman): number {
    if (this.#count < 16) this.#fill()
    const next = (this.#held >> (this.#count - 16)) & 0xffff
    const entry = table.look[next >> 8]!
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

  /** Goes to the data after the restart marker of the given number; what stands before it is passed over. */
  restart(number: number): void {
    this.#held = this.#count = this.#made = 0
    const { length } = this.#bytes
    let at = this.#at
    while (at < this.#end && !(this.#bytes[at] === 0xff && (this.#bytes[at + 1]! & 0xf8) === 0xd0)) at++
    if (at + 1 >= length || at >= this.#end || this.#bytes[at + 1] !== 0xd0 + number)
      malformed(`decodeImage: byte ${at}`, `JPEG restart marker ${number}`, at < this.#end ? 'another' : 'none')
    this.#at = at + 2
  }
}
