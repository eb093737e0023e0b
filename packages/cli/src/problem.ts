import { nameable } from './terminal/printable.ts'

/** An error that is shown to the user as its message, without a stack. */
export class Problem extends Error {
  override name = 'Problem'
}

/** A command that was not understood; a hint at its help is shown too. */
export class UsageError extends Problem {
  override name = 'UsageError'
}

/** Explanations of the operating system's error codes. */
const REASONS: Record<string, string> = {
  EACCES: 'permission denied',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would become too large',
  EISDIR: 'it is a folder',
  EIO: 'the device reports an error',
  ELOOP: 'its symbolic links form a circle',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'there is no such file or folder',
  ENOSPC: 'no space left on the disk',
  ENOTDIR: 'a part of its path is not a folder',
  EPERM: 'permission denied',
  EPIPE: 'its reader has gone',
  EROFS: 'the disk is read-only',
}

/** Whether an error comes from the operating system. */
export const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  /^E[A-Z]+$/.test(String((error as NodeJS.ErrnoException | undefined)?.code))

/** Returns in a few words why something failed. */
export function reasonOf(error: unknown): string {
  if (isSystemError(error)) return REASONS[error.code!] ?? error.message
  return (error as Error | undefined)?.message ?? String(error)
}

/** Returns the message of an error that needs no stack; undefined for a bug. */
export function sentenceOf(error: unknown): string | undefined {
  if (error instanceof Problem || (error instanceof Error && error.name === 'CACError')) return error.message
  if (isSystemError(error)) return error.path ? `${nameable(error.path)}: ${reasonOf(error)}` : reasonOf(error)
  return undefined
}

/** Removes the function's name from a message of @opt: `parseLibsvm: line 2: ...` becomes `line 2: ...`. */
export const withoutFunction = (error: unknown): string => reasonOf(error).replace(/^[A-Za-z0-9.]+: /, '')
