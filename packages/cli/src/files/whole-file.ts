import { randomUUID } from 'node:crypto'
import {
  accessSync,
  type BigIntStats,
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { isSystemError, Problem, reasonOf } from '../problem.ts'
import { nameable } from '../terminal/printable.ts'
import { isDescriptor, openDirect, realTarget, statOf } from './targets.ts'

/**
 * Writes a file as a whole or not at all: into a draft beside its target, which is flushed to the disk and
 * renamed. Until then an older file is untouched. Mode and owner of the older file are preserved, symbolic
 * links followed; a target that is no regular file (a pipe, a terminal, /dev/stdout) is written directly.
 *
 * All calls are synchronous: a signal handler never finds it half done.
 */
export class WholeFile {
  /** Whether the target is written directly: it is no regular file, or its folder takes no draft. */
  get isDirect(): boolean {
    return this.#draft === undefined
  }

  readonly #path: string
  readonly #target: string
  /** Undefined when the target is written directly. */
  #draft: string | undefined
  #descriptor: number | undefined
  readonly #discard = () => this.discard()

  /** @throws Problem when it is already clear that the file cannot be written. */
  constructor(path: string) {
    this.#path = path
    try {
      const old = statOf(path)
      if (old?.isDirectory()) throw new Problem(`cannot write ${nameable(path)}: it is a folder`)
      if (old) accessSync(path, constants.W_OK)
      const direct = isDescriptor(path) || old?.isFile() === false
      this.#target = direct ? path : realTarget(path)
      if (!direct) this.#begin(old)
    } catch (error) {
      throw this.#problem(error)
    }
  }

  #begin(old: BigIntStats | undefined): void {
    const draft = join(dirname(this.#target), `.opt-${randomUUID()}.tmp`)
    try {
      this.#descriptor = openSync(draft, 'wx', old ? modeOf(old) : 0o666)
    } catch (error) {
      // A writable file in a folder that is not can only be written directly.
      if (old && isSystemError(error) && ['EACCES', 'EPERM', 'EROFS'].includes(error.code!)) return
      throw error
    }
    this.#draft = draft
    process.once('exit', this.#discard)
    if (old) copyOwnerAndMode(this.#descriptor, old)
  }

  write(data: string | Uint8Array): void {
    try {
      this.#descriptor ??= openDirect(this.#target)
      const bytes = typeof data === 'string' ? Buffer.from(data) : data
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#descriptor, bytes, at)
    } catch (error) {
      this.discard()
      throw this.#problem(error)
    }
  }

  /** Finishes: the draft takes the place of the target. */
  publish(): void {
    try {
      if (this.#draft !== undefined) {
        fsyncSync(this.#descriptor!)
        closeSync(this.#descriptor!)
        this.#descriptor = undefined
        moveTo(this.#target, this.#draft)
        this.#draft = undefined
        syncFolder(dirname(this.#target))
      }
      this.discard()
    } catch (error) {
      this.discard()
      throw this.#problem(error)
    }
  }

  /** Gives up the draft; the target stays as it was. */
  discard(): void {
    process.removeListener('exit', this.#discard)
    // Standard output and error stay open.
    if (this.#descriptor !== undefined && this.#descriptor > 2) closeSync(this.#descriptor)
    this.#descriptor = undefined
    if (this.#draft !== undefined) rmSync(this.#draft, { force: true })
    this.#draft = undefined
  }

  #problem(error: unknown): Error {
    if (error instanceof Problem || !isSystemError(error)) return error as Error
    return new Problem(`cannot write ${nameable(this.#path)}: ${reasonOf(error)}`)
  }
}

/** Writes a file as a whole: see {@link WholeFile}. */
export function writeWhole(path: string, data: string | Uint8Array): void {
  const file = new WholeFile(path)
  file.write(data)
  file.publish()
}

/**
 * Checks before hours of work whether a file can be written after them.
 *
 * @throws Problem that names the option.
 */
export function checkWritable(path: string, option: string): void {
  try {
    new WholeFile(path).discard()
  } catch (error) {
    throw error instanceof Problem ? new Problem(`${option}: ${error.message}`) : error
  }
}

/**
 * Writes a result that took long to compute. When that fails, for example on a full disk, it goes to the
 * folder for temporary files instead.
 *
 * @throws Problem that says why the file could not be written, and where the result is.
 */
export function writeOrRescue(path: string, data: string | Uint8Array): void {
  try {
    writeWhole(path, data)
  } catch (error) {
    let rescued: string
    try {
      rescued = join(mkdtempSync(join(tmpdir(), 'opt-')), basename(path))
      writeWhole(rescued, data)
    } catch {
      throw error
    }
    throw new Problem(`${(error as Error).message}\nIt is in ${nameable(rescued)} instead.`)
  }
}

const modeOf = ({ mode }: BigIntStats) => Number(mode) & 0o777

function copyOwnerAndMode(descriptor: number, old: BigIntStats): void {
  try {
    fchownSync(descriptor, Number(old.uid), Number(old.gid))
  } catch {
    // Only root may change owners.
  }
  fchmodSync(descriptor, modeOf(old))
}

function moveTo(target: string, draft: string): void {
  try {
    renameSync(draft, target)
  } catch (error) {
    // A file that is a mount point, as in containers, cannot be replaced.
    if ((error as NodeJS.ErrnoException).code !== 'EBUSY') throw error
    copyFileSync(draft, target)
    rmSync(draft)
  }
}

/** Flushes a rename to the disk, where folders can be opened. */
function syncFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, 'r')
    try {
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return
  }
}
