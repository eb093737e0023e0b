import { crc32 } from 'node:zlib'

/** How far an input has been read. */
export interface Position {
  lines: number
  /**
   * CRC-32 of these lines, each with a newline, by which the input is recognised; undefined when it was not
   * read from its beginning.
   */
  digest?: number | undefined
}

export const START: Position = { lines: 0, digest: 0 }

/** Returns the position after one more line. */
export const after = ({ lines, digest }: Position, line: string): Position => ({
  lines: lines + 1,
  digest: digest === undefined ? undefined : crc32(`${line}\n`, digest),
})
