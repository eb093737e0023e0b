import { quantile } from '@opt/core/experiment'
import type { Ridge } from '../ridge/ridge.ts'
import type { FitStep } from './fit-state.ts'
import { evaluateLink } from './link.ts'

/**
 * Makes a Gauss-Newton step of the score through the curve: with z the scores, e the residuals and w = |g'(z)|, at least
 * a tenth of its median, it fits the targets z + sign(g') e / w with weights w by ridge. The ridge then holds
 * the new solution.
 *
 * @returns the leave-one-out scores; undefined when the curve is flat at all rows.
 */
export function gaussNewton(
  ridge: Ridge,
  { solution, link }: FitStep,
  y: Float64Array,
): { lambdaIndex: number; looScores: Float64Array } | undefined {
  const n = y.length
  const [z, values, slopes] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)]
  ridge.solution.set(solution)
  ridge.values(z)
  evaluateLink(link, z, values, slopes)
  const weights = slopes.map(Math.abs)
  const least = 0.1 * quantile(weights, 0.5)
  const targets = new Float64Array(n)
  let steepest = 0
  for (let i = 0; i < n; i++) {
    const w = Math.max(weights[i], least)
    const e = y[i] - values[i]
    weights[i] = w
    targets[i] = w * z[i] + (slopes[i] < 0 ? -e : e)
    // A row without weight has no target.
    if (w === 0) targets[i] = 0
    steepest = Math.max(steepest, w)
  }
  if (!(steepest > 0 && steepest < Infinity)) return undefined
  const lambdaIndex = ridge.solve(targets, weights)
  if (lambdaIndex < 0) return undefined
  ridge.values(z)
  const looScores = z.map((score, i) => (weights[i] > 0 ? (targets[i] - ridge.residuals[i]) / weights[i] : score))
  return { lambdaIndex, looScores }
}
