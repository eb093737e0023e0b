import type { Random } from '@opt/core'
import { type QuadraticBlocks, quadraticBlocks } from '../src/index.ts'

interface Size {
  m: number
  x: number
  y: number
}

/** Random quadratic blocks whose A_i have eigenvalues of at least 1. */
export function drawQuadratic(rng: Random, { m, x, y }: Size): QuadraticBlocks {
  const normals = (n: number) => Array.from({ length: n }, () => rng.normal())
  return quadraticBlocks(
    Array.from({ length: m }, () => {
      const M = Array.from({ length: y }, () => normals(y))
      const square = (i: number, j: number) => M[i].reduce((sum, value, k) => sum + value * M[j][k], 0) / y
      return {
        A: M.map((_, i) => M.map((_, j) => square(i, j) + (i === j ? 1 : 0))),
        B: Array.from({ length: y }, () => normals(x)),
        b: normals(y),
        t: normals(y),
        rho: 0.2,
      }
    }),
  )
}

export const zeros = (rows: number, columns: number): Float64Array[] =>
  Array.from({ length: rows }, () => new Float64Array(columns))

/** What JSON makes of a value with typed arrays. */
export const throughJson = <T>(value: T): T =>
  JSON.parse(JSON.stringify(value, (_, part) => (ArrayBuffer.isView(part) ? Array.from(part as never) : part)))

/** Two classes in the plane, and a feature 1; a few labels are wrong. */
export function clouds(rng: Random, n: number) {
  const labels = Array.from({ length: n }, (_, i) => (i % 2 === 0 ? 1 : -1))
  const inputs = labels.map((label) => [label + rng.normal(), rng.normal(), 1])
  return { inputs, labels: labels.map((label, i) => (i % 7 === 3 ? -label : label)) }
}
