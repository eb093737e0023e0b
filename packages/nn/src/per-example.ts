import type { Buffers, LayerBuffers } from './buffers.ts'
import { passDown } from './passes.ts'
import type { Real } from './real.ts'

/**
 * What one backward pass says of each example by itself, in closed form: no per-example gradient is ever formed.
 * Batch normalisation uses its running statistics here, or the examples would not be separate.
 */

/** From dloss/da of a hidden layer to dloss/ds. */
function throughActivation(net: Buffers, n: number, l: number): void {
  const { parameters, s, a, delta } = net.layers[l]
  if (l < net.layers.length - 1) net.activation.timesSlope(n * parameters.outputs, s, a, delta)
}

/** From dloss/ds to dloss/du: through batch normalisation with constant statistics. */
function throughNorm(n: number, { parameters, delta, norm }: LayerBuffers): void {
  if (!norm) return
  const scale = parameters.scale as Real
  for (let i = 0, at = 0; i < n; i++)
    for (let j = 0; j < parameters.outputs; j++) delta[at++] *= scale[j] * norm.rate[j]
}

/** |row|^2 in four sums, so that no addition waits for the one before. */
function rowSquare(x: Real, from: number, m: number): number {
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  const end = from + m
  let j = from
  for (; j + 3 < end; j += 4) {
    const a = x[j]
    const b = x[j + 1]
    const c = x[j + 2]
    const d = x[j + 3]
    s0 += a * a
    s1 += b * b
    s2 += c * c
    s3 += d * d
  }
  for (; j < end; j++) s0 += x[j] * x[j]
  return s0 + s1 + (s2 + s3)
}

/**
 * Writes |gradient of example i's loss in the parameters of layer l|^2 to squares[i depth + l], from the last layer's
 * delta = dloss_i/dz. For W and b it is |delta|^2 (|x|^2 + 1). Layers below `lowest` are left.
 */
export function squaredNorms(net: Buffers, n: number, lowest: number): void {
  const { layers, squares } = net
  for (let l = layers.length - 1; l >= lowest; l--) {
    const { parameters, input, delta, norm } = layers[l]
    const { inputs, outputs, bias } = parameters
    throughActivation(net, n, l)
    for (let i = 0; i < n; i++) {
      let sum = 0
      if (norm) {
        sum = rowSquare(delta, i * outputs, outputs)
        for (let j = i * outputs; j < (i + 1) * outputs; j++) {
          const inScale = delta[j] * norm.normalized[j]
          sum += inScale * inScale
        }
      }
      squares[i * layers.length + l] = sum
    }
    throughNorm(n, layers[l])
    const one = bias ? 1 : 0
    for (let i = 0; i < n; i++)
      squares[i * layers.length + l] +=
        rowSquare(delta, i * outputs, outputs) * (rowSquare(input, i * inputs, inputs) + one)
    if (l > lowest) passDown(net, n, l, delta, layers[l - 1].delta)
  }
}

/** Writes the gradient of each example's loss in its own inputs to `out`, from the last layer's delta. */
export function inputGradients(net: Buffers, n: number, out: Real): void {
  for (let l = net.layers.length - 1; l >= 0; l--) {
    throughActivation(net, n, l)
    throughNorm(n, net.layers[l])
    passDown(net, n, l, net.layers[l].delta, l > 0 ? net.layers[l - 1].delta : out)
  }
}
