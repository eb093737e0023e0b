import type { Random } from '@opt/core'
import { type QuadraticBilevel, quadraticBilevel } from '../src/index.ts'

/** A random symmetric positive definite matrix with eigenvalues between 1 and a condition number, as rows. */
export function drawDefinite(rng: Random, m: number, condition: number): number[][] {
  // A product of Householder reflections is orthogonal.
  let Q: number[][] = Array.from({ length: m }, (_, i) => Array.from({ length: m }, (_, j) => (i === j ? 1 : 0)))
  for (let k = 0; k < 3; k++) {
    const u = Array.from({ length: m }, () => rng.normal())
    const square = u.reduce((sum, value) => sum + value * value, 0)
    Q = Q.map((row) => {
      const along = (2 * row.reduce((sum, value, j) => sum + value * u[j], 0)) / square
      return row.map((value, j) => value - along * u[j])
    })
  }
  const eigenvalues = Q.map((_, i) => (m === 1 ? 1 : 1 + ((condition - 1) * i) / (m - 1)))
  const A = Q.map((row) => Q.map((other) => row.reduce((sum, value, k) => sum + value * eigenvalues[k] * other[k], 0)))
  return A.map((row, i) => row.map((value, j) => (value + A[j][i]) / 2))
}

/** The parts of a quadratic problem with two lower unknowns and one upper. */
export const smallQuadratic = (): Parameters<typeof quadraticBilevel>[0] => ({
  A: [
    [2, 0.5],
    [0.5, 1],
  ],
  B: [[1], [2]],
  b: [1, -1],
  t: [0, 1],
  rho: 0.5,
})

interface Size {
  m: number
  n: number
  condition?: number
  /** Of A, B and b, and so of g. */
  scale?: number
  rho?: number
}

/** A random quadratic problem. */
export function drawQuadratic(rng: Random, { m, n, condition = 10, scale = 1, rho = 0.1 }: Size): QuadraticBilevel {
  const normals = (length: number) => Array.from({ length }, () => rng.normal())
  const times = (row: number[]) => row.map((value) => value * scale)
  return quadraticBilevel({
    A: drawDefinite(rng, m, condition).map(times),
    B: Array.from({ length: m }, () => times(normals(n))),
    b: times(normals(m)),
    t: normals(m),
    rho,
  })
}
