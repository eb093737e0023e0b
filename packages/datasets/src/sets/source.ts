import { callback, oneOf, options as optionsOf, refuse, show } from '@opt/core'
import { unpack } from '../formats.ts'
import { bytesOf, place, quote } from '../input/bytes.ts'
import { checkLimits, LIMITS, type Limits } from '../input/limits.ts'
import { dataFolder, folderReader } from '../node/files.ts'
import type { ReadFile } from './read-file.ts'

/** Where a loader finds its files, and the limits they are held to. */
export interface DataOptions extends Limits {
  /** A folder (Node). Default: the environment variable OPT_DATA_DIR. */
  folder?: string | undefined
  /** Reads the files instead of a folder; {@link readFrom} makes one for a page. */
  read?: ReadFile | undefined
}

const DATA_OPTIONS = ['folder', 'read', ...LIMITS] as const

/** A part of a data set. */
export type Split = 'train' | 'test'

/** Thrown when a data set is absent. `code` distinguishes it from a failure; the message says what to get. */
export class DataAbsentError extends Error {
  override readonly name = 'DataAbsentError'
  readonly code = 'OPT_DATA_ABSENT'
}

/** Whether an error says that data are absent. */
export const isDataAbsent = (error: unknown): boolean =>
  (error as { code?: unknown } | undefined)?.code === 'OPT_DATA_ABSENT'

/**
 * Waits for data, or for work on them: undefined where they are absent, after `absent` was told what to get.
 *
 *     const data = await ifPresent(digits({ folder }), (reason) => note(`The digits are left out: ${reason}`))
 *
 * @throws TypeError when given no promise; any other error of the work.
 */
export async function ifPresent<T>(work: Promise<T>, absent?: (reason: string) => void): Promise<T | undefined> {
  if (typeof work?.then !== 'function') refuse('ifPresent: work', 'a promise', show(work), 'type')
  if (absent !== undefined) callback(absent, 'ifPresent: absent')
  try {
    return await work
  } catch (error) {
    if (!isDataAbsent(error)) throw error
    absent?.((error as Error).message)
    return undefined
  }
}

/** A place with files. */
export interface Source {
  read: ReadFile
  /** Its name in messages. */
  place: string
  limits: Limits
}

/**
 * Returns the place that the options name; undefined when they name none.
 *
 * @param others names of options allowed beside those of {@link DataOptions}.
 */
export function sourceOf(options: DataOptions, caller: string, others: string[] = []): Source | undefined {
  const { folder, read, ...limits } = optionsOf(options, `${caller}: options`, [
    ...others,
    ...DATA_OPTIONS,
  ] as (keyof DataOptions)[])
  checkLimits(limits, caller)
  if (read !== undefined && typeof read !== 'function') refuse(`${caller}: read`, 'a function', show(read), 'type')
  if (folder !== undefined && (typeof folder !== 'string' || folder === ''))
    refuse(`${caller}: folder`, 'the path of a folder', show(folder), 'type')
  if (read) return { read, place: 'read', limits }
  const path = folder ?? dataFolder()
  if (path === undefined) return undefined
  const reader = folderReader(path, caller)
  if (!reader) refuse(`${caller}: folder`, 'left out where there is no file system (give read)', show(path))
  return { read: reader, place: path, limits }
}

/** Returns option `split`, checked, or its default. */
export function splitOf(options: DataOptions & { split?: Split | undefined }, caller: string, byDefault: Split): Split {
  const { split = byDefault } = optionsOf(options, `${caller}: options`, ['split', ...DATA_OPTIONS] as const)
  return oneOf(split, `${caller}: split`, ['train', 'test'])
}

/** Throws that data are absent, where they were looked for and how to get them. */
export function absent(caller: string, cure: string, looked: Source | undefined, cause?: unknown): never {
  const where = looked ? `looked in ${place(looked.place)}` : 'no folder was given and OPT_DATA_DIR is not set'
  throw new DataAbsentError(`${caller}: the data are not here (${where}). ${cure}`, { cause })
}

/** The bytes of a file, decompressed, and where they came from. */
export interface Found {
  bytes: Uint8Array
  source: string
}

/** Reads the first file that exists; each name is also tried with .gz. */
export async function firstFile(from: Source | undefined, names: string[]): Promise<Found | undefined> {
  for (const plain of from ? names : [])
    for (const name of plain.endsWith('.gz') ? [plain] : [plain, `${plain}.gz`]) {
      const bytes = await from!.read(name)
      if (bytes === undefined) continue
      const whole = unpack(bytesOf(bytes, `read(${quote(name)})`), from!.limits)
      return { bytes: whole, source: `${place(from!.place)}: ${name}` }
    }
  return undefined
}

/** Reads a file of a data set that comes from no npm package; `others` as in {@link sourceOf}. */
export async function fileOf(
  options: DataOptions,
  caller: string,
  name: string,
  others?: string[],
): Promise<Found & Pick<Source, 'limits'>> {
  const from = sourceOf(options, caller, others)
  const found = await firstFile(from, [name])
  if (!found)
    absent(caller, `Put ${name} (or ${name}.gz) into a folder and give it as option folder or OPT_DATA_DIR.`, from)
  return { ...found, limits: from!.limits }
}
