import { refuse, show, vector } from '@opt/core'
import { type BatchStatistics, checkScale, checkStatistics } from './statistics.ts'

/**
 * Returns the statistics of all examples of several batches, for instance of several workers, from those of each. They
 * suffice for the tests 'norm' and, where all parts have variances, 'coordinate'.
 *
 * @throws TypeError or RangeError for an empty list, or a part without `mean` or with one of another length.
 */
export function poolStatistics(parts: readonly BatchStatistics[]): BatchStatistics {
  if (!Array.isArray(parts) || parts.length === 0)
    refuse('poolStatistics: parts', 'a nonempty array of statistics', show(parts), 'type')
  const columns = parts[0]?.mean?.length ?? 0
  const hasVariances = parts.every((part) => part?.variances !== undefined)
  const mean = new Float64Array(columns)
  let count = 0
  const means = parts.map((part, k) => {
    const label = `poolStatistics: parts[${k}]`
    const own = checkStatistics(part, label)
    if (own.mean === undefined) refuse(`${label}.mean`, 'given', 'undefined', 'type')
    const values = vector(own.mean, `${label}.mean`, { length: columns })
    count += own.count
    for (let j = 0; j < columns; j++) mean[j] += own.count * values[j]
    return values
  })
  for (let j = 0; j < columns; j++) mean[j] /= count
  const degrees = Math.max(1, count - 1)
  const variances = hasVariances ? new Float64Array(columns) : undefined
  let [squaredNorm, varianceSum] = [0, 0]
  for (let j = 0; j < columns; j++) squaredNorm += mean[j] * mean[j]
  parts.forEach((part, k) => {
    const own = hasVariances ? vector(part.variances as number[], 'variances') : null
    varianceSum += (part.count - 1) * part.varianceSum
    for (let j = 0; j < columns; j++) {
      const gap = means[k][j] - mean[j]
      varianceSum += part.count * gap * gap
      if (variances && own) variances[j] += ((part.count - 1) * own[j] + part.count * gap * gap) / degrees
    }
  })
  checkScale('poolStatistics: parts', [squaredNorm, varianceSum, ...(variances ?? [])], mean)
  return { count, squaredNorm, varianceSum: varianceSum / degrees, variances, mean }
}
