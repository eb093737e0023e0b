/** Least squares of a two-layer network with 20 parameters: the problem of PyTorch's golden trajectories. */
const X = [
  [0.345584, 0.821618, 0.330437],
  [-1.303157, 0.905356, 0.446375],
  [-0.536953, 0.581118, 0.364572],
  [0.294132, 0.028422, 0.546713],
  [-0.736454, -0.16291, -0.482119],
]
const y = [0.598846, 0.039722, -0.292457, -0.781908, -0.257192]

/** The parameters of {@link problemA}: W 4 x 3, b and u of length 4. */
export interface Weights {
  [name: string]: Float64Array
  W: Float64Array
  b: Float64Array
  u: Float64Array
}

/** Returns the start of the trajectories. */
export const startOfA = (): Weights => ({
  W: Float64Array.from(
    [
      [0.008142, -0.275603, 1.294064, 1.006724, -2.711162, -1.889013],
      [-0.174772, -0.42219, 0.213643, 0.217322, 2.117839, -1.112021],
    ].flat(),
  ),
  b: Float64Array.of(-0.188802, 1.021386, 0.323352, 0.331532),
  u: Float64Array.of(-0.514006, -1.648075, 0.167465, 0.109014),
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
