import { erf, exp } from '@opt/core'

/**
 * Returns the q-quantile of |N(0, 1)|, the z with erf(z / sqrt 2) = q: Newton's method from 0, which rises to it, as erf
 * is concave.
 */
export function normalQuantile(q: number): number {
  let z = 0
  for (let k = 0; k < 100; k++) {
    const density = Math.sqrt(2 / Math.PI) * exp((-z * z) / 2)
    const next = z + (q - erf(z * Math.SQRT1_2)) / density
    if (!(next > z)) break
    z = next
  }
  return z
}

/**
 * Returns the q-quantile of the |x_k|, the ceil(q m)-th smallest of m; NaN if one is not finite.
 *
 * @param scratch at least m numbers, overwritten.
 */
export function absoluteQuantile(x: Float64Array, q: number, scratch: Float64Array): number {
  const m = x.length
  for (let k = 0; k < m; k++) {
    if (x[k] - x[k] !== 0) return Number.NaN
    scratch[k] = Math.abs(x[k])
  }
  return select(scratch, m, Math.max(0, Math.ceil(q * m) - 1))
}

/** The k-th smallest, from 0, of the first m numbers, which are reordered: Hoare's selection. */
function select(x: Float64Array, m: number, k: number): number {
  let low = 0
  let high = m - 1
  while (low < high) {
    const pivot = middle(x[low], x[(low + high) >>> 1], x[high])
    let i = low
    let j = high
    while (i <= j) {
      while (x[i] < pivot) i++
      while (x[j] > pivot) j--
      if (i > j) break
      const t = x[i]
      x[i++] = x[j]
      x[j--] = t
    }
    if (k <= j) high = j
    else if (k >= i) low = i
    else return x[k]
  }
  return x[k]
}

const middle = (a: number, b: number, c: number) => Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
