import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { sigmoid } from '@opt/core'
import { isStandardOutput, statOf } from '../files/targets.ts'
import { WholeFile } from '../files/whole-file.ts'
import { Problem } from '../problem.ts'
import { nameable } from '../terminal/printable.ts'
import type { Terminal } from '../terminal/terminal.ts'

const PIECE = 65536

/** Writes a line for each example: the probability of the positive class, before the example is learned. */
export class Predictions {
  #count: number
  readonly #file: WholeFile | undefined
  readonly #terminal: Terminal
  #lines: string[] = []
  #length = 0

  /**
   * @param path the file; /dev/stdout goes through the terminal.
   * @param oldLines how many of its lines remain: those of the run that is resumed.
   * @throws Problem when the file cannot be written or holds fewer lines.
   */
  constructor(path: string, oldLines: number, terminal: Terminal) {
    this.#terminal = terminal
    this.#count = oldLines
    if (isStandardOutput(path)) return
    this.#file = new WholeFile(path)
    try {
      const old = statOf(path)
      if (oldLines > 0 && (old === undefined || old.isFile())) copyLines(path, oldLines, this.#file)
      // Opens a pipe here, where Ctrl-C still ends the wait for its reader.
      else this.#file.write('')
    } catch (error) {
      this.#file.discard()
      throw error
    }
  }

  /** Whether predictions go to standard output, where tables go otherwise. */
  get onStandardOutput(): boolean {
    return this.#file === undefined
  }

  /** How many lines the file will hold; undefined when they do not go to a file of their own. */
  get count(): number | undefined {
    return this.#file && !this.#file.isDirect ? this.#count : undefined
  }

  add(margin: number): void {
    const line = `${sigmoid(margin)}\n`
    this.#lines.push(line)
    this.#length += line.length
    this.#count++
    if (this.#length >= PIECE) this.#flush()
  }

  #flush(): void {
    const text = this.#lines.join('')
    this.#lines = []
    this.#length = 0
    if (this.#file) this.#file.write(text)
    else if (text) this.#terminal.out(text.slice(0, -1))
  }

  publish(): void {
    this.#flush()
    this.#file?.publish()
  }

  discard(): void {
    this.#file?.discard()
  }
}

function copyLines(path: string, count: number, to: WholeFile): void {
  const short = new Problem(
    `--predictions: ${nameable(path)} does not hold the ${count} lines written before the state was saved; give another file`,
  )
  if (!existsSync(path)) throw short
  const from = openSync(path, 'r')
  const piece = new Uint8Array(PIECE)
  try {
    for (let left = count; left > 0; ) {
      const length = readSync(from, piece)
      if (length === 0) throw short
      let end = 0
      while (end < length && left > 0) if (piece[end++] === 10) left--
      to.write(piece.subarray(0, end))
    }
  } finally {
    closeSync(from)
  }
}
