import { nameable } from './terminal/printable.ts'

/** An error whose message is all the user needs; it is shown without a stack. */
export class Problem extends Error {
  override name = 'Problem'
}

/** A command that was not understood: a word about its help is shown, too. */
export class UsageError extends Problem {
  override name = 'UsageError'
}

/** What the operating system's codes mean to a user. */
const REASONS: Record<string, string> = {
  EACCES: 'permission denied',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would become too large',
  EISDIR: 'it is a folder',
  EIO: 'the device reports an error',
  ELOOP: 'its symbolic links lead in a circle',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'there is no such file or folder',
  ENOSPC: 'no space left on the disk',
  ENOTDIR: 'a part of its path is no folder',
  EPERM: 'permission denied',
  EPIPE: 'its reader has gone',
  EROFS: 'the disk is read-only',
}

/** Whether the operating system refused something. */
export const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  /^E[A-Z]+$/.test(String((error as NodeJS.ErrnoException | undefined)?.code))

/** Says in a few words why something failed. */
export function reasonOf(error: unknown): string {
  if (isSystemError(error)) return REASONS[error.code!] ?? error.message
  return (error as Error | undefined)?.message ?? String(error)
}

/** Says what went wrong in one line, for errors that need no stack; undefined for a fault of the program. */
export function sentenceOf(error: unknown): string | undefined {
  if (error instanceof Problem || (error instanceof Error && error.name === 'CACError')) return error.message
  if (isSystemError(error)) return error.path ? `${nameable(error.path)}: ${reasonOf(error)}` : reasonOf(error)
  return undefined
}

/** Takes the name of the function off a message of @opt: `parseLibsvm: line 2: ...` is about the line. */
export const withoutFunction = (error: unknown): string => reasonOf(error).replace(/^[A-Za-z.]+: /, '')
