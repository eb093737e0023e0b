import { refuse, show } from '@opt/core'
import { type Contents, type FileOptions, parseFile } from '../formats.ts'
import { place } from '../input/bytes.ts'
import { listFolder } from '../node/files.ts'
import { absent, sourceOf } from './source.ts'

/** A folder of data files. */
export interface DataFolder {
  folder: string
  /** Lists the names of its files, sorted. */
  list(): Promise<string[]>
  /** Reads the bytes of a file as they are. */
  bytes(name: string): Promise<Uint8Array>
  /**
   * Reads the contents of a file in whatever format they are, gzipped or not; options are those of {@link
   * parseFile}.
   */
  open(name: string, options?: FileOptions): Promise<Contents>
}

/**
 * Opens a folder of data files (Node).
 *
 * @param folder its path. Default: the environment variable OPT_DATA_DIR.
 * @throws DataAbsentError when no folder is named; its functions throw it when the folder or a file does not exist.
 */
export function openData(folder?: string): DataFolder {
  const from = sourceOf({ folder }, 'openData')
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
