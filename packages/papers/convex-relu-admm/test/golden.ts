import { readFileSync } from 'node:fs'

/** The golden files are made by a numpy prototype and by CLARABEL at 1e-11, in float64. */
export function golden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`./golden/${name}.json`, import.meta.url), 'utf8')) as T
}

/** Is each entry within `tolerance` relative to the largest one (at least 1)? */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length)
  let scale = 1
  let worst = 0
  for (let k = 0; k < expected.length; k++) {
    scale = Math.max(scale, Math.abs(expected[k]))
    worst = Math.max(worst, Math.abs(actual[k] - expected[k]))
  }
  expect(worst / scale).toBeLessThanOrEqual(tolerance)
}

export const flat = (x: readonly (readonly (readonly number[])[])[]): number[] => x.flat(2)

/** [2][n][P] of the golden files as our 2 P x n. */
export const byPattern = (x: readonly (readonly (readonly number[])[])[]): number[] =>
  x.flatMap((half) => half[0].flatMap((_, i) => half.map((row) => row[i])))
