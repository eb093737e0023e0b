import type { CboState } from '@opt/cbo'
import { readState } from '../read-state.ts'
import type { MinimizeSettings } from './request.ts'

/** The contents of a state file. */
export interface SavedRun {
  /** SHA-256 of the script, and the name of its function. */
  digest: string
  export: string
  settings: MinimizeSettings
  steps: number
  tolerance: number
  cloud: CboState
}

/**
 * Reads a state.
 *
 * @throws Problem when there is none.
 */
export const readSaved = (file: string): SavedRun => readState(file, 'opt minimize', isSaved)

function isSaved(value: unknown): value is SavedRun {
  if (typeof value !== 'object' || value === null) return false
  const { digest, export: name, settings, steps, tolerance, cloud } = value as Partial<SavedRun>
  const { particles, sigma, alpha, seed } = (settings ?? {}) as Partial<MinimizeSettings>
  const count = (v: unknown, least: number) => Number.isSafeInteger(v) && (v as number) >= least
  return (
    typeof digest === 'string' &&
    typeof name === 'string' &&
    count(particles, 1) &&
    Number.isFinite(sigma) &&
    Number.isFinite(alpha) &&
    count(seed, 0) &&
    count(steps, 1) &&
    Number.isFinite(tolerance) &&
    typeof cloud === 'object' &&
    cloud !== null &&
    count(cloud.step, 0)
  )
}
