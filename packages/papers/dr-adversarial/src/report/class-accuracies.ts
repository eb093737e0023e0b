/** An accuracy, and what it hides. */
export interface ClassAccuracies {
  /** The share of the examples. */
  accuracy: number
  /** The accuracy of each class; NaN for classes without examples. */
  perClass: Float64Array
  /** The mean over the worst classes. */
  tail: number
  /** The accuracy of the worst class. */
  worst: number
}

/** Returns the accuracies of classes 0..k-1, from whether each example is right. */
export function classAccuracies(
  right: ArrayLike<number>,
  labels: Int32Array,
  k: number,
  tailShare: number,
): ClassAccuracies {
  const counts = new Float64Array(k)
  const sums = new Float64Array(k)
  let total = 0
  for (let i = 0; i < labels.length; i++) {
    counts[labels[i]]++
    sums[labels[i]] += right[i]
    total += right[i]
  }
  const perClass = sums.map((sum, c) => sum / counts[c])
  const sorted = perClass.filter((accuracy) => accuracy >= 0).sort()
  const worst = sorted.subarray(0, Math.max(1, Math.ceil(tailShare * sorted.length - 1e-9)))
  return {
    accuracy: total / labels.length,
    perClass,
    tail: worst.reduce((sum, accuracy) => sum + accuracy, 0) / worst.length,
    worst: sorted[0],
  }
}
