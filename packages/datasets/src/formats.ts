import { type Bytes, bytesOf, malformed } from './bytes.ts'
import { type CsvTable, parseCsv } from './csv.ts'
import { gunzip } from './gzip.ts'
import { type Idx, isIdxType, parseIdx } from './idx.ts'
import { decodeImage, isJpeg, isPng, type Picture } from './image.ts'
import { type Libsvm, parseLibsvm } from './libsvm.ts'
import type { Limits } from './limits.ts'
import { isMat4 } from './mat4.ts'
import { mat5ByteOrder, parseMat5 } from './mat5.ts'
import type { MatArray } from './mat5-types.ts'

/** Formats this package reads. */
export type Format = 'gzip' | 'png' | 'jpeg' | 'mat5' | 'idx' | 'libsvm' | 'csv'

/** A file's contents, with the format that was found. */
export type Contents =
  | { format: 'idx'; value: Idx }
  | { format: 'libsvm'; value: Libsvm }
  | { format: 'csv'; value: CsvTable }
  | { format: 'mat5'; value: Map<string, MatArray> }
  | { format: 'png' | 'jpeg'; value: Picture }

const LIBSVM_LINE = /^[+-]?[\d.]\S*(?:[ \t]+\d+:[^\s:]+)+[ \t]*(?:#.*)?$/

/** The format of a file, by its contents (never its name); undefined when it is none of ours. */
export function detectFormat(input: Bytes): Format | undefined {
  const bytes = bytesOf(input, 'detectFormat')
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'gzip'
  if (isPng(bytes)) return 'png'
  if (isJpeg(bytes)) return 'jpeg'
  if (mat5ByteOrder(bytes) || isMat4(bytes)) return 'mat5'
  if (bytes.length >= 4 && bytes[0] === 0 && bytes[1] === 0 && isIdxType(bytes[2]!)) return 'idx'
  const head = bytes.subarray(0, 65536)
  if (head.length === 0 || head.some((byte) => byte < 32 && (byte < 9 || byte > 13))) return undefined
  const line = new TextDecoder()
    .decode(head)
    .trimStart()
    .split(/[\r\n]/)[0]!
  return LIBSVM_LINE.test(line.trimEnd()) ? 'libsvm' : 'csv'
}

/**
 * Reads a file of any format this package knows, compressed by gzip or not.
 *
 * @throws RangeError when the format is unknown or the file malformed.
 */
export async function parseFile(input: Bytes, limits: Limits = {}): Promise<Contents> {
  const bytes = unpack(bytesOf(input, 'parseFile'), limits)
  const format = detectFormat(bytes)
  switch (format) {
    case 'idx':
      return { format, value: parseIdx(bytes) }
    case 'libsvm':
      return { format, value: parseLibsvm(bytes) }
    case 'csv':
      return { format, value: parseCsv(bytes) }
    case 'mat5':
      return { format, value: parseMat5(bytes, limits) }
    case 'png':
    case 'jpeg':
      return { format, value: await decodeImage(bytes, limits) }
    default:
      // Once only: there are gzip files that contain themselves.
      return malformed('parseFile: byte 0', 'a format this package reads', format ? 'gzip within gzip' : 'another')
  }
}

/** The bytes themselves, or what they are a gzip file of. */
export const unpack = (bytes: Uint8Array, limits: Limits = {}): Uint8Array =>
  detectFormat(bytes) === 'gzip' ? gunzip(bytes, limits) : bytes
