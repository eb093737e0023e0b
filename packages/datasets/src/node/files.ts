import { place } from '../input/bytes.ts'
import type { ReadFile } from '../sets/read-file.ts'

// Node's modules are loaded at run time, so that a bundle for a page does not import them.
const builtin = <T>(name: string): T | undefined =>
  (globalThis.process as NodeJS.Process | undefined)?.getBuiltinModule?.(name as never) as T | undefined

const fileSystem = () => builtin<typeof import('node:fs/promises')>('node:fs/promises')

/** Returns the environment variable OPT_DATA_DIR; undefined where there is none. */
export const dataFolder = (): string | undefined => globalThis.process?.env?.OPT_DATA_DIR || undefined

/** Returns undefined for an absent file; other system errors are rethrown with the path made printable. */
function absentOr(error: unknown, path: string, caller: string): undefined {
  const { code = 'an unknown error' } = error as NodeJS.ErrnoException
  if (['ENOENT', 'ENOTDIR'].includes(code)) return undefined
  throw Object.assign(new Error(`${caller}: ${place(path)} cannot be read (${place(code)})`), { code })
}

/** Returns a reader of a folder's files; undefined outside Node. */
export function folderReader(folder: string, caller: string): ReadFile | undefined {
  const fs = fileSystem()
  if (!fs) return undefined
  return async (name) => {
    const path = `${folder}/${name}`
    try {
      return await fs.readFile(path)
    } catch (error) {
      return absentOr(error, path, caller)
    }
  }
}

/** Lists the files in a folder, sorted; undefined when there is no such folder, or no file system. */
export async function listFolder(folder: string, caller: string): Promise<string[] | undefined> {
  try {
    const entries = await fileSystem()?.readdir(folder, { withFileTypes: true })
    return entries
      ?.filter((entry) => !entry.isDirectory())
      .map((entry) => entry.name)
      .sort()
  } catch (error) {
    return absentOr(error, folder, caller)
  }
}

/** Returns a reader of an installed npm package's files, found from this package or from the working directory. */
export const packageReader =
  (packageName: string, folder: string): ReadFile =>
  async (name) => {
    const fs = fileSystem()
    const modules = builtin<typeof import('node:module')>('node:module')
    if (!fs || !modules) return undefined
    for (const base of [import.meta.url, `${process.cwd()}/package.json`]) {
      let path: string
      try {
        path = modules.createRequire(base).resolve(`${packageName}/${folder}/${name}`)
      } catch {
        continue
      }
      return fs.readFile(path)
    }
    return undefined
  }

/** Returns the MD5 of bytes in hexadecimal (Node only). */
export const md5 = (bytes: Uint8Array): string =>
  builtin<typeof import('node:crypto')>('node:crypto')!.createHash('md5').update(bytes).digest('hex')
