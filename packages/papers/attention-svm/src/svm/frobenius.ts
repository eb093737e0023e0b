import { norm } from '@opt/core'
import { coordinateEpoch } from './coordinate-ascent.ts'
import { finish, leastNorm } from './least-norm.ts'
import { inner, type Method, penalty, type SavedArrays, type ScaledProblem, VIOLATION, violation } from './problem.ts'

/** Hard margins with more rows and more entries than this go by coordinate ascent. */
const EXACT = 1500

/**
 * min |W|_F subject to A(W) >= h, exactly by an active set; by dual coordinate ascent where the problem is large and all
 * h > 0, and for soft margins: min |W|_F^2 / 2 + C sum of max(0, h - A(W)).
 */
export function frobenius(problem: ScaledProblem, state?: SavedArrays): Method {
  const { rows, h, isEquation, C } = problem
  const large = Math.min(rows.m, rows.p * rows.q) > EXACT && !isEquation && h.every((value) => value > 0)
  return C < Infinity || large ? ascent(problem, state) : exact(problem)
}

/**
 * The exact solution by an active set; `upper` stays undefined until it is found.
 *
 * @param isLast report the optimum, too.
 */
export function* exact(problem: ScaledProblem, isLast = true): Method {
  const { rows, h, isEquation } = problem
  const run = leastNorm(rows, h, isEquation)
  let next = run.next()
  for (; !next.done; next = run.next())
    if (yield { lower: 0, rank: next.value })
      return { feasible: true, W: new Float64Array(rows.p * rows.q), dual: new Float64Array(rows.m), lower: 0, rank: 0 }
  const { feasible, W, dual } = next.value
  const length = norm(W)
  const scores = new Float64Array(rows.m)
  rows.apply(W, scores)
  const lower = length > 0 ? inner(h, dual) / length : 0
  const upper = violation(problem, scores) <= VIOLATION ? length : undefined
  if (feasible && isLast) yield { lower, upper, rank: dual.filter((l) => l !== 0).length }
  return { feasible, W, dual, lower, upper, rank: 0 }
}

function* ascent(problem: ScaledProblem, state?: SavedArrays): Method {
  const { rows, h, isEquation, C } = problem
  const point = {
    dual: state?.dual.slice() ?? new Float64Array(rows.m),
    W: state?.W.slice() ?? new Float64Array(rows.p * rows.q),
  }
  const v = new Float64Array(rows.p)
  const scores = new Float64Array(rows.m)
  for (;;) {
    coordinateEpoch(rows, h, C, point, v, isEquation)
    const square = inner(point.W, point.W)
    const gain = inner(h, point.dual)
    const W = point.W.slice()
    let lower = 0
    let upper: number | undefined
    if (C < Infinity) {
      if (isEquation) repairEquations(problem, W, scores)
      rows.apply(W, scores)
      lower = gain - square / 2
      upper = inner(W, W) / 2 + penalty(problem, scores)
    } else {
      rows.apply(W, scores)
      let least = Infinity
      for (let c = 0; c < h.length; c++) least = Math.min(least, scores[c] / h[c])
      lower = gain / Math.sqrt(square)
      upper = least > 0 ? Math.sqrt(square) / least : undefined
      if (least > 0) for (let k = 0; k < W.length; k++) W[k] /= least
    }
    if (yield { lower, upper, rank: 0 })
      return { feasible: true, W, dual: point.dual, lower, upper, rank: 0, state: { dual: point.dual, W: point.W } }
  }
}

/** Adds the least change with which W meets the equations. */
function repairEquations({ rows, h, isEquation }: ScaledProblem, W: Float64Array, scores: Float64Array): void {
  rows.apply(W, scores)
  const change = finish(
    leastNorm(
      rows,
      h.map((value, c) => (isEquation?.[c] ? value - scores[c] : -1)),
      isEquation,
    ),
  )
  for (let k = 0; k < W.length; k++) W[k] += change.W[k]
}
