import type { Design } from '../models/model.ts'
import type { InnerSolver } from './inner.ts'
import { gram, pseudoInverse } from './pseudo-inverse.ts'

/**
 * Makes the inner solver that minimises the surrogate of a linear model f = X theta exactly, by weighted least squares
 * (of minimum norm where X has not full rank):
 *
 *     theta += argmin sum_ic W_ic ((X delta)_ic + lin_ic / W_ic)^2,   for W = 1/eta: theta -= eta (X'X)^+ X'g.
 *
 * X'X is factored once for as long as X stays the same, so that a full batch costs one gradient per step. On a batch
 * of fewer examples than features it fits its pseudo-targets entirely: take few other inner steps there. Surrogates of
 * other models are refused.
 */
export function exactSolve(): InnerSolver {
  return {
    start(parameters) {
      const q = new Float64Array(parameters.length)
      let known: Known | undefined
      return {
        minimize(surrogate, _, values) {
          const X = surrogate.design()
          const { eta, weights, count } = surrogate
          const { outputs: C } = surrogate.model
          if (eta !== undefined && !(known && isSame(known.rows, X)))
            known = { rows: rowsOf(X), solve: pseudoInverse(gram(X, 'inputs'), X.columns) }
          surrogate.gradientTo(q)
          const right = new Float64Array(X.columns)
          const delta = new Float64Array(X.columns)
          for (let c = 0; c < C; c++) {
            // b grad G = X'r, and X'WX = X'X / eta where W is one number.
            for (let j = 0; j < right.length; j++) right[j] = count * q[j * C + c]
            const solve = eta !== undefined ? known!.solve : pseudoInverse(gram(X, 'inputs', weights, C, c), X.columns)
            solve(right, delta)
            for (let j = 0; j < delta.length; j++) parameters[j * C + c] -= (eta ?? 1) * delta[j]
          }
          values[1] = surrogate.evaluate()
          return { taken: 1 }
        },
      }
    },
  }
}

interface Known {
  rows: Float64Array
  solve: ReturnType<typeof pseudoInverse>
}

function rowsOf({ data, rows, columns, stride }: Design): Float64Array {
  const copy = new Float64Array(rows * columns)
  for (let i = 0; i < rows; i++) copy.set(data.subarray(i * stride, i * stride + columns), i * columns)
  return copy
}

function isSame(known: Float64Array, { data, rows, columns, stride }: Design): boolean {
  if (known.length !== rows * columns) return false
  for (let i = 0, k = 0; i < rows; i++)
    for (let j = 0, at = i * stride; j < columns; j++, k++, at++) if (known[k] !== data[at]) return false
  return true
}
