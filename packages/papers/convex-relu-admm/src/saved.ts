import { type Matrix, number, refuse, type Status } from '@opt/core'
import ndarray from 'ndarray'
import type { ConvexReluNetworkOptions } from './estimator-options.ts'
import { type Network, takeNetwork } from './network.ts'

/** What is proven of one output of a fitted {@link ConvexReluNetwork}. */
export interface Certificate {
  status: Status
  message: string
  iterations: number
  objective: number
  /** No weights with these patterns have an objective below; with `complete`, no network at all. */
  lowerBound: number
  gap: number
  /** By how much the constraints are violated at the weights found. */
  violation: number
  /** All patterns were used. */
  complete: boolean
}

/** A two-layer network as plain matrices: output . max(0, hidden x + hiddenBias). */
export interface DenseLayers {
  /** m x d. */
  hidden: Matrix
  /** m. */
  hiddenBias: Float64Array
  /** k x m. */
  output: Matrix
}

interface Model {
  inputs: number
  shift: Float64Array
  scale: Float64Array
  classes: Float64Array | null
  networks: Network[]
  certificates: Certificate[]
}

/** A fitted {@link ConvexReluNetwork} as JSON. */
export interface Saved {
  format: 'convex-relu-network'
  version: 1
  options: Omit<ConvexReluNetworkOptions, 'random' | 'patterns' | 'perturbed'>
  inputs: number
  shift: number[]
  scale: number[]
  classes: number[] | null
  networks: { hidden: number[][]; output: number[] }[]
  certificates: Certificate[]
}

/** All networks' neurons in one hidden layer, on features that are not standardised. */
export function fold(
  networks: Network[],
  shift: Float64Array,
  scale: Float64Array,
  d: number,
  bias: boolean,
): DenseLayers {
  const m = networks.reduce((sum, { output }) => sum + output.length, 0)
  const hidden = new Float64Array(m * d)
  const hiddenBias = new Float64Array(m)
  const output = new Float64Array(networks.length * m)
  const width = bias ? d + 1 : d
  let row = 0
  for (const [k, network] of networks.entries())
    for (let i = 0; i < network.output.length; i++, row++) {
      if (bias) hiddenBias[row] = network.hidden.data[i * width + d]
      for (let j = 0; j < d; j++) {
        const w = network.hidden.data[i * width + j] / scale[j]
        hidden[row * d + j] = w
        hiddenBias[row] -= w * shift[j]
      }
      output[k * m + row] = network.output[i]
    }
  return { hidden: ndarray(hidden, [m, d]), hiddenBias, output: ndarray(output, [networks.length, m]) }
}

export function toSaved(
  { inputs, shift, scale, classes, networks, certificates }: Model,
  all: ConvexReluNetworkOptions,
): Saved {
  const { random, patterns, perturbed, ...options } = all
  const rows = ({ data, shape }: Matrix) =>
    Array.from({ length: shape[0] }, (_, i) => [...data.subarray(i * shape[1], (i + 1) * shape[1])])
  return {
    ...{ format: 'convex-relu-network', version: 1, options, inputs },
    ...{ shift: [...shift], scale: [...scale], classes: classes && [...classes] },
    networks: networks.map(({ hidden, output }) => ({ hidden: rows(hidden), output: [...output] })),
    certificates: certificates.map((certificate) => ({ ...certificate })),
  }
}

export function fromSaved(saved: Saved): { options: ConvexReluNetworkOptions; fitted: Model } {
  const label = 'ConvexReluNetwork.fromJSON: saved'
  if (saved?.format !== 'convex-relu-network' || saved.version !== 1)
    refuse(label, 'what toJSON returned', String(saved?.format), 'type')
  const { options, inputs, shift, scale, classes, networks, certificates } = saved
  number(inputs, `${label}.inputs`, { integer: true, min: 1 })
  const width = (options.intercept ?? true) ? inputs + 1 : inputs
  if (shift.length !== inputs || scale.length !== inputs)
    refuse(`${label}.shift and scale`, `of length ${inputs}`, `${shift.length} and ${scale.length}`)
  return {
    options,
    fitted: {
      ...{ inputs, shift: Float64Array.from(shift), scale: Float64Array.from(scale), certificates },
      classes: classes && Float64Array.from(classes),
      networks: networks.map((network, k) => takeNetwork(network, width, `${label}.networks[${k}]`)),
    },
  }
}
