import { boolean, number, options, Random, refuse, show, type VectorLike, vector } from '@opt/core'
import { checkRows, type Rows, takeRows } from './rows.ts'

/** Options of {@link trainTestSplit}. */
export interface SplitRule {
  /** The fraction of the rows to test on, between 0 and 1. Default 0.25. */
  testFraction?: number | undefined
  rng: Random
  /** The rows' labels: each class is split in the same proportion. */
  stratify?: VectorLike | undefined
}

/**
 * Splits rows 0..n-1 into training rows and round(n * testFraction) test rows, each part in random order.
 *
 * @throws RangeError when one part would be empty, or `stratify` is not of length n.
 */
export function trainTestSplit(n: number, rule: SplitRule): { train: Int32Array; test: Int32Array } {
  const given = options(rule, 'trainTestSplit: rule', ['testFraction', 'rng', 'stratify'])
  number(n, 'trainTestSplit: n', { integer: true, min: 2 })
  return split(n, given, 'trainTestSplit')
}

/**
 * Splits a data set into a training and a test part: {@link trainTestSplit} and {@link takeRows} in one call.
 *
 * @param rule the fraction and the generator; `stratify: true` splits each of the data set's `labels` in the
 * same proportion.
 * @throws RangeError when one part would be empty, TypeError when `stratify` is true and the data set has no labels.
 */
export function splitRows<T extends Rows>(
  dataset: T,
  rule: Omit<SplitRule, 'stratify'> & { stratify?: boolean | undefined },
): { train: T; test: T } {
  checkRows(dataset, 'splitRows')
  const { stratify = false, ...rest } = options(rule, 'splitRows: rule', ['testFraction', 'rng', 'stratify'])
  boolean(stratify, 'splitRows: stratify')
  const { features, labels } = dataset
  if (stratify && !labels) refuse('splitRows: dataset', 'one with labels (option stratify)', 'one without', 'type')
  const n = number(features.shape[0], 'splitRows: rows', { integer: true, min: 2 })
  const { train, test } = split(n, { ...rest, stratify: stratify ? labels : undefined }, 'splitRows')
  return { train: takeRows(dataset, train), test: takeRows(dataset, test) }
}

function split(n: number, rule: SplitRule, caller: string): { train: Int32Array; test: Int32Array } {
  const { testFraction = 0.25, rng, stratify } = rule
  number(testFraction, `${caller}: testFraction`, { positive: true, max: 1 })
  const count = Math.round(n * testFraction)
  if (count < 1 || count >= n)
    refuse(`${caller}: testFraction`, `one that leaves rows in both parts of ${n}`, show(testFraction))
  if (!(rng instanceof Random)) refuse(`${caller}: rng`, 'a generator of random numbers', show(rng), 'type')
  const strata = stratify === undefined ? undefined : vector(stratify, `${caller}: stratify`, { length: n })
  const order = rng.permutation(n)
  if (!strata) return { test: order.slice(0, count), train: order.slice(count) }
  const groups = new Map<number, number[]>()
  for (const row of order) {
    const label = strata[row]!
    const group = groups.get(label)
    if (group) group.push(row)
    else groups.set(label, [row])
  }
  const classes = [...groups].sort(([a], [b]) => a - b).map(([, rows]) => rows)
  const shares = apportion(
    classes.map((rows) => rows.length),
    count,
    n,
  )
  const part = (from: (rows: number[], share: number) => number[]) =>
    rng.shuffle(Int32Array.from(classes.flatMap((rows, k) => from(rows, shares[k]!))))
  return { test: part((rows, share) => rows.slice(0, share)), train: part((rows, share) => rows.slice(share)) }
}

/** Distributes `count` in proportion to `sizes` (which sum to `total`) by largest remainders. */
function apportion(sizes: number[], count: number, total: number): number[] {
  const shares = sizes.map((size) => Math.floor((size * count) / total))
  const left = count - shares.reduce((sum, share) => sum + share, 0)
  const remainder = (k: number) => (sizes[k]! * count) % total
  const order = sizes.map((_, k) => k).sort((a, b) => remainder(b) - remainder(a) || a - b)
  for (const k of order.slice(0, left)) shares[k]!++
  return shares
}
