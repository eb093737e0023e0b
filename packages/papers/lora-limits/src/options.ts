import { boolean, number, oneOf, type Random, randomFrom, refuse, type VectorLike } from '@opt/core'
import type { SavedGradients } from './attention/state.ts'
import type { Method, Task } from './attention/task.ts'
import { choosePolynomial } from './polynomial/exp-polynomial.ts'
import { monomialCount } from './polynomial/monomials.ts'
import { readRows } from './sampling/correction.ts'

/** Options of {@link loraGradients}. */
export interface LoraOptions {
  /**
   * 'exact': O(L^2) time, O(L) memory. 'reverse': the exact gradient of a head with a polynomial for exp. 'chained': the
   * paper's method, with a polynomial in the exact formula. 'auto': reverse of degree 1, then 3, then exact, as far as the
   * estimated error requires. Default 'exact'.
   */
  method?: Method | 'auto' | undefined
  /** Degree g of the polynomial of 'reverse' and 'chained', 1 or more; odd ones are safe. Default 3. */
  degree?: number | undefined
  /** The polynomial: by name, or its coefficients c_0 to c_g, which set the degree. Default 'taylor'. */
  polynomial?: 'taylor' | 'minimax' | { readonly coefficients: VectorLike } | undefined
  /** How many queries are computed exactly to correct an approximate gradient and estimate its error. Default 32 for
   * 'auto' (all queries when there are fewer), 0 otherwise. */
  samples?: number | undefined
  /** These queries instead of drawn ones: indices from 0, different. */
  rows?: VectorLike | undefined
  /** An approximate gradient whose estimated error is larger goes back to a better one, in the end to exact. Default 0.5. */
  tolerance?: number | undefined
  /** Whether to return dLoss/dX too. Default false. */
  inputGradients?: boolean | undefined
  /** Whether to bound the largest error of 'reverse' or 'chained' rigorously, without samples. Default false. */
  certify?: boolean | undefined
  /** Lipschitz constant of the map from a row of the output to its gradient, for the certificate. Default 1: squared loss. */
  lipschitz?: number | undefined
  /** Draws the samples: a generator, which moves on, or a seed. Default 0: the same queries in every call. */
  random?: Random | number | undefined
  /** The rung that 'auto' begins with: 0, reverse of degree 1; 1, of degree 3; 2, exact. Default 0. */
  level?: number | undefined
  /** Where an exact computation goes on. */
  state?: SavedGradients | undefined
}

/** The options, checked, with their defaults. */
export interface Settings {
  readonly method: Method | 'auto'
  readonly degree: number
  readonly polynomial: 'taylor' | 'minimax' | { readonly coefficients: VectorLike }
  readonly tolerance: number
  readonly samples: number
  readonly rows: Int32Array | undefined
  readonly inputGradients: boolean
  readonly certify: boolean
  readonly lipschitz: number
  readonly level: number
  readonly state: SavedGradients | undefined
  readonly random: Random
}

/** A rung of the ladder. */
export type Level = { readonly method: 'exact' } | { readonly method: 'reverse' | 'chained'; readonly degree: number }

/** The ladder of 'auto'. */
export const LADDER: readonly Level[] = [
  { method: 'reverse', degree: 1 },
  { method: 'reverse', degree: 3 },
  { method: 'exact' },
]

/** The names of {@link LoraOptions}. */
export const OPTIONS = [
  'method',
  'degree',
  'polynomial',
  'samples',
  'rows',
  'inputGradients',
  'certify',
  'lipschitz',
  'random',
  'level',
  'state',
] as const

/** Checks the options. */
export function readSettings(options: LoraOptions, { queries, causal }: Task): Settings {
  const { method = 'exact', degree = 3, polynomial = 'taylor', tolerance = 0.5, state } = options
  const { samples, inputGradients = false, certify = false, lipschitz = 1, random = 0, level = 0 } = options
  oneOf(method, 'method', ['exact', 'reverse', 'chained', 'auto'])
  number(degree, 'degree', { integer: true, min: 1, max: 60 })
  choosePolynomial(polynomial === 'minimax' ? 'taylor' : polynomial, 1, degree)
  if (samples !== undefined && options.rows !== undefined) refuse('samples', 'absent beside rows', String(samples))
  const rows = options.rows === undefined ? undefined : readRows(options.rows, queries)
  const most = rows
    ? rows.length
    : number(samples ?? (method === 'auto' ? Math.min(32, queries) : 0), 'samples', {
        integer: true,
        min: 0,
        max: queries,
      })
  boolean(inputGradients, 'inputGradients')
  if (boolean(certify, 'certify') && (method === 'exact' || method === 'auto' || most > 0))
    refuse('certify', "false unless the method is 'reverse' or 'chained', without samples", 'true')
  number(lipschitz, 'lipschitz', { nonnegative: true })
  number(level, 'level', { integer: true, min: 0, max: LADDER.length - 1 })
  if (options.level !== undefined && method !== 'auto')
    refuse('level', "absent unless the method is 'auto'", String(level))
  if (method === 'auto' && most === 0) refuse('samples', "at least 1 for 'auto', which needs an estimate", '0')
  if (state !== undefined && method !== 'exact') refuse('state', "absent unless the method is 'exact'", 'a state')
  if (causal && method !== 'exact' && method !== 'auto')
    refuse('method', "'exact' or 'auto' under a causal mask", `'${method}'`)
  return {
    method,
    degree,
    polynomial,
    tolerance,
    samples: most,
    rows,
    inputGradients,
    certify,
    lipschitz,
    level,
    state,
    random: randomFrom(random, 'random'),
  }
}

/** Returns the rungs to try: of 'auto' those with fewer features than tokens. */
export function levelsOf(
  { method, degree, samples, level: first }: Settings,
  { queries, keys, h, causal }: Task,
): readonly Level[] {
  if (method === 'exact') return [{ method }]
  if (method !== 'auto') return [{ method, degree }, ...(samples > 0 ? [{ method: 'exact' } as const] : [])]
  const pays = (level: Level) => level.method === 'exact' || monomialCount(h, level.degree) < Math.max(queries, keys)
  return LADDER.filter((level, i) => level.method === 'exact' || (i >= first && !causal && pays(level)))
}

/** Returns the index of a rung of 'auto'. */
export const rungOf = (found: { readonly method: Method; readonly degree?: number }): number =>
  LADDER.findIndex(
    (level) => level.method === found.method && (level.method === 'exact' || level.degree === found.degree),
  )
