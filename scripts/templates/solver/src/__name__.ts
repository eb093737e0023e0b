import { callback, number, type Solver, solver, type VectorLike, vector, vectorCopy } from '@opt/core'

/** Options of {@link __camel__}. */
export interface Options {
  /** Step size. Default 0.1. */
  learningRate?: number
}

/** Answer of {@link __camel__}. */
export interface Solution {
  x: Float64Array
}

/**
 * Gradient descent, until the paper's algorithm takes its place; `error` is the largest entry of the gradient.
 *
 * @param gradient gives the gradient at x.
 * @param x0 where to start; not changed.
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export const __camel__: Solver<
  [gradient: (x: Float64Array) => VectorLike, x0: VectorLike, options: Options],
  { error: number },
  Solution
> = solver(
  '__camel__',
  function* (gradient: (x: Float64Array) => VectorLike, x0: VectorLike, { learningRate = 0.1 }: Options) {
    callback(gradient, 'gradient')
    number(learningRate, 'learningRate', { positive: true })
    const x = vectorCopy(x0, 'x0')
    for (;;) {
      const g = vector(gradient(x), 'gradient', { length: x.length })
      let error = 0
      for (let i = 0; i < x.length; i++) {
        x[i] -= learningRate * g[i]
        // NaN for good: the driver ends with 'diverged'.
        error = Number.isFinite(x[i]) ? Math.max(error, Math.abs(g[i])) : Number.NaN
      }
      if (yield { error }) return { x }
    }
  },
)
