import { sizes } from '../input/bytes.ts'
import {
  DOUBLE,
  type Element,
  eachNumber,
  element,
  integers,
  MATRIX,
  numberCount,
  type Source,
  UINT8,
} from './elements.ts'
import { type Budget, Parts } from './parts.ts'
import { type MatArray, type MatClass, type MatData, type MatSparse, type MatStruct, NUMERIC } from './types.ts'

/** The classes by their numbers, 1 to 17. */
const CLASSES = [
  '',
  'cell',
  'struct',
  'object',
  'char',
  'sparse',
  ...(Object.keys(NUMERIC) as MatClass[]),
  'function',
  'opaque',
] as const

/** Limits nesting, so that a crafted file cannot exhaust the stack. */
const MAX_DEPTH = 100

/** Limits blank text, which a file may claim without storing it. */
const MAX_BLANKS = 65536

const product = (shape: number[]): number => (shape.includes(0) ? 0 : shape.reduce((p, n) => p * n, 1))

/** Reads an array element and its name. */
export function readArray(from: Source, whole: Element, budget: Budget, depth = 0): { name: string; array: MatArray } {
  const parts = new Parts(from, whole, budget)
  // Inside cells and structures an element without content is [].
  if (whole.start === whole.end)
    return { name: '', array: { class: 'double', shape: [0, 0], data: new Float64Array(0) } }
  if (depth > MAX_DEPTH) parts.refuse(`arrays nested at most ${MAX_DEPTH} deep`, 'deeper ones')
  const [word = 0] = integers(from, parts.next([6], 'array flags'))
  const kind = CLASSES[word & 255]
  const flags = { complex: (word & 0x800) !== 0, logical: (word & 0x200) !== 0 }
  if (!kind) parts.refuse('an array class between 1 and 17', `${word & 255}`)
  if (kind === 'opaque') {
    const name = parts.text([1], 'a name')
    const content = { shape: [], bytes: from.bytes.slice(parts.at, parts.end) }
    // The name of the type system (MCOS), then that of the class.
    const words =
      parts.at < parts.end ? [parts.text([1, 16], 'a type system'), parts.text([1, 16], 'a class name')] : []
    return { name, array: { class: kind, className: words[1] ?? '', ...content } }
  }
  const shape = integers(from, parts.next([5, 6], 'dimensions'))
  if (shape.length < 2 || shape.some((n) => n < 0)) parts.refuse('two or more nonnegative dimensions', sizes(shape))
  const name = parts.text([1, 2, 16], 'a name')
  const array = readBody(parts, kind, shape, flags, depth)
  if (parts.at !== parts.end) parts.refuse('the end of the array', `${parts.end - parts.at} bytes more`)
  return { name, array }
}

type Flags = { complex: boolean; logical: boolean }

function readBody(
  parts: Parts,
  kind: (typeof CLASSES)[number],
  shape: number[],
  flags: Flags,
  depth: number,
): MatArray {
  if (kind === 'char') return { class: 'char', shape, rows: readRows(parts, shape) }
  if (kind === 'cell') return { class: 'cell', shape, cells: readArrays(parts, product(shape), depth) }
  if (kind === 'struct' || kind === 'object') return readStruct(parts, kind, shape, depth)
  if (kind === 'sparse') return readSparse(parts, shape, flags)
  if (kind in NUMERIC) {
    const numeric = kind as MatClass
    const data = readNumbers(parts, numeric, product(shape), 'real part')
    const label = flags.logical ? 'logical' : numeric
    if (!flags.complex) return { class: label, shape, data }
    return { class: label, shape, data, imaginary: readNumbers(parts, numeric, product(shape), 'imaginary part') }
  }
  const bytes = parts.from.bytes.slice(parts.at, parts.end)
  parts.at = parts.end
  return { class: 'function', className: '', shape, bytes }
}

/** Reads numbers, which MATLAB stores in the smallest type that holds them, as those of a class. */
function readNumbers(parts: Parts, kind: MatClass, count: number, what: string): MatData {
  const found = parts.numbers(count, what)
  const data = new NUMERIC[kind](count)
  const exact = kind !== 'double' && kind !== 'single'
  const big = kind === 'int64' || kind === 'uint64'
  eachNumber(parts.from, found, (value, k) => {
    if (big && typeof value === 'number' && !Number.isSafeInteger(value)) parts.refuse(`an ${kind}`, `${value}`)
    const entry = big ? BigInt(value) : Number(value)
    data[k] = entry as never
    if (exact && data[k] !== entry) parts.refuse(`an ${kind}`, `${value}`)
  })
  return data
}

function readRows(parts: Parts, shape: number[]): string[] {
  const text = parts.text([1, 2, 4, 16, 17, 18], 'characters')
  const count = product(shape)
  // Dimensions count UTF-16 units (MATLAB) or whole characters (SciPy). Blank text is not stored.
  const units =
    text === ''
      ? Array<string>(Math.min(count, MAX_BLANKS)).fill(' ')
      : text.length === count
        ? text.split('')
        : [...text]
  if (units.length !== count) parts.refuse(`${count} characters for shape ${sizes(shape)}`, `${units.length}`)
  const rows = Math.min(shape[0]!, count)
  const row = (i: number) => Array.from({ length: count / rows }, (_, j) => units[i + j * rows]).join('')
  return Array.from({ length: rows }, (_, i) => row(i))
}

function readArrays(parts: Parts, count: number, depth: number): MatArray[] {
  const { budget } = parts
  if (count > (parts.end - parts.at) / 8) parts.refuse(`${count} arrays`, `${parts.end - parts.at} bytes for them`)
  if (count > budget.left)
    parts.refuse(`at most ${budget.most} arrays in the file (option maxArrays)`, `${budget.most - budget.left + count}`)
  budget.left -= count
  return Array.from(
    { length: count },
    () => readArray(parts.from, parts.next([MATRIX], 'an array'), budget, depth + 1).array,
  )
}

function readStruct(parts: Parts, kind: 'struct' | 'object', shape: number[], depth: number): MatStruct {
  const className = kind === 'object' ? parts.text([1], 'a class name') : undefined
  const [width = 0] = integers(parts.from, parts.next([5], 'the length of field names'))
  const text = parts.text([1], 'field names')
  if (width < 1 || text.length % width !== 0)
    parts.refuse('field names of equal length', `${text.length} bytes by ${width}`)
  const fields = Array.from(
    { length: text.length / width },
    (_, k) => text.slice(k * width, (k + 1) * width).split('\0', 1)[0]!,
  )
  const count = product(shape)
  if (count * Math.max(1, fields.length) > parts.from.bytes.length)
    parts.refuse(`${count} structures of ${fields.length} fields`, `${parts.end - parts.at} bytes for them`)
  const values = readArrays(parts, count * fields.length, depth)
  const elements = Array.from(
    { length: count },
    (_, i) => new Map(fields.map((field, k) => [field, values[i * fields.length + k]!])),
  )
  return { class: kind, shape, className, fields, elements }
}

function readSparse(parts: Parts, shape: number[], { complex, logical }: Flags): MatSparse {
  const [rows, columns] = shape as [number, number]
  if (shape.length !== 2) parts.refuse('2 dimensions of a sparse matrix', `${shape.length}`)
  const stored = integers(parts.from, parts.next([5, 6], 'row indices'))
  const indptr = Int32Array.from(integers(parts.from, parts.numbers(columns + 1, 'column starts')))
  const count = indptr[columns]!
  const ordered = indptr[0] === 0 && indptr.every((start, j) => j === 0 || start >= indptr[j - 1]!)
  if (!ordered || count > stored.length) parts.refuse(`nondecreasing column starts up to ${stored.length}`, 'others')
  const indices = Int32Array.from(stored.slice(0, count))
  if (indices.some((i) => i < 0 || i >= rows)) parts.refuse(`row indices below ${rows}`, 'a larger or negative one')
  const read = () => {
    let found = element(parts.from, parts.at, parts.end)
    // MATLAB tags the values of a logical matrix as double, and stores a byte each.
    const size = found.end - found.start
    if (logical && found.type === DOUBLE && size < 8 * count && size >= count) found = { ...found, type: UINT8 }
    const data = new Float64Array(count)
    // More entries may be allocated than are used.
    if (numberCount(parts.from, found) < count) parts.refuse(`${count} values`, 'fewer')
    eachNumber(parts.from, found, (value, k) => k < count && (data[k] = Number(value)))
    parts.at = found.next
    return data
  }
  const sparse: MatSparse = { class: 'sparse', logical, shape, indptr, indices, data: read() }
  return complex ? { ...sparse, imaginary: read() } : sparse
}
