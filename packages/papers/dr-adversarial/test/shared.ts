import { exp, log, random } from '@opt/core'
import { type ActivationName, mlp } from '@opt/nn'
import type { TrainableModel } from '../src/index.ts'

/** Points in three clouds within [0, 1]^2, the last one rare. */
export function clouds(count: number, seed: number): { inputs: number[][]; targets: number[] } {
  const rng = random(seed)
  const middles = [
    [0.25, 0.25],
    [0.75, 0.3],
    [0.5, 0.75],
  ]
  const targets = Array.from({ length: count }, (_, i) => (i % 10 === 9 ? 2 : i % 2))
  const inputs = targets.map((y) => middles[y].map((m) => Math.max(0, Math.min(1, m + rng.normal(0, 0.08)))))
  return { inputs, targets }
}

export const smallNetwork = (activation: ActivationName = 'tanh', seed = 1, batch = 128) =>
  mlp({ sizes: [2, 6, 3], activation, seed, batch })

/** Softmax regression by hand: a model of a user, of d inputs and k classes; parameters W (d x k), then b. */
export function softmaxRegression(d: number, k: number, parameters: Float64Array): TrainableModel {
  const logitsOf = (x: ArrayLike<number>) => {
    const rows = x.length / d
    const z = new Float64Array(rows * k)
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < k; j++) {
        let sum = parameters[d * k + j]
        for (let f = 0; f < d; f++) sum += x[i * d + f] * parameters[f * k + j]
        z[i * k + j] = sum
      }
    return z
  }
  const residuals = (x: Float64Array, y: Int32Array) => {
    const p = logitsOf(x)
    for (let i = 0; i < y.length; i++) {
      const row = p.subarray(i * k, (i + 1) * k)
      const top = row.reduce((most, z) => Math.max(most, z), -Infinity)
      const total = row.reduce((sum, z) => sum + exp(z - top), 0)
      row.forEach((z, j) => void (row[j] = exp(z - top - log(total)) - Number(j === y[i])))
    }
    return p
  }
  return {
    parameters,
    logits: logitsOf,
    inputGradient(x, y) {
      const e = residuals(x, y)
      return Float64Array.from(x, (_, at) => {
        const [i, f] = [Math.floor(at / d), at % d]
        let sum = 0
        for (let j = 0; j < k; j++) sum += e[i * k + j] * parameters[f * k + j]
        return sum
      })
    },
    weightedGradient(x, y, w) {
      const e = residuals(x, y)
      const g = new Float64Array(parameters.length)
      for (let i = 0; i < y.length; i++)
        for (let j = 0; j < k; j++) {
          g[d * k + j] += w[i] * e[i * k + j]
          for (let f = 0; f < d; f++) g[f * k + j] += w[i] * e[i * k + j] * x[i * d + f]
        }
      return g
    },
  }
}

/** The network that computes the same: mlp without a hidden layer. */
export function sameNetwork(d: number, k: number, parameters: Float64Array) {
  const network = mlp({ sizes: [d, k], batch: 64 })
  network.parameters.set(parameters)
  return network
}
