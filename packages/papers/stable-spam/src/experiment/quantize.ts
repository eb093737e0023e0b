/**
 * Quantises to 4 bits in groups of 32 numbers: rounds to the nearest of 16 equally spaced values, of
 * which 0 is one.
 */
export function quantize4(from: Float64Array, to: Float64Array, group = 32): void {
  for (let at = 0; at < from.length; at += group) {
    const end = Math.min(at + group, from.length)
    let low = 0
    let high = 0
    for (let i = at; i < end; i++) {
      low = Math.min(low, from[i])
      high = Math.max(high, from[i])
    }
    const step = (high - low) / 15 || 1
    const zero = Math.round(-low / step)
    for (let i = at; i < end; i++) {
      const level = Math.max(0, Math.min(15, Math.round(from[i] / step) + zero))
      to[i] = (level - zero) * step
    }
  }
}
