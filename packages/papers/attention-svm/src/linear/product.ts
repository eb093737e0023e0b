/**
 * The inner product of `length` entries of x and y from two places on: four sums over j mod 4, which a processor runs side
 * by side, then the tail.
 */
export function product(x: Float64Array, at: number, y: Float64Array, from: number, length: number): number {
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  const whole = length - (length & 3)
  let j = 0
  for (; j < whole; j += 4) {
    a += x[at + j] * y[from + j]
    b += x[at + j + 1] * y[from + j + 1]
    c += x[at + j + 2] * y[from + j + 2]
    d += x[at + j + 3] * y[from + j + 3]
  }
  for (; j < length; j++) a += x[at + j] * y[from + j]
  return a + b + (c + d)
}
