import { number, options, Random, refuse, show, type VectorLike, vector } from '@opt/core'

/** Labels with noise, and where it is. */
export interface RedrawnLabels {
  labels: Int32Array
  /** The rows whose label is another one now, ascending: of those drawn anew all but about 1 / classes. */
  changed: Int32Array
}

/**
 * Draws labels anew, each with the same probability, uniformly from all classes: noise that is known, for experiments.
 *
 * @param rule.fraction the probability, between 0 and 1.
 * @param rule.classes default: the largest label + 1.
 * @throws TypeError or RangeError when a label is no integer between 0 and classes - 1, or the rule is wrong.
 */
export function redrawLabels(
  labels: VectorLike,
  rule: { fraction: number; rng: Random; classes?: number | undefined },
): RedrawnLabels {
  const given = vector(labels, 'redrawLabels: labels', { sign: 'nonnegative' })
  const {
    fraction,
    rng,
    classes = Math.floor(given.reduce((most, label) => Math.max(most, label), 0)) + 1,
  } = options(rule, 'redrawLabels: rule', ['fraction', 'rng', 'classes'])
  number(fraction, 'redrawLabels: fraction', { min: 0, max: 1 })
  number(classes, 'redrawLabels: classes', { integer: true, min: 1, max: 2147483648 })
  if (!(rng instanceof Random)) refuse('redrawLabels: rng', 'a generator of random numbers', show(rng), 'type')
  given.forEach((label, i) => number(label, `redrawLabels: labels[${i}]`, { integer: true, min: 0, max: classes - 1 }))
  const redrawn = Int32Array.from(given, (label) => (rng.uniform() < fraction ? rng.integer(0, classes) : label))
  return { labels: redrawn, changed: Int32Array.from(redrawn.keys()).filter((i) => redrawn[i] !== given[i]) }
}
