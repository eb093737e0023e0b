import { readFileSync } from 'node:fs'
import { isSystemError, Problem, reasonOf } from './problem.ts'
import { nameable } from './terminal/printable.ts'

/**
 * Reads the state that a command saved.
 *
 * @param isState whether a value is such a state.
 * @throws Problem when the file holds none.
 */
export function readState<S>(file: string, command: string, isState: (value: unknown) => value is S): S {
  const name = nameable(file)
  let saved: unknown
  try {
    saved = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    if (isSystemError(error)) throw new Problem(`--resume: cannot read ${name}: ${reasonOf(error)}`)
    throw new Problem(`--resume: ${name} is no state of ${command}: it is not JSON`)
  }
  if (!isState(saved)) throw new Problem(`--resume: ${name} is no state of ${command}`)
  return saved
}
