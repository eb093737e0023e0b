import type { Matrix } from '@opt/core'
import type { Activation } from '../activation/activation.ts'
import { logKoenigs } from '../limits.ts'
import { halfSquaredDistances } from '../sphere.ts'
import { classify } from '../taxonomy.ts'
import { clampNegative } from './model.ts'
import { majorityLimit, nearestVote, type Rule, weightedVote } from './rules.ts'
import { deepKernelRule, krigingRule, type Training } from './solved.ts'

/**
 * Makes the rule of a network of some depth, reporting the share that is done.
 *
 * @param saved the coefficients of an earlier fit.
 */
export function* ruleOf(
  f: Activation,
  depth: number,
  ridge: number,
  rows: Matrix,
  { indices, classes }: Pick<Training, 'indices' | 'classes'>,
  saved?: Float64Array,
): Generator<number, Rule> {
  const data: Training = { indices, classes, distances: (i, row) => halfSquaredDistances(rows, i, rows, row) }
  if (depth !== Infinity) return yield* deepKernelRule(f, depth, ridge, data, saved)
  const { kind, degenerate } = classify(f)
  // The kernel of a linear network is that of depth 0.
  if (kind === 'linear') return yield* deepKernelRule(f, 0, ridge, data, saved)
  const kriging = kind === 'majority-vote' && degenerate && ridge === 0
  const n = indices.length
  const row = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    data.distances(i, row.subarray(0, i + 1))
    clampNegative(row.subarray(0, i + 1), `X[${i}]`, 'the rows before it')
    const share = (i + 1) / n
    yield kriging ? 0 : share * share
  }
  if (kind === 'nearest-neighbor') return nearestVote(indices)
  if (kind === 'singular-kernel') return weightedVote(indices, logKoenigs(f))
  if (kriging) return yield* krigingRule(f, data, saved)
  return majorityLimit(indices, classes, offDiagonal(f, degenerate), ridge)
}

/** lim K_L(x, x') / K_L(x, x) of distinct points for a majority vote. */
function offDiagonal(f: Activation, degenerate: boolean | undefined): number {
  if (degenerate) return 1
  if (f.derivativeSecondMoment > 1 + 1e-7) return 0
  // With B' = 1, D'(S_l) ~ 1 - 3/l if phi has a kink, 1 - 2/l if it is smooth: K_L ~ L/4 or L/3.
  return f.powers === null || f.missing > 1e-6 ? 1 / 4 : 1 / 3
}
