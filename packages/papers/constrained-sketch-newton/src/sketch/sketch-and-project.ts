import {
  type MatrixLike,
  number,
  type Random,
  type Report,
  randomFrom,
  type Solver,
  solver,
  type VectorLike,
  vectorCopy,
} from '@opt/core'
import { type InnerSolver, systemSolver } from '../inner/inner-solver.ts'
import { kaczmarz } from '../inner/kaczmarz.ts'
import { powerOfTwo, symmetricMatrix } from './symmetric-matrix.ts'

/** Options of {@link sketchAndProject}. */
export interface SketchAndProjectOptions {
  /** Which sketches: `kaczmarz()` or `gaussian()`; `minres()` and `direct()` for comparison. Default `kaczmarz()`. */
  sketch?: InnerSolver | undefined
  /** Steps between reports; `maxIterations` counts reports. Default N. */
  stepsPerReport?: number | undefined
  /** An integer, or a generator to draw from. Default 0. */
  seed?: number | Random | undefined
}

/** Answer of {@link sketchAndProject}. */
export interface SketchAndProjectSolution {
  /** N entries */
  z: Float64Array
  /** |K z - b| / |b| */
  residual: number
  /** Steps in all. */
  steps: number
}

/**
 * Solves K z = b for a symmetric K by sketch-and-project (Gower and Richtarik 2015):
 * from z = 0, z += K S (S'K^2 S)^+ S'(b - K z) with a new random S in each step.
 *
 * {@link contractionRate} says how fast the expected error falls. `error` is |K z - b| / |b|, `tolerance` 1e-6 by
 * default; `maxIterations` 1000 reports of N steps each.
 *
 * @param K symmetric, N x N.
 * @param b N numbers.
 * @throws TypeError or RangeError when an argument is wrong, K not symmetric up to rounding, or z beyond the largest
 *   double.
 */
export const sketchAndProject: Solver<
  [K: MatrixLike, b: VectorLike, options: SketchAndProjectOptions],
  Report & { error: number; steps: number },
  SketchAndProjectSolution
> = solver(
  'sketchAndProject',
  function* (K, b, options) {
    const { data, N } = symmetricMatrix(K, 'K')
    const right = vectorCopy(b, 'b', { length: N })
    const { sketch = kaczmarz(), seed = 0 } = options
    const stepsPerReport = number(options.stepsPerReport ?? N, 'stepsPerReport', { integer: true, min: 1 })
    const { tolerance } = options as { tolerance: number }
    // Powers of two near the largest entries: squares neither overflow nor vanish.
    const [scaleK, scaleB] = [powerOfTwo(data), powerOfTwo(right)]
    const scaled = data.map((entry) => entry / scaleK)
    const R = right.map((entry) => -entry / scaleB)
    const inner = systemSolver(sketch, N, randomFrom(seed, 'seed'), 'sketch')
    inner.load(scaled, R)
    const size = normOf(R)
    let steps = 0
    const answer = () => ({
      z: inner.z.map((entry, i) => number((entry / scaleK) * scaleB, `entry ${i} of the solution`)),
      residual: size > 0 ? normOf(inner.r) / size : 0,
      steps,
    })
    for (;;) {
      const taken = size > 0 ? inner.run(tolerance * size, stepsPerReport) : 0
      steps += taken
      const error = size > 0 ? normOf(inner.r) / size : 0
      if (yield { error, steps }) return answer()
      if (taken === 0) return answer()
    }
  },
  { options: ['sketch', 'stepsPerReport', 'seed'] },
)

function normOf(v: Float64Array): number {
  let sum = 0
  for (let i = 0; i < v.length; i++) sum += v[i] * v[i]
  return Math.sqrt(sum)
}
