import { number, oneOf, options, refuse, show, type VectorLike, vector } from '@opt/core'
import { dropConnectContraction, dropoutContraction } from './contraction.ts'
import { multisets } from './gibbs-algorithm.ts'
import type { LaboratoryNoise } from './push-forward.ts'

export type LaboratoryActivation = 'sign' | 'clip' | 'relu' | 'identity'

/** Options of `laboratory`. */
export interface LaboratoryOptions {
  /** The data: inputs x of the same length and labels y, -1 or 1. */
  points: readonly { x: VectorLike; y: number }[]
  /** The chance of each point; they sum to 1. */
  probabilities: VectorLike
  /** Units from the inputs to the single output, such as [2, 2, 1]. */
  widths: readonly number[]
  /** The values that each weight may have. */
  values: VectorLike
  /** Inverse temperature of the Gibbs algorithm. */
  beta: number
  /** Training examples. */
  samples: number
  /** Noise on each layer's inputs ('dropout'), on its weights ('dropconnect'), or 'none'. Default 'none'. */
  noise?: LaboratoryNoise | undefined
  /** Probability of dropping, in [0, 1). Default 0. */
  drop?: number | undefined
  /** Of the hidden layers, without biases; the output is clipped to [-1, 1]. Default 'sign', which is 0 at 0. */
  activation?: LaboratoryActivation | undefined
}

export const ACTIVATIONS: Record<LaboratoryActivation, (z: number) => number> = {
  sign: Math.sign,
  clip: (z) => Math.max(-1, Math.min(1, z)),
  relu: (z) => Math.max(0, z),
  identity: (z) => z,
}

/** Numbers that are computed at most. */
const MOST = 1e7

/** Checked options. */
export interface Setup {
  xs: Float64Array[]
  ys: Int32Array
  probabilities: Float64Array
  widths: number[]
  values: Float64Array
  beta: number
  samples: number
  noise: LaboratoryNoise
  drop: number
  activation: (z: number) => number
  coefficients: Float64Array
}

/** Checks the options of a laboratory. */
export function readLaboratory(given: LaboratoryOptions): Setup {
  const names = [
    'points',
    'probabilities',
    'widths',
    'values',
    'beta',
    'samples',
    'noise',
    'drop',
    'activation',
  ] as const
  const {
    points,
    beta,
    samples,
    noise = 'none',
    drop = 0,
    activation = 'sign',
    ...rest
  } = options(given, 'options', names)
  const widths = Array.from(vector(rest.widths, 'widths'), (width, l) =>
    number(width, `widths[${l}]`, { integer: true, min: 1, max: 1000 }),
  )
  if (widths.length < 2 || widths.at(-1) !== 1)
    refuse('widths', 'at least two, the last one 1', `[${widths.join(', ')}]`)
  if (!Array.isArray(points) || points.length === 0)
    refuse('points', 'a nonempty array of { x, y }', show(points), 'type')
  const pairs = Array.from(points, (point, z) => {
    if (point === undefined) refuse(`points[${z}]`, 'an object', 'undefined', 'type')
    return options(point, `points[${z}]`, ['x', 'y'])
  })
  const xs = pairs.map(({ x }, z) => vector(x, `points[${z}].x`, { length: widths[0] }))
  const ys = Int32Array.from(pairs, ({ y }, z) => {
    if (number(y, `points[${z}].y`) !== 1 && y !== -1) refuse(`points[${z}].y`, '-1 or 1', show(y))
    return y
  })
  const probabilities = vector(rest.probabilities, 'probabilities', { length: points.length, sign: 'nonnegative' })
  const total = probabilities.reduce((sum, p) => sum + p, 0)
  if (Math.abs(total - 1) > 1e-9) refuse('probabilities', 'of the sum 1', `${total}`)
  const values = vector(rest.values, 'values')
  number(beta, 'beta', { nonnegative: true })
  number(samples, 'samples', { integer: true, min: 1, max: 1e6 })
  oneOf(noise, 'noise', ['none', 'dropout', 'dropconnect'])
  number(drop, 'drop', { min: 0, max: 1 - Number.EPSILON })
  oneOf(activation, 'activation', Object.keys(ACTIVATIONS) as LaboratoryActivation[])
  checkStates({ widths, values: values.length, points: points.length, samples, noise: drop > 0 ? noise : 'none' })
  const coefficients = Float64Array.from(widths.slice(1), (outputs, l) => {
    if (noise === 'none') return 1
    return noise === 'dropout'
      ? dropoutContraction(drop, widths[l]).kl
      : dropConnectContraction(drop, widths[l], outputs).kl
  })
  return {
    xs,
    ys,
    probabilities,
    widths,
    values,
    beta,
    samples,
    noise,
    drop,
    activation: ACTIVATIONS[activation],
    coefficients,
  }
}

/** Refuses a laboratory whose data sets times weights, or weights times points times masks, are too many. */
function checkStates(size: {
  widths: number[]
  values: number
  points: number
  samples: number
  noise: LaboratoryNoise
}): void {
  const { widths, values, points, samples, noise } = size
  let [weights, most] = [1, 1]
  for (let l = 1; l < widths.length; l++) {
    const entries = widths[l - 1] * widths[l]
    weights *= power(values, entries)
    most = Math.max(most, power(2, noise === 'dropconnect' ? entries : noise === 'dropout' ? widths[l - 1] : 0))
  }
  const states = weights * (multisets(points, samples) + points * most)
  if (!(states <= MOST)) refuse('options', `a laboratory of at most ${MOST} states`, `${states.toPrecision(3)} or more`)
}

/** An integer power, exact, or the first partial product beyond what is allowed. */
export function power(base: number, exponent: number): number {
  let product = 1
  for (let k = 0; k < exponent && product <= MOST; k++) product *= base
  return product
}
