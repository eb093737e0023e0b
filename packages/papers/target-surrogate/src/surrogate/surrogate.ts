import { refuse, show } from '@opt/core'
import type { Design, Model } from '../models/model.ts'
import { allFinite } from '../rows.ts'

/**
 * The surrogate of one batch, on memory that is kept from batch to batch:
 *
 *     G(theta) = (1/b) sum_i [ lin_i.(f_i(theta) - z_i) + (1/2) sum_c W_ic (f_ic(theta) - z_ic)^2 ]
 *     grad G(theta) = J(theta)' [ (lin + W (f(theta) - z)) / b ]
 *
 * with lin_i = grad l_i(z_i), or a rule's own. The loss is not called.
 */
export class Surrogate<I> {
  readonly model: Model<I>
  /** theta, which inner solvers change in place. */
  readonly parameters: Float64Array
  /** b, the number of examples. */
  count = 0
  /** Forward passes and vector-Jacobian products so far. */
  forwards = 0
  vjps = 0
  z: Float64Array = new Float64Array(0)
  gradient: Float64Array = new Float64Array(0)
  linear: Float64Array = new Float64Array(0)
  weights: Float64Array = new Float64Array(0)
  /** The step size in target space where W = 1/eta is one number. */
  eta: number | undefined
  /** f(theta) of the last forward pass, and the cotangents of the last product. */
  #f = new Float64Array(0)
  #cotangents = new Float64Array(0)
  #inputs!: I
  /** J'g / b at the present theta, where it is known: it is the first gradient of the surrogate too. */
  #lossGradient: Float64Array | undefined

  constructor(model: Model<I>, parameters: Float64Array) {
    this.model = model
    this.parameters = parameters
  }

  /** Takes a batch: leaves z = f(theta), or the given outputs, in {@link z}. */
  begin(inputs: I, outputs?: Float64Array): void {
    const { model, parameters } = this
    this.#inputs = model.prepare ? model.prepare(inputs) : inputs
    const f = model.forward(parameters, this.#inputs)
    this.forwards++
    const { outputs: C } = model
    const length = f?.length
    if (!(Number.isSafeInteger(length) && length > 0 && length % C === 0))
      refuse('model.forward', `such that it returns rows of ${C} numbers, flat`, show(f), 'type')
    this.#resize(length)
    this.#f.set(f)
    if (outputs !== undefined && outputs.length !== length)
      refuse('outputs', `${length / C} rows of ${C}, as many as inputs`, `length ${outputs.length}`)
    this.#lossGradient = undefined
    if (!allFinite(this.#f)) refuse('model.forward', 'such that all outputs are finite', 'others')
    this.z.set(outputs ?? this.#f)
  }

  #resize(length: number): void {
    const { outputs: C } = this.model
    this.count = length / C
    if (this.z.length === length) return
    this.z = new Float64Array(length)
    this.gradient = new Float64Array(length)
    this.linear = new Float64Array(length)
    this.weights = new Float64Array(length)
    this.#f = new Float64Array(length)
    this.#cotangents = new Float64Array(length)
  }

  /** f(theta) of the last forward pass. */
  get outputs(): Float64Array {
    return this.#f
  }

  /** Returns G of the last forward pass. */
  get value(): number {
    const { z, linear, weights, count } = this
    const f = this.#f
    let sum = 0
    for (let k = 0; k < z.length; k++) {
      const d = f[k] - z[k]
      sum += d * (linear[k] + 0.5 * weights[k] * d)
    }
    return sum / count
  }

  /** Runs the model at theta and returns G(theta); a trial needs no more. */
  evaluate(): number {
    const f = this.#f
    const result = this.model.forward(this.parameters, this.#inputs, f)
    this.forwards++
    this.#lossGradient = undefined
    if (result !== f) {
      if (result?.length !== f.length)
        refuse('model.forward', `such that it returns ${f.length} numbers`, show(result), 'type')
      f.set(result)
    }
    return this.value
  }

  /** Writes grad G(theta), of the last forward pass's theta, and returns its squared norm. */
  gradientTo(out: Float64Array): number {
    const { z, linear, weights, count } = this
    const f = this.#f
    const c = this.#cotangents
    if (this.#lossGradient && linear.every((value, k) => value === this.gradient[k] && f[k] === z[k])) {
      out.set(this.#lossGradient)
      return squareOf(out)
    }
    for (let k = 0; k < z.length; k++) c[k] = (linear[k] + weights[k] * (f[k] - z[k])) / count
    return this.#pullBack(c, out)
  }

  /** Writes J'g / b, the gradient of the batch's own loss at the last forward pass, and returns its squared norm. */
  lossGradientTo(out: Float64Array): number {
    const c = this.#cotangents
    for (let k = 0; k < c.length; k++) c[k] = this.gradient[k] / this.count
    const square = this.#pullBack(c, out)
    this.#lossGradient = out.slice()
    return square
  }

  #pullBack(cotangents: Float64Array, out: Float64Array): number {
    const result = this.model.vjp(this.parameters, this.#inputs, cotangents, out)
    this.vjps++
    if (result !== out) {
      if (result?.length !== out.length)
        refuse('model.vjp', `such that it returns ${out.length} numbers`, show(result), 'type')
      out.set(result)
    }
    return squareOf(out)
  }

  /** The matrix of a linear model. */
  design(): Design {
    const { model } = this
    if (!model.design) refuse('model', 'linear for exactSolve, as `linear` makes one', 'another', 'type')
    return model.design(this.#inputs)
  }
}

function squareOf(x: Float64Array): number {
  let square = 0
  for (let j = 0; j < x.length; j++) square += x[j] * x[j]
  return square
}
