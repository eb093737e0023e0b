/** Returns factor x as a new vector. */
export const scaled = (factor: number, x: Float64Array): Float64Array => x.map((v) => factor * v)

/** (a - b).(c - d), where terms with a_i = b_i are 0 even if d_i is infinite. */
export function monotone(a: Float64Array, b: Float64Array, c: Float64Array, d: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) sum += (a[i] - b[i]) * (c[i] - d[i])
  return sum
}
