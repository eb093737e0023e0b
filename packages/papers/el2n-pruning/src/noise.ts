import { number, options, type Random, refuse, type VectorLike } from '@opt/core'
import { calling, chanceOf, flagsOf, floored, listOf, scoresOf } from './intake.ts'
import { ascendingOrder } from './select.ts'

/** Labels with noise, and where it is. */
export interface NoisyLabels {
  labels: Int32Array
  /** The examples whose labels were permuted among themselves, ascending. */
  chosen: Int32Array
  /** Those of them that have another label now: about 1 / classes keep theirs. Ascending. */
  changed: Int32Array
}

/**
 * Permutes the labels of floor(fraction n) examples, drawn by chance, among themselves.
 *
 * @throws TypeError or RangeError when the fraction is not between 0 and 1 or a label is no integer of 32 bits
 */
export function permuteLabels(given: VectorLike, settings: { fraction: number; seed?: number | Random }): NoisyLabels {
  return calling('permuteLabels', () => {
    const { fraction, seed } = options(settings, 'options')
    const labels = int32Of(given)
    number(fraction, 'fraction', { min: 0, max: 1 })
    const chance = chanceOf(seed)
    const n = labels.length
    const chosen = n === 0 ? new Int32Array(0) : chance.choice(n, floored(fraction, n)).sort()
    return moved(labels, chosen, chance.shuffle(chosen.slice()))
  })
}

/** Takes labels that an Int32Array holds. */
function int32Of(given: VectorLike): ArrayLike<number> {
  const labels = listOf(given, 'labels')
  for (let i = 0; i < labels.length; i++)
    number(labels[i], `labels[${i}]`, { integer: true, min: -2147483648, max: 2147483647 })
  return labels
}

/**
 * Gives chosen[i] the label of sources[i].
 *
 * @throws TypeError or RangeError when an example stands twice among the chosen ones, is none, or a label is no integer of 32 bits
 */
export function relabel(labels: VectorLike, chosen: VectorLike, sources: VectorLike): NoisyLabels {
  return calling('relabel', () => moved(int32Of(labels), listOf(chosen, 'chosen'), listOf(sources, 'sources')))
}

function moved(labels: ArrayLike<number>, chosen: ArrayLike<number>, sources: ArrayLike<number>): NoisyLabels {
  if (sources.length !== chosen.length) refuse('sources', `of length ${chosen.length}`, `length ${sources.length}`)
  const noisy = Int32Array.from(labels)
  const seen = new Uint8Array(labels.length)
  for (let i = 0; i < chosen.length; i++) {
    for (const [name, at] of [
      ['chosen', chosen[i]],
      ['sources', sources[i]],
    ] as const)
      number(at, `${name}[${i}]`, { integer: true, min: 0, max: labels.length - 1 })
    if (seen[chosen[i]]++) refuse(`chosen[${i}]`, 'an example that stands there once', `${chosen[i]} again`)
    noisy[chosen[i]] = labels[sources[i]]
  }
  const all = Int32Array.from(chosen).sort()
  return { labels: noisy, chosen: all, changed: all.filter((i) => noisy[i] !== labels[i]) }
}

/** How well high scores find what is bad. */
export interface Detection {
  /** The chance that a bad example scores above a good one, equal scores counting half. */
  auroc: number
  /** Of the `count` highest scores, the share that is bad. */
  precision: number
  /** Of what is bad, the share among the `count` highest scores. */
  recall: number
  /** How many highest scores were looked at: as many as are bad. */
  count: number
}

/**
 * Measures scores against what is known to be bad.
 *
 * @param isBad for each example 1 or true where it is bad; there must be bad and good ones
 */
export function detection(given: VectorLike, isBad: ArrayLike<number | boolean>): Detection {
  const scores = scoresOf(given, 'detection: scores')
  const n = scores.length
  const badness = flagsOf(isBad, n, 'detection: isBad')
  const order = ascendingOrder(scores)
  let bad = 0
  let rankSum = 0
  for (let at = 0; at < n; ) {
    let end = at + 1
    while (end < n && scores[order[end]] === scores[order[at]]) end++
    const midRank = (at + 1 + end) / 2
    for (; at < end; at++)
      if (badness[order[at]]) {
        bad++
        rankSum += midRank
      }
  }
  const good = n - bad
  if (bad === 0 || good === 0)
    refuse('detection: isBad', 'of both kinds', bad === 0 ? 'none that is bad' : 'none that is good')
  let found = 0
  for (let at = n - bad; at < n; at++) if (badness[order[at]]) found++
  return {
    auroc: (rankSum - (bad * (bad + 1)) / 2) / (bad * good),
    precision: found / bad,
    recall: found / bad,
    count: bad,
  }
}
