import { number, refuse } from '@opt/core'

/** All monomials of degree at most g in h variables, level by level: each is its parent times one variable. */
export interface Monomials {
  readonly variables: number
  readonly degree: number
  /** C(h + g, g). */
  readonly count: number
  /** Of each monomial but the first, 1, the one that it is a multiple of. */
  readonly parent: Int32Array
  /** The variable, 0 to h - 1, that it multiplies its parent by; at least the parent's own. */
  readonly variable: Int32Array
  /** Its degree |a|. */
  readonly order: Int32Array
  /** |a|! / a!: how often it occurs in (x_1 + ... + x_h)^|a|. */
  readonly multinomial: Float64Array
}

/** More features than this are refused. */
const MOST = 200_000

/** Returns C(h + g, g), the number of monomials of degree at most g in h variables; Infinity when that overflows. */
export function monomialCount(variables: number, degree: number): number {
  let count = 1
  for (let k = 1; k <= Math.min(variables, degree); k++) {
    count = (count * (Math.max(variables, degree) + k)) / k
    if (count > Number.MAX_SAFE_INTEGER) return Infinity
  }
  return Math.round(count)
}

/**
 * Lists all monomials of degree at most g in h variables: the features of a polynomial kernel p(x'y).
 *
 * @param variables h, at least 1.
 * @param degree g, at least 1.
 * @throws RangeError for more than 200,000 monomials.
 */
export function monomials(variables: number, degree: number): Monomials {
  number(variables, 'monomials: variables', { integer: true, min: 1 })
  number(degree, 'monomials: degree', { integer: true, min: 1 })
  const count = monomialCount(variables, degree)
  if (count > MOST)
    refuse(
      'monomials: degree',
      `one of at most ${MOST} monomials in ${variables} variables`,
      `${degree}: ${count} monomials`,
    )
  const [parent, variable, order, run] = Array.from({ length: 4 }, () => new Int32Array(count))
  const multinomial = new Float64Array(count)
  multinomial[0] = 1
  let next = 1
  for (let a = 0; next < count; a++)
    for (let v = a === 0 ? 0 : variable[a]; v < variables; v++) {
      parent[next] = a
      variable[next] = v
      order[next] = order[a] + 1
      run[next] = v === variable[a] && a > 0 ? run[a] + 1 : 1
      multinomial[next] = (multinomial[a] * order[next]) / run[next]
      next++
    }
  return { variables, degree, count, parent, variable, order, multinomial }
}
