import { refuse } from '@opt/core'
import { checkReal, checkVector } from '../data/intake.ts'
import type { Buffers } from '../passes/buffers.ts'
import { cancels } from '../passes/distances.ts'
import { backwardSeparately } from '../passes/gradient.ts'
import type { Pass, PassLayer } from '../passes/pass.ts'
import { type Real, zeros } from '../real.ts'
import type { BatchRunner, GivenExamples } from './batch-runner.ts'
import type { WeightOptions } from './loss-options.ts'
import { checkOuterProducts } from './per-example.ts'

/** Options of {@link DenseNetwork.perExampleGradientDifferenceNorms}. */
export interface DifferenceOptions extends WeightOptions {
  /** The array to write the norms to. */
  out?: Float64Array | undefined
}

/** What one layer's gradients consist of: the input and the derivatives in x W + b and, normalized, in s. */
interface Factors {
  readonly x: Real
  readonly d: Real
  readonly scaled: Real
  readonly normalized: Real
}

/** See {@link DenseNetwork.perExampleGradientDifferenceNorms}. */
export function gradientDifferenceNorms(
  run: BatchRunner,
  examples: GivenExamples,
  other: ArrayLike<number>,
  { out }: DifferenceOptions,
): Float64Array {
  const { net } = run
  const { parameters } = net
  checkVector(other, parameters.length, 'other', net.dtype)
  checkOuterProducts(run)
  const norms = new Float64Array(examples.count)
  if (out !== undefined) checkReal(out, norms.length, 'out')
  const own = parameters.slice()
  const factors = factorsOf(net)
  run.forEachSeparately(examples, (start, pass) => {
    backwardSeparately(pass)
    pass.layers.forEach((layer, l) => rememberFactors(layer, factors[l]))
    try {
      parameters.set(other)
      run.repeatSeparately()
      backwardSeparately(pass)
    } finally {
      parameters.set(own)
    }
    const squares = norms.subarray(start, start + pass.n)
    factors.forEach((own, l) => addSquaredDifferences(pass, pass.layers[l], own, squares))
    for (let i = 0; i < pass.n; i++) {
      const sum = squares[i]
      if (!(sum < Infinity)) refuse(`inputs[${start + i}]`, 'an example whose squared difference is finite', `${sum}`)
      norms[start + i] = Math.sqrt(sum)
    }
  })
  out?.set(norms)
  return out ?? norms
}

/** Returns room for the factors of a batch, by layer. */
function factorsOf(net: Buffers): Factors[] {
  return net.layers.map(({ parameters: { inputs, outputs }, norm }) => ({
    x: zeros(net.batch * inputs, net.dtype),
    d: zeros(net.batch * outputs, net.dtype),
    scaled: zeros(norm ? net.batch * outputs : 0, net.dtype),
    normalized: zeros(norm ? net.batch * outputs : 0, net.dtype),
  }))
}

/** Copies the factors of the last backward pass. */
function rememberFactors({ input, delta, deltaTangent, norm }: PassLayer, { x, d, scaled, normalized }: Factors): void {
  x.set(input)
  d.set(delta)
  if (!norm) return
  scaled.set(deltaTangent)
  normalized.set(norm.normalized)
}

/**
 * Adds |g - h|^2 of each example's gradients in one layer to `squares`, g from the factors and h from the layer. With
 * their inputs x and y and derivatives d and c, and with u = d - c and e = x - y, it is
 *
 *     |u|^2 (|x|^2 + 1) + |c|^2 |e|^2 + 2 (u . c) (x . e),
 *
 * which, unlike |g|^2 - 2 <g, h> + |h|^2, loses no digits when g and h are close.
 */
function addSquaredDifferences({ net, n }: Pass, layer: PassLayer, factors: Factors, squares: Float64Array): void {
  const { x, d } = factors
  const { parameters, input: y, delta: c, norm } = layer
  const { inputs, outputs, bias } = parameters
  for (let i = 0, p = 0, j = 0; i < n; i++) {
    const [from, row] = [p, j]
    let [xx, ee, xe, uu, cc, uc] = [0, 0, 0, 0, 0, 0]
    for (; p < from + inputs; p++) {
      const e = x[p] - y[p]
      xx += x[p] * x[p]
      ee += e * e
      xe += x[p] * e
    }
    for (; j < row + outputs; j++) {
      const u = d[j] - c[j]
      uu += u * u
      cc += c[j] * c[j]
      uc += u * c[j]
    }
    let rest = norm ? normDifference(layer, factors, row) : 0
    if (bias) rest += uu
    const terms = uu * xx + cc * ee
    const sum = terms + 2 * uc * xe
    const exact = terms === 0 || !cancels(net, sum, terms)
    squares[i] += exact ? sum + rest : rest + productDifference(layer, factors, from, row)
  }
}

/** Returns |g - h|^2 in the scale and the shift of batch normalization, of the example whose outputs begin at `row`. */
function normDifference({ parameters, deltaTangent, norm }: PassLayer, factors: Factors, row: number): number {
  const { scaled, normalized } = factors
  let sum = 0
  for (let j = row; j < row + parameters.outputs; j++) {
    const inShift = scaled[j] - deltaTangent[j]
    const inScale = scaled[j] * normalized[j] - deltaTangent[j] * norm!.normalized[j]
    sum += inShift * inShift + inScale * inScale
  }
  return sum
}

/** Returns |g - h|^2 in the weights, entry by entry. */
function productDifference(layer: PassLayer, { x, d }: Factors, from: number, row: number): number {
  const { parameters, input: y, delta: c } = layer
  let sum = 0
  for (let p = from; p < from + parameters.inputs; p++)
    for (let j = row; j < row + parameters.outputs; j++) {
      const difference = (d[j] - c[j]) * x[p] + c[j] * (x[p] - y[p])
      sum += difference * difference
    }
  return sum
}
