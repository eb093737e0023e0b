import { refuse, show } from '@opt/core'
import { type Bytes, bytesOf, encodingOf, malformed } from './bytes.ts'
import { CSV_OPTIONS, type CsvOptions, type CsvTable, parseCsv } from './csv.ts'
import { foreign, foreignBytes, HEAD } from './foreign.ts'
import { gunzip } from './gzip.ts'
import { type Idx, isIdxType, parseIdx } from './idx.ts'
import { decodeImage, isJpeg, isPng, type Picture } from './image.ts'
import { LIBSVM_OPTIONS, type Libsvm, type LibsvmOptions, parseLibsvm } from './libsvm.ts'
import { isLibsvm } from './libsvm-detect.ts'
import { checkLimits, LIMITS, type Limits } from './limits.ts'
import { isMat4 } from './mat4.ts'
import { mat5ByteOrder, parseMat5 } from './mat5.ts'
import type { MatArray } from './mat5-types.ts'
import { knownOptions, part } from './options.ts'

/** Formats this package reads. */
export type Format = 'gzip' | 'png' | 'jpeg' | 'mat5' | 'idx' | 'libsvm' | 'csv'

/** A file's contents, with the format that was found. */
export type Contents =
  | { format: 'idx'; value: Idx }
  | { format: 'libsvm'; value: Libsvm }
  | { format: 'csv'; value: CsvTable }
  | { format: 'mat5'; value: Map<string, MatArray> }
  | { format: 'png' | 'jpeg'; value: Picture }

/** Options of {@link parseFile}: limits, and what the reader of the format takes. */
export interface FileOptions extends Limits, CsvOptions, Omit<LibsvmOptions, 'line'> {}

const READERS: Partial<Record<Format, readonly string[]>> = { csv: CSV_OPTIONS, libsvm: LIBSVM_OPTIONS }
const FILE_OPTIONS = [...new Set([...CSV_OPTIONS, ...LIBSVM_OPTIONS, ...LIMITS])]

/** The format of a file, by its contents (never its name); undefined when it is none of ours. */
export function detectFormat(input: Bytes): Format | undefined {
  const bytes = bytesOf(input, 'detectFormat')
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'gzip'
  if (isPng(bytes)) return 'png'
  if (isJpeg(bytes)) return 'jpeg'
  if (mat5ByteOrder(bytes) || isMat4(bytes)) return 'mat5'
  if (bytes.length >= 4 && bytes[0] === 0 && bytes[1] === 0 && isIdxType(bytes[2]!)) return 'idx'
  const decode = (to?: number) => new TextDecoder(encodingOf(bytes)).decode(bytes.subarray(0, to))
  const start = decode(HEAD)
  if (start.trim() === '' || foreignFile(bytes)) return undefined
  // Rows of zeros may fill the start.
  return (isLibsvm(start) ?? isLibsvm(decode())) ? 'libsvm' : 'csv'
}

/**
 * Reads a file of any format this package knows, compressed by gzip or not.
 *
 * @param options limits for all formats; those of {@link parseCsv} and {@link parseLibsvm} where the file is one.
 * @throws RangeError when the format is unknown or the file malformed.
 */
export async function parseFile(input: Bytes, options: FileOptions = {}): Promise<Contents> {
  const given = knownOptions(options, FILE_OPTIONS, 'parseFile')
  checkLimits(given, 'parseFile')
  const bytes = unpack(bytesOf(input, 'parseFile'), given)
  const format = detectFormat(bytes)
  if (format && format !== 'gzip') checkFor(format, given)
  switch (format) {
    case 'idx':
      return { format, value: parseIdx(bytes) }
    case 'libsvm':
      return { format, value: parseLibsvm(bytes, part(given, LIBSVM_OPTIONS)) }
    case 'csv':
      return { format, value: parseCsv(bytes, part(given, CSV_OPTIONS)) }
    case 'mat5':
      return { format, value: parseMat5(bytes, part(given, ['maxBytes', 'maxArrays'])) }
    case 'png':
    case 'jpeg':
      return { format, value: await decodeImage(bytes, part(given, ['maxPixels'])) }
    default: {
      // Once only: there are gzip files that contain themselves.
      const found = format ? 'gzip within gzip' : (foreignFile(bytes) ?? 'another')
      return malformed('parseFile: byte 0', 'a format this package reads', found)
    }
  }
}

const foreignFile = (bytes: Uint8Array): string | undefined =>
  foreignBytes(bytes) ?? foreign(new TextDecoder(encodingOf(bytes)).decode(bytes.subarray(0, HEAD)))

/** Refuses what the reader of another format takes: it would be passed over in silence. */
function checkFor(format: Format, given: FileOptions): void {
  const allowed: readonly string[] = [...LIMITS, ...(READERS[format] ?? [])]
  for (const [name, value] of Object.entries(given))
    if (value !== undefined && !allowed.includes(name))
      refuse(`parseFile: ${name}`, `left out for a file of format ${format}`, show(value))
}

/** The bytes themselves, or what they are a gzip file of. */
export const unpack = (bytes: Uint8Array, limits: Limits = {}): Uint8Array =>
  bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzip(bytes, part(limits, ['maxBytes'])) : bytes
