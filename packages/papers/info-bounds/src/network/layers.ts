import {
  callback,
  erf,
  type Matrix,
  type MatrixLike,
  matrix,
  normalCdf,
  number,
  oneOf,
  options,
  refuse,
  show,
  sigmoid,
  softplus,
  tanh,
  type VectorLike,
  vector,
} from '@opt/core'
import ndarray from 'ndarray'
import { operatorNorm } from './operator-norm.ts'

/** A fully connected layer: t -> activation(weights t + bias). */
export interface DenseLayer {
  /** outputs x inputs, as `layer.weight` of PyTorch. */
  weights: MatrixLike
  /** One entry per output; default zero. */
  bias?: VectorLike | undefined
  /** A name, or any function of one number. Default 'identity'. */
  activation?: ActivationName | ((z: number) => number) | undefined
  /** A Lipschitz constant of an activation that is a function; only {@link wassersteinChain} needs it. */
  lipschitz?: number | undefined
}

/** A layer from any framework: a function from rows (examples x units) to rows, the same number of them. */
export type LayerFunction = (rows: Matrix) => MatrixLike

/** What is used of a network of @opt/nn. */
export interface NetworkLike {
  readonly activation: string
  layers(): readonly {
    readonly inputs: number
    readonly outputs: number
    readonly weight: ArrayLike<number>
    readonly bias: ArrayLike<number> | null
    readonly scale: ArrayLike<number> | null
  }[]
}

/** A network: one of @opt/nn without batch normalization, or its layers from the inputs to the outputs. */
export type Network = NetworkLike | readonly (DenseLayer | LayerFunction)[]

export type ActivationName = 'identity' | 'relu' | 'leaky-relu' | 'tanh' | 'sigmoid' | 'softplus' | 'gelu' | 'erf'

interface Activation {
  value(z: number): number
  /** The largest |slope|. */
  lipschitz: number
}

const ACTIVATIONS: Record<ActivationName, Activation> = {
  identity: { value: (z) => z, lipschitz: 1 },
  relu: { value: (z) => Math.max(0, z), lipschitz: 1 },
  'leaky-relu': { value: (z) => (z > 0 ? z : 0.01 * z), lipschitz: 1 },
  tanh: { value: tanh, lipschitz: 1 },
  sigmoid: { value: sigmoid, lipschitz: 0.25 },
  softplus: { value: softplus, lipschitz: 1 },
  // The slope z phi(z) + Phi(z) is largest at sqrt 2: 1.128904...
  gelu: { value: (z) => z * normalCdf(z), lipschitz: 1.1289042 },
  erf: { value: erf, lipschitz: 1.1283791670955126 },
}

/** A layer that runs. */
export interface Layer {
  forward(rows: Matrix): Matrix
  /** A Lipschitz constant in the Euclidean norms: the operator norm times that of the activation. */
  lipschitz(): number
  /** The operator norm of the weights. */
  norm(): number
}

/** Checks a network and returns its layers. */
export function layersOf(network: Network, label: string): Layer[] {
  if (isNetwork(network)) return ofNetwork(network, label)
  if (!Array.isArray(network)) refuse(label, 'a network of @opt/nn or an array of layers', show(network), 'type')
  if (network.length === 0) refuse(label, 'at least one layer', 'none')
  return Array.from(network, (layer, l) => {
    const at = `${label}[${l}]`
    return typeof layer === 'function' ? ofFunction(layer, at) : ofWeights(layer, at)
  })
}

const isNetwork = (network: Network): network is NetworkLike =>
  typeof (network as NetworkLike | null)?.layers === 'function'

function ofNetwork(network: NetworkLike, label: string): Layer[] {
  const hidden = oneOf(network.activation, `${label}.activation`, Object.keys(ACTIVATIONS) as ActivationName[])
  const layers = network.layers()
  return layers.map(({ inputs, outputs, weight, bias, scale }, l) => {
    if (scale) refuse(label, 'without batch normalization (fold it into the weights)', 'a network with it')
    const weights = new Float64Array(inputs * outputs)
    for (let i = 0; i < inputs; i++) for (let j = 0; j < outputs; j++) weights[j * inputs + i] = weight[i * outputs + j]
    const activation = ACTIVATIONS[l === layers.length - 1 ? 'identity' : hidden]
    const shifts = bias ? Float64Array.from(bias) : new Float64Array(outputs)
    return dense(ndarray(weights, [outputs, inputs]), shifts, activation, `${label} layer ${l}`)
  })
}

function ofWeights(layer: DenseLayer, at: string): Layer {
  const given = options(layer, at, ['weights', 'bias', 'activation', 'lipschitz'])
  const { activation = 'identity', lipschitz } = given
  const weights = matrix(given.weights, `${at}.weights`)
  const outputs = weights.shape[0]
  const bias =
    given.bias === undefined ? new Float64Array(outputs) : vector(given.bias, `${at}.bias`, { length: outputs })
  if (lipschitz !== undefined) number(lipschitz, `${at}.lipschitz`, { nonnegative: true })
  if (typeof activation === 'function')
    return dense(weights, bias, { value: activation, lipschitz: lipschitz ?? NaN }, at)
  const known = ACTIVATIONS[oneOf(activation, `${at}.activation`, Object.keys(ACTIVATIONS) as ActivationName[])]
  return dense(weights, bias, { value: known.value, lipschitz: lipschitz ?? known.lipschitz }, at)
}

function dense(weights: Matrix, bias: Float64Array, { value, lipschitz }: Activation, at: string): Layer {
  const [outputs, inputs] = weights.shape as [number, number]
  const norm = () => operatorNorm(weights)
  return {
    norm,
    lipschitz() {
      if (Number.isNaN(lipschitz)) refuse(`${at}.lipschitz`, 'given for an activation that is a function', 'none')
      return norm() * lipschitz
    },
    forward(rows) {
      if (rows.shape[1] !== inputs) refuse(at, `given rows of ${inputs} numbers`, `rows of ${rows.shape[1]}`)
      const n = rows.shape[0]
      const out = new Float64Array(n * outputs)
      for (let i = 0, o = 0; i < n; i++)
        for (let j = 0; j < outputs; j++, o++) {
          let sum = bias[j]
          for (let k = 0, x = i * inputs, w = j * inputs; k < inputs; k++) sum += weights.data[w + k] * rows.data[x + k]
          const a = value(sum)
          if (!Number.isFinite(a)) refuse(`activation of unit ${j} for row ${i} of ${at}`, 'a finite number', show(a))
          out[o] = a
        }
      return ndarray(out, [n, outputs])
    },
  }
}

function ofFunction(layer: LayerFunction, at: string): Layer {
  callback(layer, at)
  const none = () => refuse(at, 'a layer with weights, whose Lipschitz constant is known', 'a function', 'type')
  return {
    norm: none,
    lipschitz: none,
    forward: (rows) =>
      matrix(layer(ndarray(rows.data.slice(), rows.shape.slice())), `rows returned by ${at}`, {
        rows: rows.shape[0],
      }),
  }
}
