import { calling, number, sum, type VectorLike } from '@opt/core'
import { checkList } from '../intake.ts'

/**
 * Distributes `count` places over classes in proportion to their sizes: floor(count n_c / n) each,
 * and the rest one by one to the largest remainders, of equal ones to the lower class. Computed in
 * integers, so that the quotas sum to `count` exactly.
 *
 * @throws TypeError or RangeError for a size that is not a 32-bit count, or more places than members.
 */
export function classQuotas(sizes: VectorLike, count: number): Int32Array {
  return calling('classQuotas', () => quotasOf(checkList(sizes, 'sizes'), count))
}

export function quotasOf(sizes: ArrayLike<number>, count: number): Int32Array {
  for (let c = 0; c < sizes.length; c++) number(sizes[c], `sizes[${c}]`, { integer: true, min: 0, max: 2147483647 })
  const n = sum(sizes)
  number(count, 'count', { integer: true, min: 0, max: n })
  // Products of two counts may exceed 2^53.
  const products = Array.from(sizes, (size) => BigInt(count) * BigInt(size))
  const divisor = BigInt(Math.max(1, n))
  const quotas = Int32Array.from(products, (product) => Number(product / divisor))
  const remainders = products.map((product) => Number(product % divisor))
  const byRemainder = remainders.map((_, c) => c).sort((a, b) => remainders[b] - remainders[a] || a - b)
  for (const c of byRemainder.slice(0, count - sum(quotas))) quotas[c]++
  return quotas
}
