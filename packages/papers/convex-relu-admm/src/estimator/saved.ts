import { type Matrix, number, oneOf, refuse, type Status, show, vectorCopy } from '@opt/core'
import ndarray from 'ndarray'
import { checkNetwork, type Network } from '../program/network.ts'
import type { ConvexReluNetworkOptions } from './estimator-options.ts'

/** How the fit of one output of a {@link ConvexReluNetwork} ended, and how far from optimal it is. */
export interface Certificate {
  status: Status
  message: string
  iterations: number
  objective: number
  /** No weights with these patterns have an objective below this; with `complete`, no network has. */
  lowerBound: number
  gap: number
  /** The largest violation of the constraints at the weights found. */
  violation: number
  /** Whether all patterns were used. */
  complete: boolean
}

/** A two-layer network as plain matrices: f(x) = output max(0, hidden x + hiddenBias). */
export interface DenseLayers {
  /** m x d. */
  hidden: Matrix
  /** m. */
  hiddenBias: Float64Array
  /** k x m. */
  output: Matrix
}

/** What {@link ConvexReluNetwork} learns. */
export interface Fitted {
  /** The number of features. */
  inputs: number
  shift: Float64Array
  scale: Float64Array
  /** Labels of the classes, ascending; null for regression and for several outputs. */
  classes: Float64Array | null
  /** One for each output or class (one for two classes), on the features as trained on. */
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

/** Returns all networks' neurons in one hidden layer, on features that are not standardised. */
export function fold({ networks, shift, scale, inputs: d }: Fitted, bias: boolean): DenseLayers {
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

export function toSaved(fitted: Fitted, all: ConvexReluNetworkOptions): Saved {
  const { inputs, shift, scale, classes, networks, certificates } = fitted
  const { random, patterns, perturbed, ...options } = all
  const rows = ({ data, shape }: Matrix) =>
    Array.from({ length: shape[0] }, (_, i) => [...data.subarray(i * shape[1], (i + 1) * shape[1])])
  return {
    format: 'convex-relu-network',
    version: 1,
    options,
    inputs,
    shift: [...shift],
    scale: [...scale],
    classes: classes && [...classes],
    networks: networks.map(({ hidden, output }) => ({ hidden: rows(hidden), output: [...output] })),
    certificates: certificates.map((certificate) => ({ ...certificate })),
  }
}

const STATUSES: readonly Status[] = [
  'converged',
  'completed',
  'max-iterations',
  'stopped',
  'aborted',
  'time-budget',
  'stalled',
  'diverged',
]
const OPTIONS = ['loss', 'task', 'beta', 'epsilon', 'standardize', 'intercept', 'tolerance', 'maxIterations', 'rho']

/** Refuses options that toJSON does not write. */
function checkOptions(options: unknown, label: string): Saved['options'] {
  if (typeof options !== 'object' || options === null) refuse(label, 'an object', show(options), 'type')
  for (const key of Object.keys(options))
    if (!OPTIONS.includes(key)) refuse(label, `an object of ${OPTIONS.join(', ')}`, `one with ${show(key)}`)
  return { ...options }
}

function checkCertificate(given: Certificate, tolerance: number, label: string): Certificate {
  if (typeof given !== 'object' || given === null) refuse(label, 'an object', show(given), 'type')
  const { status, message, iterations, objective, lowerBound, gap, violation, complete } = given
  oneOf(status, `${label}.status`, STATUSES)
  if (typeof message !== 'string') refuse(`${label}.message`, 'a string', show(message), 'type')
  if (typeof complete !== 'boolean') refuse(`${label}.complete`, 'true or false', show(complete), 'type')
  number(iterations, `${label}.iterations`, { integer: true, min: 0 })
  for (const [name, value] of Object.entries({ objective, lowerBound, violation }))
    number(value, `${label}.${name}`, { nonnegative: true })
  const rounding = 1e-9 * Math.max(objective, lowerBound)
  if (!(Math.abs(number(gap, `${label}.gap`) - (objective - lowerBound)) <= rounding))
    refuse(`${label}.gap`, `objective - lowerBound = ${objective - lowerBound}`, String(gap))
  if (status === 'converged' && Math.abs(gap) > tolerance * objective + rounding)
    refuse(`${label}.status`, `another for a gap above ${tolerance}`, "'converged'")
  return { status, message, iterations, objective, lowerBound, gap, violation, complete }
}

/** Checks the ascending labels of at least two classes. */
function checkClasses(given: unknown, label: string): Float64Array {
  const classes = vectorCopy(given as number[], label)
  if (classes.length < 2) refuse(label, 'of at least two classes', `${classes.length}`)
  for (let k = 1; k < classes.length; k++)
    if (!(classes[k] > classes[k - 1])) refuse(`${label}[${k}]`, `more than ${classes[k - 1]}`, String(classes[k]))
  return classes
}

/** Checks every part of a saved model, and copies it. */
export function fromSaved(saved: Saved): { options: ConvexReluNetworkOptions; fitted: Fitted } {
  const label = 'ConvexReluNetwork.fromJSON: saved'
  if (saved?.format !== 'convex-relu-network' || saved.version !== 1)
    refuse(label, 'what toJSON returned', show(saved), 'type')
  const { inputs, networks, certificates } = saved
  const options = checkOptions(saved.options, `${label}.options`)
  number(inputs, `${label}.inputs`, { integer: true, min: 1 })
  const width = (options.intercept ?? true) ? inputs + 1 : inputs
  const shift = vectorCopy(saved.shift, `${label}.shift`, { length: inputs })
  const scale = vectorCopy(saved.scale, `${label}.scale`, { length: inputs, sign: 'positive' })
  const classes = saved.classes === null ? null : checkClasses(saved.classes, `${label}.classes`)
  if (!Array.isArray(networks) || networks.length === 0)
    refuse(`${label}.networks`, 'a nonempty array', show(networks), 'type')
  const wanted = classes === null ? networks.length : classes.length === 2 ? 1 : classes.length
  if (networks.length !== wanted) refuse(`${label}.networks`, `of length ${wanted}`, `length ${networks.length}`)
  if (!Array.isArray(certificates) || certificates.length !== wanted)
    refuse(`${label}.certificates`, `an array of length ${wanted}`, show(certificates))
  return {
    options,
    fitted: {
      inputs,
      shift,
      scale,
      classes,
      networks: networks.map((network, k) => checkNetwork(network, width, `${label}.networks[${k}]`)),
      certificates: certificates.map((certificate, k) =>
        checkCertificate(certificate, options.tolerance ?? 1e-2, `${label}.certificates[${k}]`),
      ),
    },
  }
}
