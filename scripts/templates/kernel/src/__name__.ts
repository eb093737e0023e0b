import { allocate, callback, number, type Solver, solver, type VectorLike, vector } from '@opt/core'
import { kernels } from './kernels.ts'

/** Options of {@link __camel__}. */
export interface Options {
  /** Step size. Default 0.1. */
  learningRate?: number | undefined
}

/** Answer of {@link __camel__}. */
export interface Solution {
  x: Float64Array
}

/**
 * Gradient descent; replace it by the paper's algorithm. `error` is the largest |entry| of the gradient.
 *
 * @param gradient returns the gradient at x.
 * @param x0 start; not changed.
 * @throws TypeError or RangeError that names the wrong argument.
 */
export const __camel__: Solver<
  [gradient: (x: Float64Array) => VectorLike, x0: VectorLike, options: Options],
  { error: number },
  Solution
> = solver(
  '__camel__',
  function* (gradient, x0, { learningRate = 0.1 }) {
    callback(gradient, 'gradient')
    number(learningRate, 'learningRate', { positive: true })
    const start = vector(x0, 'x0')
    const n = start.length
    const { x, g, kernels: loops } = allocate([kernels], (views) => ({ x: views.f64(n), g: views.f64(n) }))
    x.set(start)
    for (;;) {
      g.set(vector(gradient(x), 'gradient', { length: n }))
      // NaN once x is not finite: the driver ends with 'diverged'.
      const error = loops.descend(n, learningRate, g, x)
      const stop = yield { error }
      if (stop) return { x: x.slice() }
    }
  },
  { options: ['learningRate'] },
)
