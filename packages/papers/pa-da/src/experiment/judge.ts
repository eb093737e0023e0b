import { refuse } from '@opt/core'
import { kendallTau } from '../ranking/kendall.ts'
import { searchSpace } from '../space.ts'

/** What an arm came to, one entry for each seed. */
export interface ArmResult {
  /** Kendall's tau between supernet and truth over all paths. */
  tau: number[]
  /** Over the distinct paths only. */
  distinct: number[]
  /** Over the distinct paths whose true accuracy is above 0.9. */
  good: number[]
  /** Best true accuracy minus that of the supernet's favourite. */
  regret: number[]
}

/** Adds a supernet, whose accuracies on the paths of the default space were `found`, to the results of its arm. */
export function judge(truth: Float64Array, found: Float64Array, result: ArmResult): void {
  if (!truth.every(Number.isFinite)) refuse('study: truth', 'finite', 'a model that diverged')
  const space = searchSpace()
  const distinct = space.distinct().map((path) => space.index(path))
  const over = (places: number[]) =>
    kendallTau(
      places.map((i) => found[i]),
      places.map((i) => truth[i]),
    ).tau
  result.tau.push(kendallTau(found, truth).tau)
  result.distinct.push(over(distinct))
  result.good.push(over(distinct.filter((i) => truth[i] > 0.9)))
  let favourite = 0
  for (const i of distinct) if (found[i] > found[favourite]) favourite = i
  result.regret.push(truth.reduce((a, b) => Math.max(a, b)) - truth[favourite])
}
