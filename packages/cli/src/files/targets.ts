// What is at a path, and where it leads.
import { type BigIntStats, openSync, readlinkSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { Problem } from '../problem.ts'
import { nameable } from '../terminal/printable.ts'

/**
 * Returns what is at a path; undefined when there is nothing. Uses bigints: after a plain stat of a pipe,
 * realpathSync of Node 20 stops early, and modules loaded later are not found.
 */
export const statOf = (path: string): BigIntStats | undefined => statSync(path, { bigint: true, throwIfNoEntry: false })

/** Whether two paths lead to the same file, which need not exist yet. Devices never do: they can be written twice. */
export function isSameFile(a: string, b: string): boolean {
  const [one, other] = [statOf(a), statOf(b)]
  if (!one || !other) return !one && !other && realTarget(a) === realTarget(b)
  return one.isFile() && one.dev === other.dev && one.ino === other.ino
}

/** Resolves symbolic links, also to a file that does not exist yet. */
export function realTarget(path: string): string {
  try {
    return realpathSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  let link: string
  try {
    link = readlinkSync(path)
  } catch {
    return join(realFolder(dirname(path)), basename(path))
  }
  return realTarget(resolve(dirname(path), link))
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new Problem(`there is no folder ${nameable(folder)}`)
  }
}

const DESCRIPTOR = /^\/dev\/(stdout|stderr|fd\/\d+)$|^\/proc\/[^/]+\/fd\/\d+$/
const STANDARD_OUTPUT = /^\/dev\/(stdout|fd\/1)$|^\/proc\/self\/fd\/1$/
const STANDARD_ERROR = /^\/dev\/(stderr|fd\/2)$|^\/proc\/self\/fd\/2$/

/** Whether a path names this process's standard output. */
export const isStandardOutput = (path: string): boolean => STANDARD_OUTPUT.test(path)

/** Whether a path names one of this process's open files. */
export const isDescriptor = (path: string): boolean => DESCRIPTOR.test(path)

/**
 * Opens a file that is written directly. For standard output that is descriptor 1 itself: a second one would
 * overwrite its output.
 */
export const openDirect = (target: string): number =>
  STANDARD_OUTPUT.test(target) ? 1 : STANDARD_ERROR.test(target) ? 2 : openSync(target, 'w')
