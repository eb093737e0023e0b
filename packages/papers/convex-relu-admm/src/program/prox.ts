/** Replaces entries from..from + size - 1 of z by (1 - t / ||z||)_+ z, the prox of t ||z||_2. */
export function shrinkGroup(z: Float64Array, from: number, size: number, t: number): void {
  let square = 0
  for (let j = from; j < from + size; j++) square += z[j] * z[j]
  const scale = square > t * t ? 1 - t / Math.sqrt(square) : 0
  for (let j = from; j < from + size; j++) z[j] = scale === 0 ? 0 : scale * z[j]
}

/**
 * Replaces (a, t) by the argmin over ||a'||_1 <= t' of (weight / 2) t'^2 + ||a' - a||^2 / 2 + (t' -
 * t)^2 / 2. With weight 0 this is the projection onto the l1 cone. The entries of a are from..from
 * + size - 1 of z, followed by t.
 *
 * @param sorted scratch of `size` numbers.
 */
export function projectCone(z: Float64Array, from: number, size: number, weight: number, sorted: Float64Array): void {
  const end = from + size
  const t = z[end] / (1 + weight)
  let norm = 0
  let high = 0
  for (let j = from; j < end; j++) {
    const magnitude = Math.abs(z[j])
    sorted[j - from] = magnitude
    norm += magnitude
    high = Math.max(high, magnitude)
  }
  if (norm <= t) {
    z[end] = t
    return
  }
  if (high <= -z[end]) {
    z.fill(0, from, end + 1)
    return
  }
  // theta solves sum (|a_i| - theta)_+ = (t + theta) / (1 + weight): add entries in descending
  // order while they exceed it.
  const descending = sorted.subarray(0, size).sort()
  let sum = 0
  let theta = 0
  for (let j = 1; j <= size; j++) {
    const magnitude = descending[size - j]
    const next = (sum + magnitude - t) / (j + 1 / (1 + weight))
    if (!(magnitude > next)) break
    sum += magnitude
    theta = next
  }
  for (let j = from; j < end; j++) {
    const rest = Math.abs(z[j]) - theta
    z[j] = rest > 0 ? (z[j] > 0 ? rest : -rest) : 0
  }
  z[end] = (z[end] + theta) / (1 + weight)
}
