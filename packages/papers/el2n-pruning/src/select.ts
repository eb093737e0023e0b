import { boolean, number, options as optionsOf, type Random, refuse, show, type VectorLike } from '@opt/core'
import { calling, chanceOf, floored, listOf, rounded, scoresOf } from './intake.ts'
import { binned, budgetsOf } from './strata.ts'

export interface SelectOptions {
  /** Up to 1: the share of examples to keep; above: their number. */
  keep: number
  /**
   * Which ones: the highest scores (default), the lowest, chance, or those that follow the `offset` easiest
   * (a share below 1, or a number).
   */
  from?: 'hardest' | 'easiest' | 'random' | { offset: number }
  /** Classes of the examples, for `balance`. */
  labels?: VectorLike
  /** Keep each class's share of the data, and select within it. */
  balance?: boolean
  /** Instead of `from`: cover all scores, by so many equal bins of them (CCS takes 50). */
  strata?: number
  /** With `strata`: the share of hardest examples left out first (default 0). */
  dropHardest?: number
  /** For what is left to chance: an integer, or a generator to draw from (default 0). */
  seed?: number | Random
}

/** What was selected, and how the places were shared out. */
export interface Selection {
  /** Ascending. */
  indices: Int32Array
  /** With `balance`: the classes there are, ascending... */
  classes?: Float64Array
  /** ... and places of each; a class may have none. */
  quotas?: Int32Array
  /** With `strata`: places of each bin. */
  budgets?: Int32Array
  /** How many fewer than asked there are, because `dropHardest` left too few. */
  short: number
}

/** Example indices by ascending score; of equal scores the lower index comes first. */
export function ascendingOrder(scores: VectorLike): Int32Array {
  return calling('ascendingOrder', () => ordered(scoresOf(scores)))
}

function ordered(scores: ArrayLike<number>): Int32Array {
  return Int32Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[a] - scores[b] || a - b)
}

/**
 * The examples to keep, as ascending indices. Scores must be numbers; Infinity is the hardest.
 *
 * @throws TypeError or RangeError when the scores or the options make no selection; nothing is clipped in silence
 */
export function select(scores: VectorLike, options: SelectOptions): Int32Array {
  return calling('select', () => selected(scoresOf(scores), options)).indices
}

/** {@link select}, and how the places were shared out. */
export function selection(scores: VectorLike, options: SelectOptions): Selection {
  return calling('selection', () => selected(scoresOf(scores), options))
}

function selected(scores: ArrayLike<number>, given: SelectOptions): Selection {
  const options = optionsOf(given, 'options')
  const { from = 'hardest', balance = false, strata, labels } = options
  boolean(balance, 'balance')
  const n = scores.length
  const count = countOf(options.keep, n)
  const chance = chanceOf(options.seed)
  if (strata !== undefined) {
    if (balance || options.from !== undefined) refuse('strata', 'without from and balance', 'both', 'type')
    return stratified(scores, count, strata, options.dropHardest ?? 0, chance)
  }
  if (options.dropHardest !== undefined) refuse('dropHardest', 'with strata', 'without', 'type')
  if (!balance) return { indices: sorted(pick(scores, ordered(scores), count, from, chance)), short: 0 }
  if (typeof from === 'object') refuse('balance', "with 'hardest', 'easiest' or 'random'", 'an offset', 'type')
  return balanced(scores, count, labels, from, chance)
}

function countOf(keep: number, n: number): number {
  number(keep, 'keep', { positive: true })
  if (keep <= 1) return rounded(keep, n)
  return number(keep, 'keep', { integer: true, max: n })
}

/** `count` out of candidates in ascending order of score. */
function pick(
  scores: ArrayLike<number>,
  order: Int32Array,
  count: number,
  from: NonNullable<SelectOptions['from']>,
  chance: Random,
): Int32Array {
  const n = order.length
  if (from === 'hardest') return order.slice(n - count)
  if (from === 'easiest') return order.slice(0, count)
  if (from === 'random') return n === 0 ? order : chance.choice(n, count).map((at) => order[at])
  if (typeof from !== 'object' || from === null)
    refuse('from', "'hardest', 'easiest', 'random' or { offset }", show(from))
  const { offset } = from
  number(offset, 'from.offset', { nonnegative: true })
  const start = offset < 1 ? rounded(offset, n) : number(offset, 'from.offset', { integer: true })
  if (start + count > scores.length)
    refuse('from.offset', `at most ${n - count}, which leaves the ${count} to keep`, `${start}`)
  return order.slice(start, start + count)
}

const sorted = (indices: Int32Array) => indices.sort()

function balanced(
  scores: ArrayLike<number>,
  count: number,
  given: VectorLike | undefined,
  from: 'hardest' | 'easiest' | 'random',
  chance: Random,
): Selection {
  const n = scores.length
  const labels = given === undefined ? undefined : listOf(given, 'labels')
  if (labels?.length !== n)
    refuse('labels', `of length ${n}, for balance`, labels ? `length ${labels.length}` : 'undefined')
  const membersOf = new Map<number, number[]>()
  for (const i of ordered(scores)) {
    const label = number(labels[i], `labels[${i}]`, { integer: true, min: 0 })
    const list = membersOf.get(label)
    if (list) list.push(i)
    else membersOf.set(label, [i])
  }
  const classes = Float64Array.from(membersOf.keys()).sort()
  const members = Array.from(classes, (label) => membersOf.get(label)!)
  const quotas = shares(
    members.map((list) => list.length),
    count,
  )
  const indices = members.flatMap((list, c) => Array.from(pick(scores, Int32Array.from(list), quotas[c], from, chance)))
  return { indices: sorted(Int32Array.from(indices)), classes, quotas, short: 0 }
}

/**
 * Shares `count` places among classes: floor(count n_c / n), the rest to the largest remainders, of equal ones to the lower class.
 * Whole numbers throughout, so that the quotas sum to `count` exactly.
 */
export function classQuotas(sizes: VectorLike, count: number): Int32Array {
  return calling('classQuotas', () => shares(listOf(sizes, 'sizes'), count))
}

function shares(sizes: ArrayLike<number>, count: number): Int32Array {
  const n = Array.from(sizes, (size, c) =>
    number(size, `sizes[${c}]`, { integer: true, min: 0, max: 2147483647 }),
  ).reduce((sum, size) => sum + size, 0)
  number(count, 'count', { integer: true, min: 0, max: n })
  // Products of two counts may exceed 2^53.
  const parts = Array.from(sizes, (size) => BigInt(count) * BigInt(size))
  const whole = BigInt(Math.max(1, n))
  const quotas = Int32Array.from(parts, (part) => Number(part / whole))
  const remainder = parts.map((part) => Number(part % whole))
  const byRemainder = remainder.map((_, c) => c).sort((a, b) => remainder[b] - remainder[a] || a - b)
  const left = count - quotas.reduce((sum, quota) => sum + quota, 0)
  for (const c of byRemainder.slice(0, left)) quotas[c]++
  return quotas
}

/** Coverage-centric selection (Zheng et al., ICLR 2023): every bin of scores gets its share, or all it has. */
function stratified(
  scores: ArrayLike<number>,
  count: number,
  strata: number,
  dropHardest: number,
  chance: Random,
): Selection {
  number(strata, 'strata', { integer: true, min: 1 })
  number(strata, 'strata', { max: 1e6 })
  number(dropHardest, 'dropHardest', { min: 0, max: 1 })
  const n = scores.length
  const pool = sorted(ordered(scores).slice(0, n - floored(dropHardest, n)))
  const bins = binned(pool, scores, strata)
  const budgets = budgetsOf(
    bins.map((bin) => bin.length),
    count,
  )
  const indices = bins.flatMap((bin, b) =>
    budgets[b] === 0 ? [] : Array.from(chance.choice(bin.length, budgets[b]), (at) => bin[at]),
  )
  return { indices: sorted(Int32Array.from(indices)), budgets, short: count - indices.length }
}
