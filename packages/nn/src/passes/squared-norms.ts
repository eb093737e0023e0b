import type { Real } from '../real.ts'
import { backwardSeparately } from './gradient.ts'
import type { Pass } from './pass.ts'

/**
 * Writes |gradient of example i's loss in the parameters of layer l|^2 to squares[i depth + l], from the last layer's
 * delta = dloss_i/dz. For W and b it is |delta|^2 (|x|^2 + 1), so no per-example gradient is ever formed. Batch
 * normalization has to use running statistics, since those of a batch would couple its examples. Skips layers below
 * `lowest`.
 *
 * Goodfellow, Efficient per-example gradient computations, arXiv 1510.01799.
 */
export function squaredNorms(pass: Pass, lowest: number): void {
  backwardSeparately(pass, { lowest })
  for (let l = pass.layers.length - 1; l >= lowest; l--) layerSquaredNorms(pass, l)
}

/** {@link squaredNorms} of layer l, when the derivatives are in its delta (and deltaTangent). */
export function layerSquaredNorms({ net, n, layers }: Pass, l: number): void {
  const { squares } = net
  const depth = layers.length
  const { parameters, input, delta, deltaTangent, norm } = layers[l]
  const { inputs, outputs, bias } = parameters
  const one = bias ? 1 : 0
  for (let i = 0; i < n; i++) {
    let sum = 0
    if (norm) {
      sum = rowSquare(deltaTangent, i * outputs, outputs)
      for (let j = i * outputs; j < (i + 1) * outputs; j++) {
        const inScale = deltaTangent[j] * norm.normalized[j]
        sum += inScale * inScale
      }
    }
    squares[i * depth + l] = sum + rowSquare(delta, i * outputs, outputs) * (rowSquare(input, i * inputs, inputs) + one)
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
