import { type ExperimentContext, norm, type Random, random } from '@opt/core'
import { lastIterateBound, regretBound, stepsFromWeights } from '../index.ts'

const RUNS = 1000

/** Runs SGD on random maxima of affine functions and compares its last error with both bounds. */
export function randomBounds(context: ExperimentContext): void {
  const rng = random(context.seed)
  let [held, tightest] = [0, Infinity]
  for (let run = 0; run < RUNS; run++) {
    const { error, bounds } = randomRun(rng)
    if (bounds.every((bound) => error <= bound)) held++
    tightest = Math.min(tightest, ...bounds.map((bound) => bound - error))
  }
  context.claim({
    claim: 'both bounds hold for the last iterate of every run on random convex functions',
    paper: 'theorems',
    ours: `${held} of ${RUNS} runs; the closest came within ${tightest.toExponential(1)}`,
    pass: held === RUNS,
  })
}

/** Returns the error of the last iterate against a random point, and its two bounds. */
export function randomRun(rng: Random): { error: number; bounds: number[] } {
  const [pieces, dimension, T] = [rng.integer(2, 8), rng.integer(1, 5), rng.integer(1, 30)]
  const normals = (n: number) => Float64Array.from({ length: n }, () => rng.normal())
  const A = Array.from({ length: pieces }, () => normals(dimension))
  const c = normals(pieces)
  const weights = normals(T).map((v) => 0.01 + v * v * rng.uniform())
  const steps = stepsFromWeights(weights)
  const [x, u] = [normals(dimension), normals(dimension)]
  const active = (at: Float64Array) => {
    const values = A.map((row, i) => row.reduce((sum, v, j) => sum + v * at[j], c[i]))
    const value = Math.max(...values)
    return { value, gradient: A[values.indexOf(value)] }
  }
  const distance = norm(x.map((v, j) => v - u[j]))
  const norms = new Float64Array(T)
  let value = 0
  for (let t = 0; t < T; t++) {
    const at = active(x)
    value = at.value
    norms[t] = norm(at.gradient)
    for (let j = 0; j < dimension; j++) x[j] -= steps[t] * at.gradient[j]
  }
  steps[T - 1] = T > 1 ? steps[T - 2] / 2 : 1
  return {
    error: value - active(u).value,
    bounds: [regretBound({ weights, norms, distance }), lastIterateBound({ steps, norms, distance })],
  }
}
