import { callback, number, type Solver, solver, type VectorLike, vector, vectorCopy } from '@opt/core'

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
    const x = vectorCopy(x0, 'x0')
    for (;;) {
      const g = vector(gradient(x), 'gradient', { length: x.length })
      let error = 0
      for (let i = 0; i < x.length; i++) {
        x[i] -= learningRate * g[i]
        // NaN once x is not finite: the driver ends with 'diverged'.
        error = Math.max(error, Math.abs(g[i]) + (x[i] - x[i]))
      }
      const stop = yield { error }
      if (stop) return { x }
    }
  },
  { options: ['learningRate'] },
)
