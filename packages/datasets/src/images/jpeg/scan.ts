import { malformed } from '../../input/bytes.ts'
import type { Component, Frame, Scan } from './frame.ts'
import { Bits, type Huffman } from './huffman.ts'
import { inverseDct } from './idct.ts'
import { firstAc, type Run, refineAc } from './progressive.ts'
import { ZIGZAG } from './zigzag.ts'

/** Decodes the blocks of a scan to samples (sequential JPEG), or refines their coefficients (progressive). */
export function decodeScan(bytes: Uint8Array, frame: Frame, scan: Scan, quantisers: (Uint16Array | undefined)[]): void {
  const { components, interval, start, end } = scan
  const alone = components.length === 1
  const only = components[0]!.component
  const mcus = alone ? only.columns * only.rows : frame.mcuColumns * frame.mcuRows
  const blocks = alone ? mcus : mcus * components.reduce((sum, { component: { h, v } }) => sum + h * v, 0)
  // A block needs at least one bit, except in runs of empty bands.
  if (scan.from === 0 && blocks > 8 * (end - start))
    malformed(`decodeImage: byte ${start}`, `coded data of ${blocks} JPEG blocks`, `${end - start} bytes`)
  for (const { component } of components) prepare(frame, component, quantisers, start)
  const bits = new Bits(bytes, start, end)
  const decoders = components.map(({ component, dc, ac }) => blockDecoder(bits, frame, scan, component, dc, ac))
  for (let mcu = 0; mcu < mcus; mcu++) {
    if (interval > 0 && mcu > 0 && mcu % interval === 0) {
      bits.restart((mcu / interval - 1) & 7)
      for (const { component } of components) component.predicted = 0
      for (const decoder of decoders) decoder.run.left = 0
    }
    if (alone) {
      decoders[0]!.decode(mcu % only.columns, Math.floor(mcu / only.columns))
      continue
    }
    const [x, y] = [mcu % frame.mcuColumns, Math.floor(mcu / frame.mcuColumns)]
    for (let c = 0; c < components.length; c++) {
      const { h, v } = components[c]!.component
      for (let j = 0; j < v; j++) for (let i = 0; i < h; i++) decoders[c]!.decode(x * h + i, y * v + j)
    }
  }
}

/** Allocates a component at its first scan, whose quantiser is used for all later ones. */
function prepare(
  { progressive }: Frame,
  component: Component,
  quantisers: (Uint16Array | undefined)[],
  start: number,
): void {
  component.predicted = 0
  component.quantiser ??=
    quantisers[component.table] ??
    malformed(`decodeImage: byte ${start}`, `JPEG quantisation table ${component.table} before its use`, 'none')
  const count = 64 * component.stride * component.lines
  if (progressive) component.coefficients ??= new Int16Array(count)
  else component.samples ??= new Uint8Array(count)
}

interface Decoder {
  decode: (column: number, row: number) => void
  run: Run
}

function blockDecoder(
  bits: Bits,
  { progressive }: Frame,
  scan: Scan,
  component: Component,
  dc: Huffman | undefined,
  ac: Huffman | undefined,
): Decoder {
  const { from, to, high, low, start } = scan
  const run = { left: 0 }
  const table = (one: Huffman | undefined): Huffman =>
    one ?? malformed(`decodeImage: byte ${start}`, 'a JPEG Huffman table before its use', 'none')
  const { stride } = component
  if (!progressive) {
    const [first, rest, samples, quantiser] = [table(dc), table(ac), component.samples!, component.quantiser!]
    const block = new Int16Array(64)
    const decode = (column: number, row: number) => {
      block.fill(0)
      sequential(bits, component, first, rest, block)
      inverseDct(block, 0, quantiser, samples, 64 * stride * row + 8 * column, 8 * stride)
    }
    return { run, decode }
  }
  const coefficients = component.coefficients!
  const at = (column: number, row: number) => 64 * (stride * row + column)
  if (from > 0) {
    const rest = table(ac)
    const pass = high === 0 ? firstAc : refineAc
    return { run, decode: (column, row) => pass(bits, rest, coefficients, at(column, row), from, to, low, run) }
  }
  if (high > 0) return { run, decode: (column, row) => void (coefficients[at(column, row)]! |= bits.read(1) << low) }
  const first = table(dc)
  return {
    run,
    decode: (column, row) => {
      component.predicted += difference(bits, first)
      coefficients[at(column, row)] = component.predicted * (1 << low)
    },
  }
}

function difference(bits: Bits, table: Huffman): number {
  const size = bits.symbol(table)
  if (size > 15) malformed('decodeImage', 'a JPEG difference of at most 15 bits', `${size}`)
  return bits.signed(size)
}

/** Reads a block of a sequential scan (T.81, F.2.2). */
function sequential(bits: Bits, component: Component, dc: Huffman, ac: Huffman, block: Int16Array): void {
  component.predicted += difference(bits, dc)
  block[0] = component.predicted
  for (let k = 1; k < 64; k++) {
    const symbol = bits.symbol(ac)
    const size = symbol & 15
    if (size === 0) {
      if (symbol !== 0xf0) return
      k += 15
      continue
    }
    k += symbol >> 4
    if (k > 63) malformed('decodeImage', 'at most 64 coefficients in a JPEG block', 'more')
    block[ZIGZAG[k]!] = bits.signed(size)
  }
}
