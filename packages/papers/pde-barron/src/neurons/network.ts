import {
  cos,
  type Matrix,
  type MatrixLike,
  matrix,
  oneOf,
  options,
  sin,
  tanh,
  type VectorLike,
  vector,
} from '@opt/core'
import { type Condition, checkBoundary } from '../theory/conditioning.ts'

/** What a neuron computes of w . x + b. */
export type Wave = 'tanh' | 'cos'

export const WAVES: readonly Wave[] = ['tanh', 'cos']

/** Neurons without output weights. */
export interface Neurons {
  activation: Wave
  /** n x d. */
  inputWeights: MatrixLike
  /** n. */
  biases: VectorLike
}

/** u(x) = B(x) sum_k a_k s(w_k . x + b_k), B = the product of 4 x_j (1 - x_j) over Dirichlet axes. */
export interface TwoLayerNetwork {
  activation: Wave
  /** W, n x d. */
  inputWeights: Matrix
  /** b. */
  biases: Float64Array
  /** a. */
  outputWeights: Float64Array
  boundary: Condition[]
}

/** A function at points: values, gradient, and second derivatives h[j][k]. */
export interface Fields {
  u: Float64Array
  p: Float64Array[]
  h: Float64Array[][]
}

type Places = { n: number; x: readonly Float64Array[] }

/** Neurons as networks hold them. */
export type InnerPart = Pick<TwoLayerNetwork, 'activation' | 'inputWeights' | 'biases'>

export function checkNeurons(given: Neurons, d: number, label: string): InnerPart {
  const { activation, inputWeights, biases } = options(given, label)
  oneOf(activation, `${label}.activation`, WAVES)
  const W = matrix(inputWeights, `${label}.inputWeights`, { columns: d })
  return { activation, inputWeights: W, biases: vector(biases, `${label}.biases`, { length: W.shape[0] }) }
}

export function checkNetwork(given: TwoLayerNetwork, label: string): TwoLayerNetwork {
  const { boundary, outputWeights } = options(given, label)
  const conditions = checkBoundary(boundary, `${label}.boundary`)
  const inner = checkNeurons(given, conditions.length, label)
  const a = vector(outputWeights, `${label}.outputWeights`, { length: inner.biases.length })
  return { ...inner, outputWeights: a, boundary: conditions }
}

/** Writes s(z) and its first two derivatives. */
export function wave(activation: Wave, n: number, z: Float64Array, s: Float64Array[]): void {
  const [value, slope, curvature] = s
  if (activation === 'tanh')
    for (let i = 0; i < n; i++) {
      const t = tanh(z[i])
      value[i] = t
      slope[i] = 1 - t * t
      curvature[i] = -2 * t * slope[i]
    }
  else
    for (let i = 0; i < n; i++) {
      value[i] = cos(z[i])
      slope[i] = -sin(z[i])
      curvature[i] = -value[i]
    }
}

/** Writes w . x + b for neuron k. */
export function preactivation(W: Matrix, b: Float64Array, k: number, { n, x }: Places, z: Float64Array): void {
  z.fill(b[k], 0, n)
  const d = x.length
  for (let j = 0; j < d; j++) {
    const [w, xj] = [W.data[k * d + j], x[j]]
    for (let i = 0; i < n; i++) z[i] += w * xj[i]
  }
}

/** B, its gradient, and its second derivatives at points. */
export function boundaryFactor(boundary: readonly Condition[], { n, x }: Places): Fields {
  const d = boundary.length
  const ones = () => new Float64Array(n).fill(1)
  const made: Fields = {
    u: ones(),
    p: boundary.map(ones),
    h: boundary.map(() => boundary.map(ones)),
  }
  const times = (out: Float64Array, factor: (i: number) => number) => {
    for (let i = 0; i < n; i++) out[i] *= factor(i)
  }
  for (let axis = 0; axis < d; axis++) {
    const xj = x[axis]
    const dirichlet = boundary[axis] === 'dirichlet'
    const factors = [
      (i: number) => (dirichlet ? 4 * xj[i] * (1 - xj[i]) : 1),
      (i: number) => (dirichlet ? 4 - 8 * xj[i] : 0),
      () => (dirichlet ? -8 : 0),
    ]
    times(made.u, factors[0])
    for (let j = 0; j < d; j++) {
      times(made.p[j], factors[j === axis ? 1 : 0])
      for (let k = 0; k < d; k++) times(made.h[j][k], factors[(j === axis ? 1 : 0) + (k === axis ? 1 : 0)])
    }
  }
  return made
}

/** The values, gradient and second derivatives of a network at points. */
export function networkFields(network: TwoLayerNetwork, places: Places): Fields {
  const { activation, inputWeights: W, biases: b, outputWeights: a, boundary } = network
  const d = boundary.length
  const { n } = places
  const zeros = () => new Float64Array(n)
  const z = zeros()
  const s = [zeros(), zeros(), zeros()]
  const S = zeros()
  const T = boundary.map(zeros)
  const V = boundary.map(() => boundary.map(zeros))
  for (let k = 0; k < a.length; k++) {
    if (a[k] === 0) continue
    preactivation(W, b, k, places, z)
    wave(activation, n, z, s)
    addTo(S, a[k], s[0])
    for (let j = 0; j < d; j++) {
      const w = W.data[k * d + j]
      addTo(T[j], a[k] * w, s[1])
      for (let l = 0; l <= j; l++) addTo(V[j][l], a[k] * w * W.data[k * d + l], s[2])
    }
  }
  const B = boundaryFactor(boundary, places)
  const u = S.map((value, i) => B.u[i] * value)
  const p = T.map((t, j) => t.map((value, i) => B.p[j][i] * S[i] + B.u[i] * value))
  const h = V.map((row, j) =>
    row.map((_, l) => {
      const second = j >= l ? V[j][l] : V[l][j]
      return second.map((value, i) => B.h[j][l][i] * S[i] + B.p[j][i] * T[l][i] + B.p[l][i] * T[j][i] + B.u[i] * value)
    }),
  )
  return { u, p, h }
}

function addTo(to: Float64Array, factor: number, from: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i] += factor * from[i]
}
