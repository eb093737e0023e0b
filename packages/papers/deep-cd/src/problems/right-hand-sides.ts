import { calling, exp, oneOf, options, type Random, randomFrom, sin } from '@opt/core'
import { cellsOf, checkShape } from '../network/grid.ts'
import { maskOf } from '../system/mask.ts'
import type { Poisson } from './poisson.ts'

/**
 * Makes a right-hand side, 0 in solid cells: 'smooth' sin(3x + 1) + x y, 'dipole' a narrow source and a sink, or
 * 'noise', standard normal numbers.
 *
 * @param problem `mask` and `shape` of {@link poisson2d} or {@link poisson3d}; x and y are the last two axes, 0 to 1.
 * @param seed of the noise. Default 0.
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function rightHandSide(
  kind: 'smooth' | 'dipole' | 'noise',
  problem: Pick<Poisson, 'mask' | 'shape'>,
  seed: number | Random = 0,
): Float64Array {
  return calling('rightHandSide', () => {
    oneOf(kind, 'kind', ['smooth', 'dipole', 'noise'])
    const given = options(problem, 'problem')
    const shape = checkShape(given.shape, 'problem.shape')
    const [rows, columns] = shape.slice(-2)
    const mask = maskOf(given.mask, cellsOf(shape), 'problem.mask')
    const rng = randomFrom(seed, 'seed')
    const squares = (x: number, y: number, a: number, b: number) => ((x - a) * (x - a) + (y - b) * (y - b)) / 0.005
    return Float64Array.from(mask, (fluid, i) => {
      const noise = kind === 'noise' ? rng.normal() : 0
      if (fluid === 0) return 0
      const x = ((i % columns) + 0.5) / columns
      const y = ((Math.floor(i / columns) % rows) + 0.5) / rows
      if (kind === 'smooth') return sin(3 * x + 1) + x * y
      return kind === 'dipole' ? exp(-squares(x, y, 0.3, 0.2)) - exp(-squares(x, y, 0.6, 0.8)) : noise
    })
  })
}
