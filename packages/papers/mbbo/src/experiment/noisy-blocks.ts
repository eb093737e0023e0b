import type { Random } from '@opt/core'
import { bsvrb } from '../bsvrb.ts'
import { type QuadraticBlocks, quadraticBlocks } from '../problems/quadratic-blocks.ts'
import type { Sampler } from '../samplers.ts'
import { soba } from '../soba.ts'

export const BLOCKS = 10
const SIZE = 5

/** Ten blocks whose A_i have the eigenvalues 1 to 2, all else normal. */
export function drawBlocks(rng: Random): QuadraticBlocks {
  const normals = (deviation = 1) => Float64Array.from({ length: SIZE }, () => rng.normal(0, deviation))
  return quadraticBlocks(
    Array.from({ length: BLOCKS }, () => {
      const Q = orthonormal(Array.from({ length: SIZE }, () => normals()))
      const entry = (i: number, j: number) => Q.reduce((sum, q, k) => sum + (1 + k / (SIZE - 1)) * (q[i] * q[j]), 0)
      return {
        A: Q.map((_, i) => Q.map((_, j) => entry(i, j))),
        B: Array.from({ length: SIZE }, () => normals(1 / Math.sqrt(SIZE))),
        b: normals(),
        t: normals(),
        rho: 0.1,
      }
    }),
  )
}

/** Makes rows orthonormal, one after the other (Gram-Schmidt). */
function orthonormal(rows: Float64Array[]): Float64Array[] {
  for (const [i, row] of rows.entries()) {
    for (const other of rows.slice(0, i)) {
      const along = row.reduce((sum, value, j) => sum + value * other[j], 0)
      for (let j = 0; j < row.length; j++) row[j] -= along * other[j]
    }
    const size = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0))
    for (let j = 0; j < row.length; j++) row[j] /= size
  }
  return rows
}

export type Method = 'version 1' | 'version 2' | 'soba'

/** Runs a method from far away, and yields |grad Phi(x)|^2 every so many steps, after the first ones; ends if it diverges. */
export function* gradients(
  problem: QuadraticBlocks,
  method: Method,
  sampler: Sampler<unknown>,
  { every, first = 0, scale = 1 }: { every: number; first?: number; scale?: number },
): Generator<number, void, void> {
  const options = {
    sampler,
    beta: 0.1,
    tau: 0.05 * scale,
    eta: 0.02 * scale,
    tolerance: 0,
    history: false,
  }
  const estimates = { alpha: 0.1, version: method === 'version 1' ? 1 : 2, eigenvalues: [0.3, Infinity] } as const
  let state: { x: Float64Array; y: Float64Array[] } = {
    x: new Float64Array(SIZE).fill(3),
    y: Array.from({ length: BLOCKS }, () => new Float64Array(SIZE)),
  }
  for (let steps = first + every; ; steps = every) {
    const limits = { ...options, maxIterations: steps }
    const answer = method === 'soba' ? soba(problem, state, limits) : bsvrb(problem, state, { ...limits, ...estimates })
    if (answer.status === 'diverged') return
    const { gradient } = problem.hyperobjective(answer.x)
    yield gradient.reduce((sum, value) => sum + value * value, 0)
    state = answer
  }
}
