import { type Matrix, options as optionsOf, refuse, show } from '@opt/core'
import ndarray from 'ndarray'
import { type Bytes, bytesOf, malformed, quote, sizes } from '../input/bytes.ts'
import { foreignBytes } from '../input/foreign.ts'
import { unzlib } from '../input/gzip.ts'
import { type Limits, limit, unpackedLimit, within } from '../input/limits.ts'
import { readArray } from './arrays.ts'
import { COMPRESSED, element, MATRIX, source } from './elements.ts'
import { isMat4, readMat4 } from './mat4.ts'
import { type MatArray, type MatNumbers, NUMERIC } from './types.ts'

/** Returns the byte order of a MATLAB 5 file; undefined when the bytes do not start like one. */
export function mat5ByteOrder(bytes: Uint8Array): 'little' | 'big' | undefined {
  if (bytes.length < 128) return undefined
  const [a, b, c, d] = bytes.subarray(124, 128)
  if (a === 0 && b === 1 && c === 0x49 && d === 0x4d) return 'little'
  if (a === 1 && b === 0 && c === 0x4d && d === 0x49) return 'big'
  return undefined
}

/**
 * Reads a MATLAB file of versions 4 to 7 (not 7.3, which is HDF5).
 *
 * @returns the variables by name, in the file's order. A variable without a name (MATLAB's own bookkeeping)
 * is left out.
 * @throws RangeError naming the byte when the file is in another format, damaged or cut short, unpacks to more than
 * `maxBytes` (default a hundred times its size, between 2^25 and 2^29) or holds more than `maxArrays` arrays (default
 * 1,000,000).
 * Source: The MathWorks, "MAT-File Format", levels 4 and 5.
 */
export function parseMat5(input: Bytes, given: Pick<Limits, 'maxBytes' | 'maxArrays'> = {}): Map<string, MatArray> {
  const bytes = bytesOf(input, 'parseMat5')
  const limits = optionsOf(given, 'parseMat5: options', ['maxBytes', 'maxArrays'])
  const maxBytes = unpackedLimit(limits, bytes.length, 'parseMat5')
  const most = limit(limits, 'maxArrays', 'parseMat5')
  const budget = { most, left: most }
  const order = mat5ByteOrder(bytes)
  if (!order && isMat4(bytes)) return readMat4(bytes, maxBytes)
  if (!order) {
    const hdf5 = bytes[512] === 0x89 && bytes[513] === 0x48 && bytes[514] === 0x44 && bytes[515] === 0x46
    malformed(
      'parseMat5: byte 124',
      'version 5 and a byte order (MI or IM)',
      hdf5
        ? 'a file of version 7.3 (save it again with -v7)'
        : (foreignBytes(bytes) ?? (bytes.length < 128 ? `${bytes.length} bytes` : 'neither')),
    )
  }
  const file = source(bytes, order === 'little', '')
  const variables = new Map<string, MatArray>()
  let unpacked = 0
  for (let at = 128; at < bytes.length; ) {
    const found = element(file, at, bytes.length)
    let inside = file
    let whole = found
    if (found.type === COMPRESSED) {
      const place = `in the compressed element at byte ${at}, `
      const plain = unzlib(bytes.subarray(found.start, found.end), `parseMat5: byte ${at}`, (length) =>
        within(unpacked + length, maxBytes, 'maxBytes', 'parseMat5: decompressed bytes'),
      )
      unpacked += plain.length
      inside = source(plain, file.littleEndian, place)
      whole = element(inside, 0, plain.length)
      if (whole.next !== plain.length)
        malformed(`parseMat5: ${place}byte ${whole.next}`, 'its end', `${plain.length - whole.next} bytes more`)
    }
    if (whole.type !== MATRIX) malformed(`parseMat5: byte ${at}`, 'a variable (type 14 or 15)', `type ${whole.type}`)
    const { name, array } = readArray(inside, whole, budget)
    if (name !== '') variables.set(name, array)
    at = found.next
  }
  return variables
}

/**
 * Converts a two-dimensional numeric array of a MATLAB file to a row-major float64 matrix.
 *
 * @throws TypeError when the array is not real, numeric and two-dimensional.
 */
export function matMatrix(array: MatArray): Matrix {
  const known = optionsOf(array, 'matMatrix: array')
  const { shape } = known
  const numeric = known.class === 'logical' || Object.keys(NUMERIC).includes(known.class)
  if (!numeric || !Array.isArray(shape) || shape.length !== 2)
    refuse(
      'matMatrix: array',
      'a numeric one of 2 dimensions',
      known.class === 'opaque'
        ? `an object of class ${quote(known.className)}`
        : `class ${show(known.class)}${Array.isArray(shape) ? ` ${sizes(shape)}` : ''}`,
      'type',
    )
  const { data, imaginary } = known as MatNumbers
  if (imaginary) refuse('matMatrix: array', 'real', 'a complex one', 'type')
  const [rows, columns] = shape as [number, number]
  const fits = Number.isInteger(rows) && rows >= 0 && Number.isInteger(columns) && columns >= 0
  if (!fits || !ArrayBuffer.isView(data) || data.length !== rows * columns)
    refuse('matMatrix: array', 'one that parseMat5 returned', `data ${show(data)}`, 'type')
  const out = new Float64Array(rows * columns)
  for (let j = 0, k = 0; j < columns; j++) for (let i = 0; i < rows; i++) out[i * columns + j] = Number(data[k++])
  return ndarray(out, [rows, columns])
}
