import type { UnmixState } from '@opt/spectral-unmixing'
import { readState } from '../read-state.ts'

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
export const readSaved = (file: string): SavedUnmixing => readState(file, 'opt unmix', isSaved)

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
