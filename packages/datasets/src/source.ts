import { oneOf, refuse, show } from '@opt/core'
import { bytesOf, place, quote } from './bytes.ts'
import { type Contents, type FileOptions, parseFile, unpack } from './formats.ts'
import { checkLimits, LIMITS, type Limits } from './limits.ts'
import { dataFolder, folderReader, listFolder } from './node/files.ts'
import { knownOptions } from './options.ts'

/** Reads a file by name; undefined when there is none of that name. */
export type ReadFile = (name: string) => Promise<Uint8Array | undefined>

/** Where a loader finds its files, and what they may ask for. */
export interface DataOptions extends Limits {
  /** A folder (Node). Default: the environment variable OPT_DATA_DIR. */
  folder?: string | undefined
  /** Reads the files instead of a folder; {@link readFrom} makes one for a page. */
  read?: ReadFile | undefined
}

const DATA_OPTIONS = ['folder', 'read', ...LIMITS]

/** Part of a data set. */
export type Split = 'train' | 'test'

/** Thrown when a data set is not there: `code` tells it from a failure, the message says what to get. */
export class DataAbsentError extends Error {
  override readonly name = 'DataAbsentError'
  readonly code = 'OPT_DATA_ABSENT'
}

/** Whether an error says that data are absent. */
export const isDataAbsent = (error: unknown): boolean =>
  (error as { code?: unknown } | undefined)?.code === 'OPT_DATA_ABSENT'

/**
 * Reads files over the network: `mnist({ read: readFrom('https://example.org/data') })`.
 * A file answered with 404 or 410 is absent; any other refusal is an error.
 */
export function readFrom(base: string): ReadFile {
  if (typeof base !== 'string') refuse('readFrom: base', 'the address of a folder', show(base), 'type')
  return async (name) => {
    const address = `${base.replace(/\/$/, '')}/${name}`
    const response = await fetch(address)
    if (response.status === 404 || response.status === 410) return undefined
    if (!response.ok)
      throw new Error(`readFrom: ${place(address)} answered ${response.status} ${place(response.statusText)}`)
    return new Uint8Array(await response.arrayBuffer())
  }
}

/** A place with files, how to name it, and what its files may ask for. */
export interface Source {
  read: ReadFile
  place: string
  limits: Limits
}

/**
 * The place the options name; undefined when they name none.
 *
 * @param others names of options beside those of {@link DataOptions}.
 */
export function sourceOf(options: DataOptions, caller: string, others: string[] = []): Source | undefined {
  const { folder, read, ...limits } = knownOptions(options, [...others, ...DATA_OPTIONS], caller)
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

/** Option split, checked, or what stands for it. */
export function splitOf(options: DataOptions & { split?: Split | undefined }, caller: string, standard: Split): Split {
  const { split = standard } = knownOptions(options, ['split', ...DATA_OPTIONS], caller)
  return oneOf(split, `${caller}: split`, ['train', 'test'])
}

/** Says that data are absent and what to do. */
export function absent(caller: string, cure: string, looked: Source | undefined): never {
  const where = looked ? `looked in ${place(looked.place)}` : 'no folder was given and OPT_DATA_DIR is not set'
  throw new DataAbsentError(`${caller}: the data are not here (${where}). ${cure}`)
}

/** A file's bytes, gzip undone, and where they came from. */
export interface Found {
  bytes: Uint8Array
  source: string
}

/** The first file that is there; each name is also tried with .gz. */
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

/** {@link firstFile} of a data set that only a folder can have; `others` as in {@link sourceOf}. */
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

/** A folder of data files. */
export interface DataFolder {
  folder: string
  /** Names of its files, sorted. */
  list(): Promise<string[]>
  /** A file's bytes as they stand. */
  bytes(name: string): Promise<Uint8Array>
  /** A file's contents, by the format found in them, gzip undone; options are those of {@link parseFile}. */
  open(name: string, options?: FileOptions): Promise<Contents>
}

/**
 * Opens a folder of data files (Node).
 *
 * @param folder default: the environment variable OPT_DATA_DIR.
 * @throws DataAbsentError when no folder is named, or (from its functions) when folder or file does not exist.
 */
export function openData(folder?: string): DataFolder {
  const from = sourceOf(folder === undefined ? {} : { folder }, 'openData')
  if (!from) absent('openData', 'Give a folder, or set OPT_DATA_DIR.', from)
  const bytes = async (name: string) => {
    if (typeof name !== 'string' || name === '') refuse('openData: name', 'that of a file', show(name), 'type')
    return (await from.read(name)) ?? absent('openData', `Put ${place(name)} there.`, from)
  }
  return {
    folder: from.place,
    list: async () => (await listFolder(from.place, 'openData')) ?? absent('openData', 'Make that folder.', from),
    bytes,
    open: async (name, options) => parseFile(await bytes(name), options),
  }
}
