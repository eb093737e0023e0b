import { malformed, quote } from '../input/bytes.ts'
import { within } from '../input/limits.ts'
import type { MatArray } from './types.ts'

/** By digit P of the type: the size of a number in bytes, and its getter. */
const STORED = [
  [8, 'getFloat64'],
  [4, 'getFloat32'],
  [4, 'getInt32'],
  [2, 'getInt16'],
  [2, 'getUint16'],
  [1, 'getUint8'],
] as const

/** The header of a variable: 20 bytes and the name. */
interface Header {
  little: boolean
  /** Digits M (machine), P (storage) and T (0 full, 1 text, 2 sparse) of the type. */
  machine: number
  stored: number
  kind: number
  rows: number
  columns: number
  complex: boolean
  name: string
  /** Byte offsets of its numbers. */
  start: number
  end: number
}

function headerAt(view: DataView, at: number): Header | undefined {
  if (at + 20 > view.byteLength) return undefined
  const little = view.getUint32(at, true) < 5000
  const word = (k: number) => view.getUint32(at + 4 * k, little)
  const [type, rows, columns, imaginary, length] = [word(0), word(1), word(2), word(3), word(4)]
  const digit = (unit: number) => Math.floor(type / unit) % 10
  const [machine, zero, stored, kind] = [digit(1000), digit(100), digit(10), digit(1)]
  if (type > 4999 || zero > 0 || stored > 5 || kind > 2 || imaginary > 1 || length < 1 || length > 1024)
    return undefined
  const start = at + 20 + length
  if (start > view.byteLength) return undefined
  const bytes = new Uint8Array(view.buffer, view.byteOffset + at + 20, length)
  const name = String.fromCharCode(...bytes).split('\0', 1)[0]!
  const end = start + rows * columns * STORED[stored]![0] * (1 + imaginary)
  return { little, machine, stored, kind, rows, columns, complex: imaginary === 1, name, start, end }
}

/** Whether bytes start like a MATLAB 4 file, with the header of a variable. */
export function isMat4(bytes: Uint8Array): boolean {
  const header = headerAt(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0)
  return header !== undefined && /^[A-Za-z]\w*$/.test(header.name)
}

/**
 * Reads a MATLAB 4 file. All its numbers are doubles, however they are stored.
 *
 * Source: The MathWorks, "MAT-File Format", level 4.
 */
export function readMat4(bytes: Uint8Array, maxBytes: number): Map<string, MatArray> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const variables = new Map<string, MatArray>()
  for (let at = 0; at < bytes.length; ) {
    const where = `parseMat5: byte ${at}`
    const header = headerAt(view, at)
    if (!header) malformed(where, 'a variable of MATLAB 4', 'other bytes (damaged, or the file is cut short)')
    const { machine, name, kind, rows, columns, start, end } = header
    if (machine > 1) malformed(where, 'IEEE numbers', 'those of a VAX or Cray')
    if (end > bytes.length)
      malformed(where, `${end - start} bytes of ${quote(name)}`, `${bytes.length - start} (the file is cut short)`)
    const [real, imaginary] = parts(view, header)
    if (kind === 1) variables.set(name, text(real!, rows, columns, where))
    else if (kind === 2) variables.set(name, sparse(real!, imaginary, rows, columns, maxBytes, where))
    else {
      const array: MatArray = { class: 'double', shape: [rows, columns], data: real! }
      variables.set(name, imaginary ? { ...array, imaginary } : array)
    }
    at = end
  }
  return variables
}

/** Reads the real and the imaginary part, column-major. */
function parts(view: DataView, { little, stored, rows, columns, complex, start }: Header): Float64Array[] {
  const [size, getter] = STORED[stored]!
  const count = rows * columns
  return Array.from({ length: complex ? 2 : 1 }, (_, part) =>
    Float64Array.from({ length: count }, (_, k) => view[getter](start + size * (part * count + k), little)),
  )
}

function text(codes: Float64Array, rows: number, columns: number, where: string): MatArray {
  if (codes.some((code) => !(Number.isInteger(code) && code >= 0 && code < 65536)))
    malformed(where, 'codes of characters', 'other numbers')
  const row = (i: number) =>
    Array.from({ length: columns }, (_, j) => String.fromCharCode(codes[i + j * rows]!)).join('')
  return {
    class: 'char',
    shape: [rows, columns],
    rows: columns === 0 ? [] : Array.from({ length: rows }, (_, i) => row(i)),
  }
}

/**
 * Converts a sparse matrix: rows of (row, column, value) from 1, or of four with imaginary parts, the last
 * with the sizes.
 */
function sparse(
  table: Float64Array,
  imaginary: Float64Array | undefined,
  rows: number,
  columns: number,
  maxBytes: number,
  where: string,
): MatArray {
  if (rows < 1 || (columns !== 3 && columns !== 4) || imaginary)
    malformed(where, 'a sparse matrix in 3 or 4 columns', `${rows} x ${columns}`)
  const count = rows - 1
  const entry = (k: number, column: number) => table[k + column * rows]!
  const shape = [entry(count, 0), entry(count, 1)] as [number, number]
  const index = (value: number, most: number) => Number.isInteger(value) && value >= 0 && value <= most
  if (!shape.every((size) => index(size, 2147483646)))
    malformed(where, 'sizes of a sparse matrix', `${shape[0]} x ${shape[1]}`)
  within(4 * shape[1], maxBytes, 'maxBytes', `${where}: bytes of column starts`)
  const indptr = new Int32Array(shape[1] + 1)
  for (let k = 0; k < count; k++) {
    const [i, j] = [entry(k, 0) - 1, entry(k, 1) - 1]
    if (!index(i, shape[0] - 1) || !index(j, shape[1] - 1))
      malformed(where, `places within ${shape[0]} x ${shape[1]}`, `${i + 1}, ${j + 1}`)
    indptr[j + 1]!++
  }
  for (let j = 0; j < shape[1]; j++) indptr[j + 1]! += indptr[j]!
  const order = Array.from({ length: count }, (_, k) => k).sort(
    (a, b) => entry(a, 1) - entry(b, 1) || entry(a, 0) - entry(b, 0),
  )
  const column = (c: number) => Float64Array.from(order, (k) => entry(k, c))
  const matrix = { indptr, indices: Int32Array.from(order, (k) => entry(k, 0) - 1), data: column(2) }
  const sparse: MatArray = { class: 'sparse', logical: false, shape, ...matrix }
  return columns === 4 ? { ...sparse, imaginary: column(3) } : sparse
}
