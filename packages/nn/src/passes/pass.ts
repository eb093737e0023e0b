import { type MatrixView, matrixView } from '@opt/core'
import type { LayerViews } from '../layers/parameters.ts'
import type { Real } from '../real.ts'
import type { Buffers, LayerBuffers } from './buffers.ts'

export type Matrix = MatrixView<Real>

/** One layer of a pass: its arrays as matrices, one example per row, and its weights. */
export interface PassLayer extends LayerBuffers {
  readonly X: Matrix
  readonly XTangent: Matrix | null
  readonly S: Matrix
  readonly STangent: Matrix
  readonly D: Matrix
  readonly DTangent: Matrix
  /** The weights, and those of the gradient, direction and product. */
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
  readonly layers: readonly PassLayer[]
  readonly last: PassLayer
}

const weights = ({ weight, inputs, outputs }: LayerViews): Matrix => matrixView(weight, inputs, outputs)

/** Makes the views of a pass over n examples, with a tangent of the inputs or without. */
export function makePass(net: Buffers, n: number, inputsMove = false): Pass {
  const layers = net.layers.map((layer, l): PassLayer => {
    const { inputs, outputs } = layer.parameters
    const inputTangent = l === 0 && inputsMove ? net.inputsTangent : layer.inputTangent
    const rows = (data: Real, columns = outputs): Matrix => matrixView(data, n, columns)
    return {
      ...layer,
      inputTangent,
      X: rows(layer.input, inputs),
      XTangent: inputTangent && rows(inputTangent, inputs),
      S: rows(layer.s),
      STangent: rows(layer.sTangent),
      D: rows(layer.delta),
      DTangent: rows(layer.deltaTangent),
      W: weights(layer.parameters),
      WGradient: weights(layer.gradients),
      WDirection: weights(layer.direction),
      WProduct: weights(layer.product),
    }
  })
  return { net, n, layers, last: layers[layers.length - 1] }
}
