import { calling, number, options as optionsOf, type Random, randomFrom } from '@opt/core'
import { type DenseNetwork, elementwise, mlp } from '@opt/nn'
import { type ActivationLike, activation } from './activation/make.ts'

/** Options of {@link wideNetwork}. */
export interface WideNetworkOptions {
  /** Columns of the data. */
  inputs: number
  /** Hidden layers, 1 at least. */
  depth: number
  /** Units of each hidden layer. */
  width: number
  /** Default 1. */
  outputs?: number | undefined
  /** An integer, or a generator to draw from (default 0). */
  seed?: number | Random | undefined
}

/**
 * Makes a finite network in the parametrisation of the neural tangent kernel: standard normal weights, no biases,
 * activations phi(z) / sqrt(width), squared loss. Its `ntk(X)` tends to exp(logKernel) of {@link ntk} as the width
 * grows, and trained by plain gradient descent it becomes {@link DeepNTKClassifier} of the same depth.
 *
 * @throws TypeError or RangeError that names the wrong argument.
 */
export function wideNetwork(phi: ActivationLike, given: WideNetworkOptions): DenseNetwork {
  return calling('wideNetwork', () => {
    const options = optionsOf(given, 'options', ['inputs', 'depth', 'width', 'outputs', 'seed'])
    const { inputs, depth, width, outputs = 1, seed = 0 } = options
    for (const [label, value] of Object.entries({ inputs, depth, width, outputs }))
      number(value, label, { integer: true, min: 1 })
    const f = activation(phi)
    const scale = Math.sqrt(1 / width)
    const network = mlp({
      sizes: [inputs, ...new Array<number>(depth).fill(width), outputs],
      activation: elementwise(
        f.name,
        (z) => scale * f.value(z),
        (z) => scale * f.slope(z),
        (z) => scale * f.curvature(z),
      ),
      bias: false,
      loss: 'squared',
    })
    const rng = randomFrom(seed, 'seed')
    for (let i = 0; i < network.parameters.length; i++) network.parameters[i] = rng.normal()
    return network
  })
}
