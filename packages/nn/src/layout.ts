import type { Real } from './real.ts'

/** The parameters of one layer, as views of a flat array. The layer computes x W + b, then batch normalisation, then phi. */
export interface LayerViews {
  /** How many numbers come in, and how many go out. */
  readonly inputs: number
  readonly outputs: number
  /** W, row-major inputs x outputs. */
  readonly weight: Real
  /** b, one an output; null without biases. */
  readonly bias: Real | null
  /** gamma of batch normalisation, one an output; null where there is none (always in the last layer). */
  readonly scale: Real | null
  /** beta of batch normalisation. */
  readonly shift: Real | null
}

export interface Architecture {
  /** Numbers of units, from the inputs to the outputs. */
  readonly sizes: readonly number[]
  readonly bias: boolean
  readonly batchNorm: boolean
}

/** How many parameters a network has. */
export function parameterCount({ sizes, bias, batchNorm }: Architecture): number {
  let count = 0
  for (let l = 1; l < sizes.length; l++) {
    const normed = batchNorm && l < sizes.length - 1
    count += sizes[l] * (sizes[l - 1] + (bias ? 1 : 0) + (normed ? 2 : 0))
  }
  return count
}

/** Cuts a flat array into layers: W, b, gamma, beta of the first, then of the second, and so on. */
export function layerViews({ sizes, bias, batchNorm }: Architecture, flat: Real): LayerViews[] {
  let at = 0
  const take = (count: number) => flat.subarray(at, (at += count))
  return sizes.slice(1).map((outputs, i) => {
    const inputs = sizes[i]
    const normed = batchNorm && i < sizes.length - 2
    return {
      inputs,
      outputs,
      weight: take(inputs * outputs),
      bias: bias ? take(outputs) : null,
      scale: normed ? take(outputs) : null,
      shift: normed ? take(outputs) : null,
    }
  })
}
