import { options as optionsOf, refuse, show } from '@opt/core'
import { checkVector, type Inputs, type Targets } from './data/intake.ts'
import type { DenseNetwork } from './network/network.ts'
import type { WeightOptions } from './oracles/loss-options.ts'
import type { Real } from './real.ts'

/** The mean loss over fixed examples, weighted if they have weights, as functions of a flat parameter array x. */
export interface Objective {
  /** The number of parameters. */
  readonly size: number
  /** The mean loss. */
  value(x: ArrayLike<number>): number
  /** Its gradient. */
  gradient(x: ArrayLike<number>, out?: Real): Real
  /** The Hessian at x times v. */
  hvp(x: ArrayLike<number>, v: ArrayLike<number>, out?: Real): Real
  /** The Gauss-Newton matrix at x times v. */
  gnvp(x: ArrayLike<number>, v: ArrayLike<number>, out?: Real): Real
}

/**
 * Makes the functions of x that solvers minimize of a network's loss, the mean over the examples. Each call leaves x in the network's parameters.
 *
 * @throws TypeError for anything but a network; each function refuses examples and arguments that do not fit.
 */
export function objective(network: DenseNetwork, inputs: Inputs, targets: Targets, options?: WeightOptions): Objective {
  const { weights } = optionsOf(options, 'objective: options', ['weights'])
  if (typeof network?.hvp !== 'function') refuse('objective: network', 'a network', show(network), 'type')
  const at = (x: ArrayLike<number>) => {
    checkVector(x, network.parameters.length, 'objective: x')
    if (x !== network.parameters) network.parameters.set(x)
    return network
  }
  return {
    size: network.parameters.length,
    value: (x) => at(x).loss(inputs, targets, { weights }),
    gradient: (x, out) => at(x).gradient(inputs, targets, { weights, out }),
    hvp: (x, v, out) => at(x).hvp(inputs, targets, v, { weights, out }),
    gnvp: (x, v, out) => at(x).gnvp(inputs, targets, v, { weights, out }),
  }
}
