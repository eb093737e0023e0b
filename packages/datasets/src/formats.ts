import { options as optionsOf, refuse, show } from '@opt/core'
import { parseCsv } from './csv/csv.ts'
import { CSV_OPTIONS, type CsvOptions } from './csv/options.ts'
import type { CsvTable } from './csv/table.ts'
import { type Idx, isIdxType, parseIdx } from './idx.ts'
import { decodeImage, isJpeg, isPng } from './images/image.ts'
import type { Picture } from './images/picture.ts'
import { type Bytes, bytesOf, encodingOf, malformed } from './input/bytes.ts'
import { foreign, foreignBytes, HEAD } from './input/foreign.ts'
import { gunzip } from './input/gzip.ts'
import { checkLimits, LIMITS, type Limits } from './input/limits.ts'
import { part } from './input/options.ts'
import { isLibsvm } from './libsvm/detect.ts'
import { LIBSVM_OPTIONS, type Libsvm, type LibsvmOptions, parseLibsvm } from './libsvm/libsvm.ts'
import { isMat4 } from './matlab/mat4.ts'
import { mat5ByteOrder, parseMat5 } from './matlab/mat5.ts'
import type { MatArray } from './matlab/types.ts'

/** The formats that this package reads. */
export type Format = 'gzip' | 'png' | 'jpeg' | 'mat5' | 'idx' | 'libsvm' | 'csv'

/** The contents of a file, with its format. */
export type Contents =
  | { format: 'idx'; value: Idx }
  | { format: 'libsvm'; value: Libsvm }
  | { format: 'csv'; value: CsvTable }
  | { format: 'mat5'; value: Map<string, MatArray> }
  | { format: 'png' | 'jpeg'; value: Picture }

/** Options of {@link parseFile}: the limits, and the options of the format's reader. */
export interface FileOptions extends Limits, CsvOptions, Omit<LibsvmOptions, 'line'> {}

const READERS: Partial<Record<Format, readonly string[]>> = { csv: CSV_OPTIONS, libsvm: LIBSVM_OPTIONS }
const FILE_OPTIONS = [...new Set([...CSV_OPTIONS, ...LIBSVM_OPTIONS, ...LIMITS])]

/** Recognises the format of a file by its contents; undefined when it is none of {@link Format}. */
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
  // The start may hold rows of zeros only, which are a label alone.
  return (isLibsvm(start) ?? isLibsvm(decode())) ? 'libsvm' : 'csv'
}

/**
 * Reads a file in any of the formats of {@link Format}, gzipped or not.
 *
 * @param options the limits; those of {@link parseCsv} or {@link parseLibsvm} for a file in that format.
 * @throws RangeError when the format is unknown or the file malformed.
 */
export async function parseFile(input: Bytes, options: FileOptions = {}): Promise<Contents> {
  const given = optionsOf(options, 'parseFile: options', FILE_OPTIONS)
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
      // Only one layer is unpacked: there are gzip files that contain themselves.
      const found = format ? 'gzip within gzip' : (foreignFile(bytes) ?? 'another')
      return malformed('parseFile: byte 0', 'a format this package reads', found)
    }
  }
}

const foreignFile = (bytes: Uint8Array): string | undefined =>
  foreignBytes(bytes) ?? foreign(new TextDecoder(encodingOf(bytes)).decode(bytes.subarray(0, HEAD)))

/** Refuses options of another format's reader: they would be ignored silently. */
function checkFor(format: Format, given: FileOptions): void {
  const allowed: readonly string[] = [...LIMITS, ...(READERS[format] ?? [])]
  for (const [name, value] of Object.entries(given))
    if (value !== undefined && !allowed.includes(name))
      refuse(`parseFile: ${name}`, `left out for a file of format ${format}`, show(value))
}

/** Returns the bytes, decompressed if they are a gzip file. */
export const unpack = (bytes: Uint8Array, limits: Limits = {}): Uint8Array =>
  bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzip(bytes, part(limits, ['maxBytes'])) : bytes
