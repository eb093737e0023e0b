/** Returns the k-th smallest of the first n values, k from 0; reorders them. None may be NaN. */
export function kthSmallest(values: Float64Array, n: number, k: number): number {
  let low = 0
  let high = n - 1
  while (low < high) {
    const pivot = values[(low + high) >> 1]
    let i = low
    let j = high
    while (i <= j) {
      while (values[i] < pivot) i++
      while (values[j] > pivot) j--
      if (i > j) break
      const t = values[i]
      values[i++] = values[j]
      values[j--] = t
    }
    if (k <= j) high = j
    else if (k >= i) low = i
    else break
  }
  return values[k]
}
