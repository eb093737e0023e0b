import ndarray, { type NdArray } from 'ndarray'
import type { Real } from '../real.ts'
import type { NoiseRates } from './layer-noise.ts'

/** Views of one layer's parameters in a flat array. The layer computes x W + b, normalizes it, and applies phi. */
export interface LayerViews {
  /** The number of inputs. */
  readonly inputs: number
  /** The number of outputs. */
  readonly outputs: number
  /** W, row-major, inputs x outputs. */
  readonly weight: Real
  /** b, one entry per output; null without biases. */
  readonly bias: Real | null
  /** The scale gamma of batch normalization, one entry per output; null without it and in the last layer. */
  readonly scale: Real | null
  /** The shift beta of batch normalization, likewise. */
  readonly shift: Real | null
}

/** One layer's views of the flat arrays of a network. */
export interface ParameterViews {
  readonly parameters: LayerViews
  readonly gradients: LayerViews
  /** v of a Hessian- or Gauss-Newton-vector product. */
  readonly direction: LayerViews
  /** The Hessian-vector product. */
  readonly product: LayerViews
}

/** The shape of a network. */
export interface Architecture {
  /** The number of units per layer, from the inputs to the outputs. */
  readonly sizes: readonly number[]
  readonly bias: boolean
  readonly batchNorm: boolean
  /** The noise of each layer in training; null without. */
  readonly noise: readonly NoiseRates[] | null
}

/** Returns the number of parameters of a network. */
export function parameterCount({ sizes, bias, batchNorm }: Architecture): number {
  let count = 0
  for (let l = 1; l < sizes.length; l++) {
    const normalized = batchNorm && l < sizes.length - 1
    count += sizes[l] * (sizes[l - 1] + (bias ? 1 : 0) + (normalized ? 2 : 0))
  }
  return count
}

/** Divides a flat array into layers: W, b, gamma, beta of the first layer, then of the second, and so on. */
export function layerViews({ sizes, bias, batchNorm }: Architecture, flat: Real): LayerViews[] {
  let at = 0
  const next = (count: number) => flat.subarray(at, (at += count))
  return sizes.slice(1).map((outputs, i) => {
    const inputs = sizes[i]
    const normalized = batchNorm && i < sizes.length - 2
    return {
      inputs,
      outputs,
      weight: next(inputs * outputs),
      bias: bias ? next(outputs) : null,
      scale: normalized ? next(outputs) : null,
      shift: normalized ? next(outputs) : null,
    }
  })
}

const NAMES = ['weight', 'bias', 'scale', 'shift'] as const

/** Returns the same views by name: weight1, bias1, scale1, shift1, weight2, ... */
export function namedViews(layers: readonly LayerViews[]): Record<string, Real> {
  const views: Record<string, Real> = {}
  layers.forEach((layer, l) => {
    for (const name of NAMES) {
      const view = layer[name]
      if (view) views[`${name}${l + 1}`] = view
    }
  })
  return views
}

/** Returns {@link namedViews} with each weight as an ndarray of outputs x inputs. */
export function outputsFirst(
  layers: readonly LayerViews[],
): Record<string, Real | NdArray<Float32Array> | NdArray<Float64Array>> {
  const views: ReturnType<typeof outputsFirst> = namedViews(layers)
  layers.forEach(({ inputs, outputs, weight }, l) => {
    views[`weight${l + 1}`] = ndarray(weight as Float64Array, [outputs, inputs], [1, outputs])
  })
  return views
}
