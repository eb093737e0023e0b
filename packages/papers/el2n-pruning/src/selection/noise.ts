import { calling, number, options, type Random, refuse, type VectorLike } from '@opt/core'
import { checkFlags, checkList, checkScores, floored, generatorOf } from '../intake.ts'
import { ascendingOrder } from './select.ts'

/** Labels with noise, and where it is. */
export interface NoisyLabels {
  labels: Int32Array
  /** The examples whose labels were permuted among themselves, ascending. */
  chosen: Int32Array
  /** Those of them whose label is another one now, ascending: all but about 1 / classes of them. */
  changed: Int32Array
}

/**
 * Permutes the labels of floor(fraction n) random examples among themselves.
 *
 * @param settings.fraction between 0 and 1.
 * @param settings.seed of the random choices, or a generator to draw from. Default 0.
 * @throws TypeError or RangeError for another fraction, or a label that is no 32-bit integer.
 */
export function permuteLabels(
  given: VectorLike,
  settings: { fraction: number; seed?: number | Random | undefined },
): NoisyLabels {
  return calling('permuteLabels', () => {
    const { fraction, seed } = options(settings, 'options', ['fraction', 'seed'])
    const labels = checkInt32(given)
    number(fraction, 'fraction', { min: 0, max: 1 })
    const rng = generatorOf(seed)
    const n = labels.length
    const chosen = n === 0 ? new Int32Array(0) : rng.choice(n, floored(fraction, n)).sort()
    return moved(labels, chosen, rng.shuffle(chosen.slice()))
  })
}

/** Checks labels that an Int32Array can hold. */
function checkInt32(given: VectorLike): ArrayLike<number> {
  const labels = checkList(given, 'labels')
  for (let i = 0; i < labels.length; i++)
    number(labels[i], `labels[${i}]`, { integer: true, min: -2147483648, max: 2147483647 })
  return labels
}

/**
 * Gives example chosen[i] the label of example sources[i].
 *
 * @throws TypeError or RangeError for an index that is out of range, a repeated one in `chosen`, or a
 *   label that is no 32-bit integer.
 */
export function relabel(labels: VectorLike, chosen: VectorLike, sources: VectorLike): NoisyLabels {
  return calling('relabel', () => moved(checkInt32(labels), checkList(chosen, 'chosen'), checkList(sources, 'sources')))
}

function moved(labels: ArrayLike<number>, chosen: ArrayLike<number>, sources: ArrayLike<number>): NoisyLabels {
  if (sources.length !== chosen.length) refuse('sources', `of length ${chosen.length}`, `length ${sources.length}`)
  const noisy = Int32Array.from(labels)
  const seen = new Uint8Array(labels.length)
  const example = { integer: true, min: 0, max: labels.length - 1 }
  for (let i = 0; i < chosen.length; i++) {
    number(chosen[i], `chosen[${i}]`, example)
    number(sources[i], `sources[${i}]`, example)
    if (seen[chosen[i]]++) refuse(`chosen[${i}]`, 'an example that is chosen once', `${chosen[i]} again`)
    noisy[chosen[i]] = labels[sources[i]]
  }
  const all = Int32Array.from(chosen).sort()
  return { labels: noisy, chosen: all, changed: all.filter((i) => noisy[i] !== labels[i]) }
}

/** How well high scores find bad examples. */
export interface Detection {
  /** The probability that a bad example scores above a good one; equal scores count half. */
  auroc: number
  /** The number of bad examples. */
  count: number
  /** The fraction of bad ones among the `count` highest scores. As that many are bad, it is also the recall. */
  precision: number
}

/**
 * Compares scores with what is known to be bad.
 *
 * @param isBad for each example, 1 or true if it is bad, 0 or false if not; both must occur.
 * @throws TypeError or RangeError for NaN scores, other flags, or flags of one kind.
 */
export function detection(given: VectorLike, isBad: ArrayLike<number | boolean>): Detection {
  const scores = checkScores(given, 'detection: scores')
  const n = scores.length
  const flags = checkFlags(isBad, n, 'detection: isBad')
  const order = ascendingOrder(scores)
  let bad = 0
  let rankSum = 0
  for (let at = 0; at < n; ) {
    let end = at + 1
    while (end < n && scores[order[end]] === scores[order[at]]) end++
    const midRank = (at + 1 + end) / 2
    for (; at < end; at++)
      if (flags[order[at]]) {
        bad++
        rankSum += midRank
      }
  }
  const good = n - bad
  if (bad === 0 || good === 0)
    refuse('detection: isBad', 'of both kinds', bad === 0 ? 'none that is bad' : 'none that is good')
  const found = order.subarray(n - bad).filter((i) => flags[i]).length
  return { auroc: (rankSum - (bad * (bad + 1)) / 2) / (bad * good), count: bad, precision: found / bad }
}
