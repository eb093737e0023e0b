import { allFinite, calling, oneOf, options as optionsOf, refuse, show, sigmoid } from '@opt/core'
import { type ActivationName, type DenseNetwork, type Inputs, mlp, type NetworkState } from '@opt/nn'
import { predictedClasses, softmaxRows } from '../head/curvature.ts'
import { checkFinite, flatRows, type Head } from '../head/intake.ts'
import { type DomainReport, type ReportOptions, reportOf } from '../transfer/domain-report.ts'
import { checkInputDomains, checkNetwork, type InputDomain } from './domains.ts'

/** A saved {@link AlignedModel}: plain JSON. */
export interface AlignedModelState {
  network: NetworkState
  activation: string
  bias: boolean
}

const ACTIVATIONS: readonly ActivationName[] = ['identity', 'relu', 'leaky-relu', 'tanh', 'softplus', 'gelu', 'erf']

/** A network as features and head: all layers but the last, and the last. */
export class AlignedModel {
  /** The whole network; its last layer is the head. */
  readonly network: DenseNetwork

  /**
   * @param network at least one hidden layer, no batch normalization, no noise.
   * @throws TypeError or RangeError
   */
  constructor(network: DenseNetwork) {
    this.network = calling('AlignedModel', () => checkNetwork(network))
  }

  /** The head, rows x K, row-major: the weights of the last layer and, if there are biases, a row of them. */
  get theta(): Float64Array {
    return headOf(this.network).theta
  }

  /** Returns the features of examples, n x d. */
  features(inputs: Inputs): Float64Array {
    return calling('AlignedModel.features', () => finite(this.network.activations(this.#checked(inputs)).at(-2)!))
  }

  /** Returns n x K probabilities; for one output n probabilities of class 1. */
  probabilities(inputs: Inputs): Float64Array {
    const K = this.network.sizes.at(-1)!
    const logits = this.#logits('AlignedModel.probabilities', inputs)
    if (K === 1) return logits.map(sigmoid)
    const p = new Float64Array(logits.length)
    softmaxRows(logits, K, p)
    return p
  }

  /** Returns the most probable class of each example. */
  predict(inputs: Inputs): Int32Array {
    return predictedClasses(this.#logits('AlignedModel.predict', inputs), this.network.sizes.at(-1)!)
  }

  #logits(caller: string, inputs: Inputs): Float64Array {
    return calling(caller, () => finite(this.network.predict(this.#checked(inputs))))
  }

  #checked(inputs: Inputs): ArrayLike<number> {
    const rows = flatRows(inputs, this.network.sizes[0], 'inputs')
    checkFinite(rows, this.network.sizes[0], 'inputs')
    return rows
  }

  /**
   * Audits the model: see {@link domainReport}.
   *
   * @throws TypeError or RangeError that names the wrong argument.
   */
  domainReport(domains: readonly InputDomain[], options?: ReportOptions): DomainReport {
    return calling('AlignedModel.domainReport', () => {
      const { network } = this
      const examples = checkInputDomains(domains, network.sizes, network.dtype)
      const features = examples.map(({ inputs, targets, count }) => ({
        count,
        targets,
        features: this.features(inputs),
      }))
      return reportOf(features, headOf(network), options)
    })
  }

  /** Returns everything that {@link AlignedModel.load} needs. */
  state(): AlignedModelState {
    const { network } = this
    return { network: network.state(), activation: network.activation, bias: network.layers().at(-1)!.bias !== null }
  }

  /**
   * Restores a saved model, to the bit.
   *
   * @throws TypeError or RangeError for anything but a state; a network with an activation of your own has to be made
   *   and loaded by you.
   */
  static load(state: AlignedModelState): AlignedModel {
    return calling('AlignedModel.load', () => {
      const { network, activation, bias } = optionsOf(state, 'state')
      if (typeof network !== 'object' || network === null)
        refuse('state.network', 'a saved network', show(network), 'type')
      const { sizes, dtype } = network
      const loss = Array.isArray(sizes) && sizes.at(-1) === 1 ? 'logistic' : 'cross-entropy'
      const made = mlp({ sizes, dtype, loss, bias, activation: oneOf(activation, 'state.activation', ACTIVATIONS) })
      made.load(network)
      return new AlignedModel(made)
    })
  }
}

/** Copies numbers of a network; refuses an overflow. */
function finite(x: ArrayLike<number>): Float64Array {
  if (!allFinite(x)) refuse('inputs', 'of a scale that the network takes', 'an overflow')
  return Float64Array.from(x)
}

/** Copies the last layer of a network. */
export function headOf(network: DenseNetwork): Head {
  const { inputs, outputs, weight, bias } = network.layers().at(-1)!
  const theta = new Float64Array((inputs + (bias ? 1 : 0)) * outputs)
  theta.set(weight)
  if (bias) theta.set(bias, inputs * outputs)
  return { rows: theta.length / outputs, outputs, features: inputs, theta }
}
