import { options as optionsOf, refuse, show } from '@opt/core'
import type { DenseNetwork, Precision } from '@opt/nn'
import { checkFinite, checkTargets, flatRows, type Rows } from '../head/intake.ts'

/** One domain of examples of a network. */
export interface InputDomain {
  /** n x inputs. */
  inputs: Rows
  /** Classes 0..K-1, or n x K probabilities; with one output numbers between 0 and 1. */
  targets: Rows
}

/** A checked domain in the network's precision. */
export interface NetworkDomain {
  readonly count: number
  /** n x inputs */
  readonly inputs: Float64Array | Float32Array
  /** n x K */
  readonly targets: Float64Array
}

/** Checks domains of a network with these numbers of units. */
export function checkInputDomains(
  given: readonly InputDomain[],
  sizes: readonly number[],
  dtype: Precision,
): NetworkDomain[] {
  if (!Array.isArray(given)) refuse('domains', 'an array of domains', show(given), 'type')
  if (given.length < 2) refuse('domains', 'at least two, or there is nothing to align', `${given.length}`)
  const Kind = dtype === 'float32' ? Float32Array : Float64Array
  return Array.from(given, (domain, e) => {
    const { inputs, targets } = optionsOf(domain, `domains[${e}]`)
    const flat = flatRows(inputs, sizes[0], `domains[${e}].inputs`)
    if (Array.isArray(flat)) checkFinite(flat, sizes[0], `domains[${e}].inputs`)
    const copy = new Kind(flat)
    checkFinite(copy, sizes[0], `domains[${e}].inputs`)
    const count = flat.length / sizes[0]
    return { count, inputs: copy, targets: checkTargets(targets, count, sizes.at(-1)!, `domains[${e}].targets`) }
  })
}

/** Refuses a network whose last layer is no head of features: without hidden layers, with noise or normalization. */
export function checkNetwork(network: DenseNetwork): DenseNetwork {
  if (typeof network?.backpropagate !== 'function')
    refuse('model', 'a network of @opt/nn, or an array of the units of its layers', show(network), 'type')
  if (network.sizes.length < 3) refuse('model', 'a network with a hidden layer', `units ${network.sizes.join(', ')}`)
  const { statistics, noise } = network.state()
  if (statistics.length > 0 || noise)
    refuse(
      'model',
      'a network without batch normalization and noise',
      statistics.length > 0 ? 'normalization' : 'noise',
    )
  return network
}

/** Refuses a network whose loss is not that of its head. */
export function checkLoss(
  network: DenseNetwork,
  { inputs, targets }: NetworkDomain,
  headLoss: (n: number) => number,
): void {
  const [columns, K] = [network.sizes[0], network.sizes.at(-1)!]
  const n = Math.min(16, targets.length / K)
  const loss = network.loss(inputs.subarray(0, n * columns), targets.subarray(0, n * K))
  const own = headLoss(n)
  if (!(Math.abs(loss - own) <= 1e-3 * (1 + Math.abs(own))))
    refuse('model', `a network with loss '${K === 1 ? 'logistic' : 'cross-entropy'}'`, 'one with another loss')
}
