import { readFileSync } from 'node:fs'
import type { UnmixState } from '@opt/spectral-unmixing'
import { isSystemError, Problem, reasonOf } from '../problem.ts'
import { nameable } from '../terminal/printable.ts'

/** The contents of a state file. */
export interface SavedUnmixing {
  /** SHA-256 of the image's file, and where in it the image is. */
  digest: string
  image: { variable: string; rows: number; columns: number }
  clip: boolean
  iterations: number
  run: UnmixState
}

/**
 * Reads a state.
 *
 * @throws Problem when there is none.
 */
export function readSaved(file: string): SavedUnmixing {
  const name = nameable(file)
  let saved: unknown
  try {
    saved = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    if (isSystemError(error)) throw new Problem(`--resume: cannot read ${name}: ${reasonOf(error)}`)
    throw new Problem(`--resume: ${name} is no state of opt unmix: it is not JSON`)
  }
  if (!isSaved(saved)) throw new Problem(`--resume: ${name} is no state of opt unmix`)
  return saved
}

function isSaved(value: unknown): value is SavedUnmixing {
  if (typeof value !== 'object' || value === null) return false
  const { digest, image, clip, iterations, run } = value as Partial<SavedUnmixing>
  const count = (v: unknown) => Number.isSafeInteger(v) && (v as number) >= 1
  return (
    typeof digest === 'string' &&
    typeof image === 'object' &&
    typeof image?.variable === 'string' &&
    count(image.rows) &&
    count(image.columns) &&
    typeof clip === 'boolean' &&
    count(iterations) &&
    typeof run === 'object' &&
    run !== null &&
    count(run.endmembers) &&
    count(run.iteration)
  )
}
