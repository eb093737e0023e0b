import {
  calling,
  erf,
  erfc,
  exp,
  expm1,
  log,
  log1p,
  number,
  oneOf,
  options,
  refuse,
  show,
  sinh,
  type VectorLike,
  vector,
} from '@opt/core'

/** How much of a divergence, or of a total variation, a noisy layer lets through at most: numbers between 0 and 1. */
export interface Contraction {
  /** KL(PK || QK) <= kl KL(P || Q). */
  kl: number
  /** TV(PK, QK) <= tv TV(P, Q): Dobrushin's coefficient. */
  tv: number
  /** 1 - kl and 1 - tv, accurate where the coefficients round to 1. */
  klComplement: number
  tvComplement: number
}

/**
 * Returns the contraction coefficients of dropout: 1 - drop^width, exact for inputs that may differ in every
 * coordinate.
 *
 * @param drop probability with which an input is dropped, in [0, 1).
 * @param width number of inputs.
 * @throws TypeError or RangeError
 */
export const dropoutContraction = (drop: number, width: number): Contraction =>
  calling('dropoutContraction', () => erasure(drop, number(width, 'width', { integer: true, min: 1 })))

/**
 * Returns upper bounds of the contraction coefficients of DropConnect: 1 - drop^(inputs outputs).
 *
 * @param drop probability with which a weight is dropped, in [0, 1).
 * @throws TypeError or RangeError
 */
export const dropConnectContraction = (drop: number, inputs: number, outputs: number): Contraction =>
  calling('dropConnectContraction', () =>
    erasure(
      drop,
      number(inputs, 'inputs', { integer: true, min: 1 }) * number(outputs, 'outputs', { integer: true, min: 1 }),
    ),
  )

/** All of `count` entries are erased with probability drop^count. */
function erasure(drop: number, count: number): Contraction {
  number(drop, 'drop', { min: 0, max: 1 - Number.EPSILON })
  const [kl, klComplement] = drop > 0 ? [-expm1(count * log(drop)), exp(count * log(drop))] : [1, 0]
  return { kl, tv: kl, klComplement, tvComplement: klComplement }
}

/** The rule of {@link gaussianContraction}: z from -20 to 20. */
const STEP = 0.005
const STEPS = 4000
const ROOT_2PI = 2.5066282746310002

/**
 * Returns the contraction coefficients of Gaussian noise after outputs of a bounded diameter: for the divergence the
 * exact 1 - exp(-r^2/8) E sech(r Z/2), r^2/4 for small r; for the total variation erf(r / (2 sqrt 2)).
 *
 * @param ratio r: diameter of the outputs ({@link outputDiameter}) over the standard deviation of the noise; Infinity
 *   for unbounded outputs.
 * @throws TypeError or RangeError when it is negative or no number.
 */
export function gaussianContraction(ratio: number): Contraction {
  return calling('gaussianContraction', () => {
    if (ratio !== Infinity) number(ratio, 'ratio', { nonnegative: true })
    // Beyond 80 the complements are less than the smallest double.
    const r = Math.min(ratio, 80)
    let [kl, klComplement] = [0, 0]
    for (let k = 0; k <= STEPS; k++) {
      const z = k * STEP
      const weight = (k === 0 ? 1 : 2) * exp((-z * z) / 2)
      const exponent = -(r * r) / 8 - logCosh((r * z) / 2)
      kl -= weight * expm1(exponent)
      klComplement += weight * exp(exponent)
    }
    const [unit, x] = [STEP / ROOT_2PI, r / (2 * Math.SQRT2)]
    return { kl: Math.min(1, kl * unit), tv: erf(x), klComplement: klComplement * unit, tvComplement: erfc(x) }
  })
}

/** log cosh a, a >= 0. */
const logCosh = (a: number): number =>
  a < 1 ? log1p(2 * sinh(a / 2) * sinh(a / 2)) : a + log1p(exp(-2 * a)) - Math.LN2

/**
 * Returns the Euclidean diameter of the outputs of a layer: 2 sqrt(width) for tanh and erf, sqrt(width) for sigmoid,
 * Infinity for activations without bounds.
 *
 * @throws TypeError or RangeError
 */
export function outputDiameter(activation: 'tanh' | 'erf' | 'sigmoid' | 'relu' | 'identity', width: number): number {
  return calling('outputDiameter', () => {
    oneOf(activation, 'activation', ['tanh', 'erf', 'sigmoid', 'relu', 'identity'])
    const root = Math.sqrt(number(width, 'width', { integer: true, min: 1 }))
    if (activation === 'relu' || activation === 'identity') return Infinity
    return activation === 'sigmoid' ? root : 2 * root
  })
}

/** What {@link contracted} starts from. */
export interface ContractedOptions {
  /** D_0, the divergence at the inputs with the label: I(Z_i; W). */
  input: number
  /** D_Y, the part of it that is the label's, I(Y_i; W), which passes every layer unharmed; at most `input`. Default 0. */
  label?: number | undefined
  /** The contraction coefficient of each layer. */
  coefficients: VectorLike
}

/**
 * Bounds the divergence at every layer by the coefficients of the layers below: D_l <= D_Y + prod(eta_1..l)(D_0 - D_Y).
 *
 * @returns D_0, ..., D_L bounds, one more than coefficients.
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export function contracted(given: ContractedOptions): Float64Array {
  return calling('contracted', () => {
    const { input, label = 0, coefficients } = options(given, 'options', ['input', 'label', 'coefficients'])
    number(input, 'input', { nonnegative: true })
    number(label, 'label', { min: 0, max: input })
    const etas = vector(coefficients, 'coefficients')
    const bounds = Float64Array.of(input, ...etas)
    let product = 1
    etas.forEach((eta, l) => {
      if (!(eta >= 0 && eta <= 1)) refuse(`coefficients[${l}]`, 'between 0 and 1', show(eta))
      product *= eta
      bounds[l + 1] = label + product * (input - label)
    })
    return bounds
  })
}
