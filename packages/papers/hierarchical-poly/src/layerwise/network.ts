import { type MatrixView, matrixView } from '@opt/core'
import type { LinkUnits } from '../model/link.ts'
import { weightedSums } from './descent.ts'
import { type RandomFeatures, writeFeatures } from './random-features.ts'

/**
 * The paper's three-layer network: g(x) = sum of u_i relu(v_i'x + s_i) / sqrt(m), and
 * f(x) = g(x) + sum of c_j relu(a_j g(x) / scale + b_j) / sqrt(m').
 */
export interface LayerwiseNetwork {
  features: RandomFeatures
  /** u, m numbers. */
  featureWeights: Float64Array
  /** The deviation of g on the second half. */
  scale: number
  units: LinkUnits
  /** c, m' numbers. */
  linkWeights: Float64Array
}

/** Returns the features of n rows, n x m. */
export function featuresOf(features: RandomFeatures, X: Float64Array, n: number): MatrixView {
  const m = features.offsets.length
  const out = matrixView(new Float64Array(n * m), n, m)
  writeFeatures(features, X, out)
  return out
}

/** Writes relu(signs_j g / scale + offsets_j) / sqrt(m). */
export function writeUnits({ signs, offsets }: LinkUnits, g: Float64Array, scale: number, out: MatrixView): void {
  const root = Math.sqrt(signs.length)
  for (let i = 0; i < g.length; i++)
    for (let j = 0; j < signs.length; j++)
      out.data[i * out.stride + j] = Math.max(0, (signs[j] * g[i]) / scale + offsets[j]) / root
}

/** Returns the learned feature g and the output f of a network at the rows of X. */
export function evaluate(network: LayerwiseNetwork, X: Float64Array): { feature: Float64Array; output: Float64Array } {
  const { features, featureWeights, scale, units, linkWeights } = network
  const n = X.length / features.directions.shape[1]
  const feature = new Float64Array(n)
  weightedSums(featuresOf(features, X, n), featureWeights, feature)
  const curve = matrixView(new Float64Array(n * linkWeights.length), n, linkWeights.length)
  writeUnits(units, feature, scale, curve)
  const output = new Float64Array(n)
  weightedSums(curve, linkWeights, output)
  return { feature, output: output.map((value, i) => value + feature[i]) }
}
