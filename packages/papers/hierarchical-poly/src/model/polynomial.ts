import { featurePlan } from '../hermite/feature-plan.ts'
import type { Score } from './score-fit.ts'

/** A coefficient times a product of inputs; in the homogeneous form the place of the constant 1 is the number of inputs. */
export interface Monomial {
  places: number[]
  coefficient: number
}

/** Returns the coefficients of h_0, h_1, ..., h_k in powers of x: row j has j + 1 numbers. */
function hermitePowers(k: number): number[][] {
  const rows = [[1]]
  for (let j = 0; j < k; j++) {
    const next = new Array(j + 2).fill(0)
    for (const [p, a] of rows[j].entries()) next[p + 1] += a / Math.sqrt(j + 1)
    if (j > 0) for (const [p, a] of rows[j - 1].entries()) next[p] -= (Math.sqrt(j) / Math.sqrt(j + 1)) * a
    rows.push(next)
  }
  return rows
}

/**
 * Expands a score into monomials of its highest degree k in (x, 1): each has k places in ascending order, where place d
 * stands for the constant.
 */
export function expand({ inputs, degrees, coefficients, offset }: Score): Monomial[] {
  const { highest, count, starts, factors } = featurePlan(inputs, degrees, 'degrees')
  const powers = hermitePowers(highest)
  const sums = new Map<string, Monomial>()
  const add = (places: number[], coefficient: number) => {
    const all = [...places, ...new Array(highest - places.length).fill(inputs)].sort((a, b) => a - b)
    const key = all.join()
    const known = sums.get(key)
    if (known) known.coefficient += coefficient
    else sums.set(key, { places: all, coefficient })
  }
  add([], -offset)
  for (let f = 0; f < count; f++) {
    let terms: Monomial[] = [{ places: [], coefficient: coefficients[f] }]
    for (let t = starts[f]; t < starts[f + 1]; t++) {
      const input = Math.floor(factors[t] / (highest + 1))
      const row = powers[factors[t] % (highest + 1)]
      terms = terms.flatMap(({ places, coefficient }) =>
        row.flatMap((a, p) =>
          a === 0 ? [] : [{ places: [...places, ...new Array(p).fill(input)], coefficient: coefficient * a }],
        ),
      )
    }
    for (const { places, coefficient } of terms) add(places, coefficient)
  }
  return [...sums.values()]
}

/** Returns the symmetric (d + 1) x (d + 1) matrix of a score of degree 1 or 2: score = (x, 1)' Q (x, 1). */
export function quadraticForm(score: Score): Float64Array {
  const width = score.inputs + 1
  const Q = new Float64Array(width * width)
  for (const { places, coefficient } of expand(score)) {
    const [i, j] = [places[0], places[1] ?? score.inputs]
    Q[i * width + j] += coefficient / 2
    Q[j * width + i] += coefficient / 2
  }
  return Q
}
