/** y += a x. Loops stand outside of generators, where engines run them slowly. */
export function axpy(a: number, x: Float64Array, y: Float64Array): void {
  for (let i = 0; i < y.length; i++) y[i] += a * x[i]
}

/** y = x + b y. */
export function xpby(x: Float64Array, b: number, y: Float64Array): void {
  for (let i = 0; i < y.length; i++) y[i] = x[i] + b * y[i]
}
