import { number } from '@opt/core'
import { THREADS } from '../program.ts'

/** One thread for each entry of a matrix of p.n columns: row i, column j. */
export const ENTRY: string = `
  let k = group * ${THREADS}u + t;
  if (k >= p.m * p.n) { return; }
  let i = k / p.n; let j = k % p.n;`

export const entryGroups = (m: number, n: number): number => Math.ceil((m * n) / THREADS)

/** What programs that divide by epsilon are told. */
export const SCALED: readonly string[] = ['epsilon: f32', 'inverse: f32']

/** The same in numbers; the reciprocal must be a float32 too. */
export function scaled(epsilon: number, operation: string): { epsilon: number; inverse: number } {
  number(epsilon, `webgpu.${operation}: epsilon`, { min: 1e-37 })
  return { epsilon, inverse: 1 / epsilon }
}
