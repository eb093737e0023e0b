import { closeSync, ftruncateSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'

const FOLDER = 'test-results'
const FILE = `${FOLDER}/fuzz-last.json`

/**
 * Writes the current call to a file, which remains if the call never returns: after the kill it
 * tells which one hung.
 */
export class LastCall {
  readonly #file: number

  constructor() {
    mkdirSync(FOLDER, { recursive: true })
    this.#file = openSync(FILE, 'w')
  }

  write(call: object): void {
    const text = `${JSON.stringify(call)}\n`
    ftruncateSync(this.#file, 0)
    writeSync(this.#file, text, 0)
  }

  remove(): void {
    closeSync(this.#file)
    rmSync(FILE, { force: true })
  }
}
