import { printable, quoted, refuse, show } from '@opt/core'
import { bytesOf } from './bytes.ts'
import { type Contents, parseFile, unpack } from './formats.ts'
import { dataFolder, folderReader, listFolder } from './node/files.ts'

/** Reads a file by name; undefined when there is none of that name. */
export type ReadFile = (name: string) => Promise<Uint8Array | undefined>

/** Where a loader finds its files. */
export interface DataOptions {
  /** A folder (Node). Default: the environment variable OPT_DATA_DIR. */
  folder?: string
  /** Reads the files instead of a folder; {@link readFrom} makes one for a page. */
  read?: ReadFile
}

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
export const readFrom =
  (base: string): ReadFile =>
  async (name) => {
    const address = `${base.replace(/\/$/, '')}/${name}`
    const response = await fetch(address)
    if (response.status === 404 || response.status === 410) return undefined
    if (!response.ok) throw new Error(`readFrom: ${address} answered ${response.status} ${response.statusText}`)
    return new Uint8Array(await response.arrayBuffer())
  }

/** A place with files, and how to name it. */
export interface Source {
  read: ReadFile
  place: string
}

/** The place the options name; undefined when they name none. */
export function sourceOf({ folder, read }: DataOptions, caller: string): Source | undefined {
  if (read !== undefined && typeof read !== 'function') refuse(`${caller}: read`, 'a function', show(read), 'type')
  if (folder !== undefined && (typeof folder !== 'string' || folder === ''))
    refuse(`${caller}: folder`, 'the path of a folder', show(folder), 'type')
  if (read) return { read, place: 'read' }
  const path = folder ?? dataFolder()
  if (path === undefined) return undefined
  const reader = folderReader(path)
  if (!reader) refuse(`${caller}: folder`, 'left out where there is no file system (give read)', show(path))
  return { read: reader, place: path }
}

/** Says that data are absent and what to do. */
export function absent(caller: string, cure: string, looked: Source | undefined): never {
  const where = looked ? `looked in ${printable(looked.place)}` : 'no folder was given and OPT_DATA_DIR is not set'
  throw new DataAbsentError(`${caller}: the data are not here (${where}). ${cure}`)
}

/** The first file that is there, gzip undone, each name also tried with .gz. */
export async function firstFile(
  from: Source | undefined,
  names: string[],
): Promise<{ name: string; bytes: Uint8Array } | undefined> {
  for (const plain of from ? names : [])
    for (const name of plain.endsWith('.gz') ? [plain] : [plain, `${plain}.gz`]) {
      const bytes = await from!.read(name)
      if (bytes !== undefined) return { name, bytes: unpack(bytesOf(bytes, `read(${quoted(name)})`)) }
    }
  return undefined
}

/** {@link firstFile} of a data set that only a folder can have. */
export async function fileOf(
  options: DataOptions,
  caller: string,
  name: string,
): Promise<{ bytes: Uint8Array; source: string }> {
  const from = sourceOf(options, caller)
  const found = await firstFile(from, [name])
  if (!found)
    absent(caller, `Put ${name} (or ${name}.gz) into a folder and give it as option folder or OPT_DATA_DIR.`, from)
  return { bytes: found.bytes, source: `${from!.place}: ${found.name}` }
}

/** A folder of data files. */
export interface DataFolder {
  folder: string
  /** Names of its files, sorted. */
  list(): Promise<string[]>
  /** A file's bytes as they stand. */
  bytes(name: string): Promise<Uint8Array>
  /** A file's contents, by the format found in them, gzip undone. */
  open(name: string): Promise<Contents>
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
  const bytes = async (name: string) =>
    (await from.read(name)) ?? absent('openData', `Put ${printable(name)} there.`, from)
  return {
    folder: from.place,
    list: async () => (await listFolder(from.place)) ?? absent('openData', 'Make that folder.', from),
    bytes,
    open: async (name) => parseFile(await bytes(name)),
  }
}
