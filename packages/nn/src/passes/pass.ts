import { type MatrixView, matrixView } from '@opt/core'
import type { Real } from '../real.ts'
import type { Buffers, LayerBuffers } from './buffers.ts'

export type Matrix = MatrixView<Real>

/** One layer of a pass: its arrays as matrices, one example per row, and its weights. */
export interface PassLayer extends LayerBuffers {
  /** The input before noise, and its tangent. */
  readonly source: Real
  readonly sourceTangent: Real | null
  readonly X: Matrix
  readonly XTangent: Matrix | null
  readonly S: Matrix
  readonly STangent: Matrix
  readonly D: Matrix
  readonly DTangent: Matrix
  /** The weights, noisy in a pass with noise, and those of the gradient, direction and product. */
  readonly W: Matrix
  readonly WGradient: Matrix
  readonly WDirection: Matrix
  readonly WProduct: Matrix
}

/** What passes over n examples work on. */
export interface Pass {
  readonly net: Buffers
  /** The number of examples. */
  readonly n: number
  /** Whether it has the network's noise. */
  readonly noisy: boolean
  readonly layers: readonly PassLayer[]
  readonly last: PassLayer
}

/** Which views a pass has. */
export interface PassKind {
  /** Whether the inputs have a tangent. */
  readonly inputsMove?: boolean
  /** Whether it has the network's noise. */
  readonly noisy?: boolean
}

/** Makes the views of a pass over n examples. */
export function makePass(net: Buffers, n: number, { inputsMove = false, noisy = false }: PassKind = {}): Pass {
  const layers = net.layers.map((layer, l): PassLayer => {
    const { inputs, outputs, weight } = layer.parameters
    const noise = noisy ? layer.noise : null
    const source = layer.input
    const sourceTangent = l === 0 && inputsMove ? net.inputsTangent : layer.inputTangent
    const input = noise?.inputs?.input ?? source
    const inputTangent = sourceTangent && (noise?.inputs?.inputTangent ?? sourceTangent)
    const rows = (data: Real, columns = outputs): Matrix => matrixView(data, n, columns)
    const weights = (data: Real): Matrix => matrixView(data, inputs, outputs)
    return {
      ...layer,
      noise,
      source,
      sourceTangent,
      input,
      inputTangent,
      X: rows(input, inputs),
      XTangent: inputTangent && rows(inputTangent, inputs),
      S: rows(layer.s),
      STangent: rows(layer.sTangent),
      D: rows(layer.delta),
      DTangent: rows(layer.deltaTangent),
      W: weights(noise?.weights?.weight ?? weight),
      WGradient: weights(layer.gradients.weight),
      WDirection: weights(noise?.weights?.direction ?? layer.direction.weight),
      WProduct: weights(layer.product.weight),
    }
  })
  return { net, n, noisy, layers, last: layers[layers.length - 1] }
}
