import ndarray from 'ndarray'
import type { Lagrangian, Points } from '../lagrangian/types.ts'
import type { Condition } from '../theory/conditioning.ts'
import { boundaryFactor, type Fields, preactivation, type TwoLayerNetwork, type Wave, wave } from './network.ts'
import type { Quadrature } from './rule.ts'

/** What the energy of a network depends on besides its weights. */
export interface RitzSetting {
  lagrangian: Lagrangian
  boundary: readonly Condition[]
  rule: Quadrature
  f: Float64Array
  activation: Wave
  count: number
}

/** The energy of a two-layer network as a function of one array of parameters: W (row-major), b, a. */
export class RitzEnergy {
  readonly #setting: RitzSetting
  readonly #factor: Fields
  /** s and s', s'' of all neurons, one after the other. */
  readonly #waves: Float64Array[][]
  readonly #z: Float64Array
  readonly #along: Float64Array
  readonly #at: Points & { u: Float64Array; p: Float64Array[] }
  readonly #S: Float64Array
  readonly #T: Float64Array[]
  readonly #du: Float64Array
  readonly #dp: Float64Array[]

  constructor(setting: RitzSetting) {
    const { rule, count, boundary } = setting
    const field = () => new Float64Array(rule.n)
    this.#setting = setting
    this.#factor = boundaryFactor(boundary, rule)
    this.#waves = Array.from({ length: count }, () => [field(), field(), field()])
    this.#z = field()
    this.#along = field()
    this.#at = { n: rule.n, x: rule.x, u: field(), p: boundary.map(field) }
    this.#S = field()
    this.#T = boundary.map(field)
    this.#du = field()
    this.#dp = boundary.map(field)
  }

  pack({ inputWeights, biases, outputWeights }: TwoLayerNetwork): Float64Array {
    return Float64Array.from([...inputWeights.data, ...biases, ...outputWeights])
  }

  /** The network of a copy of the parameters. */
  unpack(parameters: Float64Array): TwoLayerNetwork {
    const { count, boundary, activation } = this.#setting
    const inner = count * boundary.length
    return {
      activation,
      inputWeights: ndarray(parameters.slice(0, inner), [count, boundary.length]),
      biases: parameters.slice(inner, inner + count),
      outputWeights: parameters.slice(inner + count),
      boundary: [...boundary],
    }
  }

  /** Returns the energy and writes its gradient. */
  at(parameters: Float64Array, gradient: Float64Array): number {
    const { lagrangian, boundary, rule, f, activation, count } = this.#setting
    const [d, { n, x, weights }, B] = [boundary.length, rule, this.#factor]
    const inner = count * d
    const W = ndarray(parameters.subarray(0, inner), [count, d])
    const b = parameters.subarray(inner, inner + count)
    const a = parameters.subarray(inner + count)
    const { u, p } = this.#at
    const [S, T] = [this.#S.fill(0), this.#T.map((t) => t.fill(0))]
    for (let k = 0; k < count; k++) {
      const s = this.#waves[k]
      preactivation(W, b, k, rule, this.#z)
      wave(activation, n, this.#z, s)
      for (let i = 0; i < n; i++) S[i] += a[k] * s[0][i]
      for (let j = 0; j < d; j++) {
        const [weight, t] = [a[k] * W.data[k * d + j], T[j]]
        for (let i = 0; i < n; i++) t[i] += weight * s[1][i]
      }
    }
    for (let i = 0; i < n; i++) u[i] = B.u[i] * S[i]
    for (let j = 0; j < d; j++) for (let i = 0; i < n; i++) p[j][i] = B.p[j][i] * S[i] + B.u[i] * T[j][i]
    const [du, dp] = [this.#du, this.#dp]
    lagrangian.value(this.#at, du)
    let energy = 0
    for (let i = 0; i < n; i++) energy += weights[i] * (du[i] - f[i] * u[i])
    lagrangian.slopes(this.#at, du, dp)
    // dE = the sum of A s + (C . w) s' over the points, for each neuron.
    for (let i = 0; i < n; i++) {
      let A = weights[i] * (du[i] - f[i]) * B.u[i]
      for (let j = 0; j < d; j++) {
        A += weights[i] * dp[j][i] * B.p[j][i]
        dp[j][i] *= weights[i] * B.u[i]
      }
      du[i] = A
    }
    const [along, inside] = [this.#along, this.#z]
    for (let k = 0; k < count; k++) {
      const [value, slope, curvature] = this.#waves[k]
      along.fill(0)
      for (let j = 0; j < d; j++) {
        const [w, field] = [W.data[k * d + j], dp[j]]
        for (let i = 0; i < n; i++) along[i] += w * field[i]
      }
      let [ofOutput, ofBias] = [0, 0]
      for (let i = 0; i < n; i++) {
        ofOutput += du[i] * value[i] + along[i] * slope[i]
        inside[i] = du[i] * slope[i] + along[i] * curvature[i]
        ofBias += inside[i]
      }
      for (let j = 0; j < d; j++) {
        const [xj, field] = [x[j], dp[j]]
        let sum = 0
        for (let i = 0; i < n; i++) sum += inside[i] * xj[i] + slope[i] * field[i]
        gradient[k * d + j] = a[k] * sum
      }
      gradient[inner + k] = a[k] * ofBias
      gradient[inner + count + k] = ofOutput
    }
    return energy
  }
}
