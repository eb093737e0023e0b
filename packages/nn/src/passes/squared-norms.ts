import type { Real } from '../real.ts'
import { throughActivation, toLayerBelow } from './gradient.ts'
import type { Pass } from './pass.ts'

/**
 * Writes |gradient of example i's loss in the parameters of layer l|^2 to squares[i depth + l], from the last layer's
 * delta = dloss_i/dz. For W and b it is |delta|^2 (|x|^2 + 1), so no per-example gradient is ever formed. Batch
 * normalization has to use running statistics, since those of a batch would couple its examples. Skips layers below
 * `lowest`.
 *
 * Goodfellow, Efficient per-example gradient computations, arXiv 1510.01799.
 */
export function squaredNorms({ net, n, layers }: Pass, lowest: number): void {
  const { squares } = net
  const depth = layers.length
  for (let l = depth - 1; l >= lowest; l--) {
    const { parameters, input, delta, D, norm } = layers[l]
    const { inputs, outputs, bias } = parameters
    throughActivation(net, layers, l)
    for (let i = 0; i < n; i++) {
      let sum = 0
      if (norm) {
        sum = rowSquare(delta, i * outputs, outputs)
        for (let j = i * outputs; j < (i + 1) * outputs; j++) {
          const inScale = delta[j] * norm.normalized[j]
          sum += inScale * inScale
        }
      }
      squares[i * depth + l] = sum
    }
    norm?.backwardInput(n, delta)
    const one = bias ? 1 : 0
    for (let i = 0; i < n; i++)
      squares[i * depth + l] += rowSquare(delta, i * outputs, outputs) * (rowSquare(input, i * inputs, inputs) + one)
    if (l > lowest) toLayerBelow(net, layers[l], D, layers[l - 1].D)
  }
}

/** Returns x[from]^2 + ... + x[from + m - 1]^2, in four sums so that no addition waits for the previous one. */
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
