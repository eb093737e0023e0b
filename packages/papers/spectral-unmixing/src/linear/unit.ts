/**
 * The power of 256 nearest to the largest |entry|: data divided by it lie about 1, without rounding. 1 for zeros.
 */
export function unitOf(data: ArrayLike<number>): number {
  let peak = 0
  for (let i = 0; i < data.length; i++) peak = Math.max(peak, Math.abs(data[i]))
  let unit = 1
  if (peak === 0) return unit
  // 2^1016 is the largest power of 256.
  while (peak / unit >= 16 && unit < 7e305) unit *= 256
  while (peak / unit < 0.0625) unit /= 256
  return unit
}

/** Returns data / unit; the same array for unit 1. The unit is a power of two, so nothing is rounded. */
export const divided = (data: Float64Array, unit: number): Float64Array =>
  unit === 1 ? data : data.map((v) => v / unit)
