import { readFileSync } from 'node:fs'

/** JSON beside this file. */
export const golden = (name: string) =>
  JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), 'utf8'))

const { X, y, initial } = golden('problem-a') as {
  X: number[][]
  y: number[]
  initial: { W: number[][]; b: number[]; u: number[] }
}

export interface Weights {
  [name: string]: Float64Array
  W: Float64Array
  b: Float64Array
  u: Float64Array
}

export const start = (): Weights => ({
  W: Float64Array.from(initial.W.flat()),
  b: Float64Array.from(initial.b),
  u: Float64Array.from(initial.u),
})

/** f = 1/(2N) sum_k (sum_j u_j h(W_j x_k + b_j) - y_k)^2 with h(z) = z / sqrt(1 + z^2), and its gradient. */
export function problemA({ W, b, u }: Weights): { value: number; gradient: Weights } {
  const gradient: Weights = { W: new Float64Array(12), b: new Float64Array(4), u: new Float64Array(4) }
  let value = 0
  X.forEach((x, k) => {
    const z = Array.from(b, (bj, j) => x.reduce((sum, xi, i) => sum + xi * W[3 * j + i], 0) + bj)
    const h = z.map((v) => v / Math.sqrt(1 + v * v))
    const e = h.reduce((sum, hj, j) => sum + hj * u[j], 0) - y[k]
    value += (e * e) / (2 * X.length)
    z.forEach((v, j) => {
      const root = Math.sqrt(1 + v * v)
      const g = (e * u[j]) / (root * root * root) / X.length
      gradient.b[j] += g
      gradient.u[j] += (e * h[j]) / X.length
      x.forEach((xi, i) => (gradient.W[3 * j + i] += g * xi))
    })
  })
  return { value, gradient }
}
