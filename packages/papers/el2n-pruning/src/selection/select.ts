import { boolean, calling, number, options as optionsOf, type Random, refuse, show, type VectorLike } from '@opt/core'
import { checkList, checkScores, floored, generatorOf, rounded } from '../intake.ts'
import { quotasOf } from './quotas.ts'
import { binned, budgetsOf } from './strata.ts'

/** Options of {@link select}. */
export interface SelectOptions {
  /** Up to 1: the fraction of the examples to keep. Above 1: their number. */
  keep: number
  /**
   * Which examples: the highest scores (default), the lowest, random ones, or those that follow the
   * `offset` lowest in order, a fraction below 1 or a number.
   */
  from?: 'hardest' | 'easiest' | 'random' | { offset: number } | undefined
  /** The class of each example, for `balance`. */
  labels?: VectorLike | undefined
  /** Keep the proportions of the classes: select within each of them. Default false. */
  balance?: boolean | undefined
  /** Instead of `from`: draw from this number of equally wide bins of the scores (CCS: 50). */
  strata?: number | undefined
  /** With `strata`: the fraction of hardest examples left out first. Default 0. */
  dropHardest?: number | undefined
  /** Seed of the random choices, or a generator to draw from. Default 0. */
  seed?: number | Random | undefined
}

/** What {@link selectWithDetails} returns. */
export interface Selection {
  /** The examples to keep, ascending. */
  indices: Int32Array
  /** With `balance`: the classes that occur, ascending. */
  classes?: Float64Array
  /** With `balance`: the number of examples kept of each of `classes`. */
  quotas?: Int32Array
  /** With `strata`: the number of examples kept of each bin. */
  budgets?: Int32Array
  /** The number of examples missing because `dropHardest` left too few. */
  short: number
}

/**
 * Selects the examples to keep. Of equal scores the one with the lower index counts as the easier;
 * Infinity is the hardest.
 *
 * @returns their indices, ascending.
 * @throws TypeError or RangeError for scores or options that make no selection: a window that does
 *   not fit is never clipped.
 */
export function select(scores: VectorLike, options: SelectOptions): Int32Array {
  return calling('select', () => selection(checkScores(scores), options)).indices
}

/** As {@link select}, and tells how the examples kept are distributed over classes or bins. */
export function selectWithDetails(scores: VectorLike, options: SelectOptions): Selection {
  return calling('selectWithDetails', () => selection(checkScores(scores), options))
}

/** Returns the indices of the examples by ascending score; of equal scores the lower index comes first. */
export function ascendingOrder(scores: VectorLike): Int32Array {
  return calling('ascendingOrder', () => ordered(checkScores(scores)))
}

function ordered(scores: ArrayLike<number>): Int32Array {
  return Int32Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[a] - scores[b] || a - b)
}

function selection(scores: ArrayLike<number>, given: SelectOptions): Selection {
  const options = optionsOf(given, 'options', ['keep', 'from', 'labels', 'balance', 'strata', 'dropHardest', 'seed'])
  const { from = 'hardest', balance = false, strata, labels } = options
  boolean(balance, 'balance')
  const n = scores.length
  const count = countOf(options.keep, n)
  const rng = generatorOf(options.seed)
  if (strata !== undefined) {
    if (balance || options.from !== undefined) refuse('strata', 'without from and balance', 'both', 'type')
    return stratified(scores, count, strata, options.dropHardest ?? 0, rng)
  }
  if (options.dropHardest !== undefined) refuse('dropHardest', 'with strata', 'without', 'type')
  if (!balance) return { indices: pick(ordered(scores), count, from, rng).sort(), short: 0 }
  if (typeof from === 'object') refuse('balance', "with 'hardest', 'easiest' or 'random'", 'an offset', 'type')
  return balanced(scores, count, labels, from, rng)
}

function countOf(keep: number, n: number): number {
  number(keep, 'keep', { positive: true })
  if (keep <= 1) return rounded(keep, n)
  return number(keep, 'keep', { integer: true, max: n })
}

/** Picks `count` of the candidates, which are in ascending order of score. */
function pick(
  candidates: Int32Array,
  count: number,
  from: NonNullable<SelectOptions['from']>,
  rng: Random,
): Int32Array {
  const n = candidates.length
  if (from === 'hardest') return candidates.slice(n - count)
  if (from === 'easiest') return candidates.slice(0, count)
  if (from === 'random') return n === 0 ? candidates : rng.choice(n, count).map((at) => candidates[at])
  if (typeof from !== 'object' || from === null)
    refuse('from', "'hardest', 'easiest', 'random' or { offset }", show(from))
  const { offset } = from
  number(offset, 'from.offset', { nonnegative: true })
  const start = offset < 1 ? rounded(offset, n) : number(offset, 'from.offset', { integer: true })
  if (start + count > n) refuse('from.offset', `at most ${n - count}, which leaves the ${count} to keep`, `${start}`)
  return candidates.slice(start, start + count)
}

function balanced(
  scores: ArrayLike<number>,
  count: number,
  given: VectorLike | undefined,
  from: 'hardest' | 'easiest' | 'random',
  rng: Random,
): Selection {
  const n = scores.length
  const labels = given === undefined ? undefined : checkList(given, 'labels')
  if (labels?.length !== n)
    refuse('labels', `of length ${n}, for balance`, labels ? `length ${labels.length}` : 'undefined')
  const membersOf = new Map<number, number[]>()
  for (const i of ordered(scores)) {
    const label = number(labels[i], `labels[${i}]`, { integer: true, min: 0 })
    const members = membersOf.get(label)
    if (members) members.push(i)
    else membersOf.set(label, [i])
  }
  const classes = Float64Array.from(membersOf.keys()).sort()
  const members = Array.from(classes, (label) => Int32Array.from(membersOf.get(label)!))
  const sizes = members.map(({ length }) => length)
  const quotas = quotasOf(sizes, count)
  const indices = members.flatMap((candidates, c) => Array.from(pick(candidates, quotas[c], from, rng)))
  return { indices: Int32Array.from(indices).sort(), classes, quotas, short: 0 }
}

/**
 * Coverage-centric selection (Zheng et al., ICLR 2023): draws from every bin of scores its budget,
 * or all it has.
 */
function stratified(
  scores: ArrayLike<number>,
  count: number,
  strata: number,
  dropHardest: number,
  rng: Random,
): Selection {
  number(strata, 'strata', { integer: true, min: 1 })
  number(strata, 'strata', { max: 1e6 })
  number(dropHardest, 'dropHardest', { min: 0, max: 1 })
  const n = scores.length
  const pool = ordered(scores)
    .slice(0, n - floored(dropHardest, n))
    .sort()
  const bins = binned(pool, scores, strata)
  const sizes = bins.map(({ length }) => length)
  const budgets = budgetsOf(sizes, count)
  const indices = bins.flatMap((bin, b) =>
    budgets[b] === 0 ? [] : Array.from(rng.choice(bin.length, budgets[b]), (at) => bin[at]),
  )
  return { indices: Int32Array.from(indices).sort(), budgets, short: count - indices.length }
}
