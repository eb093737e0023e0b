import { calling, cos, type MatrixLike, matrix, number, oneOf, options, sin, vector } from '@opt/core'
import { type Activation, type DenseNetwork, elementwise, mlp } from '@opt/nn'
import { type Condition, checkBoundary } from '../theory/conditioning.ts'
import { boundaryFactor, checkNetwork, type TwoLayerNetwork } from './network.ts'
import { places } from './rule.ts'
import { ACTIVATIONS, type SampledNetwork } from './sample-network.ts'

const cosine: () => Activation = () =>
  elementwise(
    'cos',
    cos,
    (s) => -sin(s),
    (_, a) => -a,
  )
/** Its slope is 0 wherever it exists. */
const step: () => Activation = () =>
  elementwise(
    'step',
    (s) => (s > 0 ? 1 : 0),
    () => 0,
    () => 0,
  )

const NO_PLANE = { constant: 0, linear: new Float64Array(0) }

function checkSampled(given: SampledNetwork) {
  const activation = oneOf(given.activation, 'network.activation', ACTIVATIONS)
  const inputWeights = matrix(given.inputWeights, 'network.inputWeights')
  const [n, d] = inputWeights.shape
  return {
    activation,
    inputWeights,
    biases: vector(given.biases, 'network.biases', { length: n }),
    outputWeights: vector(given.outputWeights, 'network.outputWeights', { length: n }),
    constant: number(given.constant, 'network.constant'),
    linear: vector(given.linear, 'network.linear', { length: d }),
  }
}

/**
 * Converts a network into one of @opt/nn, to train it further or to differentiate it: sum_k a_k s(w_k . x + b_k), plus the
 * constant and linear parts of a sampled network, the linear one as one more ReLU unit. Of a network with Dirichlet axes
 * it is the sum without the factor B that vanishes on the faces: multiply by {@link boundaryValues}.
 *
 * @throws TypeError or RangeError when the network is neither.
 */
export function toMlp(network: TwoLayerNetwork | SampledNetwork): DenseNetwork {
  return calling('toMlp', () => {
    options(network, 'network')
    const { activation, inputWeights, biases, outputWeights, constant, linear } =
      'boundary' in network ? { ...checkNetwork(network, 'network'), ...NO_PLANE } : checkSampled(network)
    const [n, d] = inputWeights.shape
    const extra = linear.some((weight) => weight !== 0) ? 1 : 0
    const units = n + extra
    const kind = activation === 'cos' ? cosine() : activation === 'step' ? step() : activation
    const made = mlp({ sizes: [d, units, 1], activation: kind, loss: 'squared' })
    const [hidden, last] = made.layers()
    for (let k = 0; k < n; k++) {
      for (let j = 0; j < d; j++) hidden.weight[j * units + k] = inputWeights.data[k * d + j]
      hidden.bias![k] = biases[k]
      last.weight[k] = outputWeights[k]
    }
    last.bias![0] = constant
    if (extra) {
      // On the unit box linear . x + shift >= 0, where a ReLU is the identity.
      let shift = 0
      for (let j = 0; j < d; j++) {
        hidden.weight[j * units + n] = linear[j]
        shift += Math.abs(linear[j])
      }
      hidden.bias![n] = shift
      last.weight[n] = 1
      last.bias![0] -= shift
    }
    return made
  })
}

/**
 * Returns B, the product of 4 x_j (1 - x_j) over the Dirichlet axes, at n points.
 *
 * @throws TypeError or RangeError when an argument is invalid.
 */
export function boundaryValues(points: MatrixLike, boundary: readonly Condition[]): Float64Array {
  return calling('boundaryValues', () => {
    const conditions = checkBoundary(boundary)
    return boundaryFactor(conditions, places(points, conditions.length)).u
  })
}
