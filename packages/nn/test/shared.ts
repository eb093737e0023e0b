import { random } from '@opt/core'
import { type ActivationName, type DenseNetwork, type LossName, type MlpOptions, mlp, type Real } from '../src/index.ts'

const ACTIVATIONS: ActivationName[] = ['identity', 'relu', 'leaky-relu', 'tanh', 'softplus', 'gelu', 'erf']
const LOSSES: LossName[] = ['cross-entropy', 'squared', 'logistic', 'hinge']

/** Relative to the largest entry. */
export const within = (tolerance: number) => ({ ofLargest: tolerance, absolute: 1e-3 * tolerance })

/** All activations, losses, with and without biases and batch normalization. */
export const combinations = ACTIVATIONS.flatMap((activation) =>
  LOSSES.flatMap((loss) =>
    [false, true].flatMap((bias) => [false, true].map((batchNorm) => ({ activation, loss, bias, batchNorm }))),
  ),
)

export function problem(options: (typeof combinations)[number], dtype: 'float64' | 'float32' = 'float64') {
  const rng = random(combinations.indexOf(options) + 3)
  const network = mlp({ ...options, sizes: [4, 6, 5, 3], dtype, seed: rng, batch: 9 })
  for (const { bias, scale, shift } of network.layers()) {
    bias?.set(Array.from(bias, () => rng.normal(0, 0.5)))
    scale?.set(Array.from(scale, () => rng.normal(1, 0.3)))
    shift?.set(Array.from(shift, () => rng.normal(0, 0.3)))
  }
  const n = 9
  const inputs = Float64Array.from({ length: n * 4 }, () => rng.normal())
  const targets = {
    'cross-entropy': () => Int32Array.from({ length: n }, () => rng.integer(0, 3)),
    squared: () => Float64Array.from({ length: n * 3 }, () => rng.normal()),
    logistic: () => Float64Array.from({ length: n * 3 }, () => rng.uniform()),
    hinge: () => Float64Array.from({ length: n * 3 }, () => (rng.uniform() < 0.5 ? -1 : 1)),
  }[options.loss]()
  const direction = () => Float64Array.from({ length: network.parameters.length }, () => rng.normal())
  return { network, inputs, targets, n, direction }
}

/** f along a line through the parameters: [f(x + h v) - f(x - h v)] / (2 h). */
export function slope(network: DenseNetwork, v: Real, f: () => Real, h = 1e-5): Float64Array {
  const start = network.parameters.slice()
  const at = (step: number) => {
    for (let i = 0; i < v.length; i++) network.parameters[i] = start[i] + step * v[i]
    return Float64Array.from(f())
  }
  const [after, before] = [at(h), at(-h)]
  network.parameters.set(start)
  return after.map((value, i) => (value - before[i]) / (2 * h))
}

/** f along a direction of the inputs: [f(inputs + h dx) - f(inputs - h dx)] / (2 h). */
export function inputSlope(
  inputs: Float64Array,
  dx: ArrayLike<number>,
  f: (moved: Float64Array<ArrayBuffer>) => Real,
  h = 1e-5,
): Float64Array {
  const at = (step: number) => Float64Array.from(f(inputs.map((value, i) => value + step * dx[i])))
  const before = at(-h)
  return at(h).map((value, i) => (value - before[i]) / (2 * h))
}

type NetworkCase = Required<Pick<MlpOptions, 'sizes' | 'activation' | 'loss' | 'bias' | 'batchNorm'>>

/** The network of a recorded case. */
export const networkOf = ({ sizes, activation, loss, bias, batchNorm }: NetworkCase): NetworkCase => ({
  sizes,
  activation,
  loss,
  bias,
  batchNorm,
})
