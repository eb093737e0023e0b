import { boolean, refuse } from '@opt/core'
import { addSquaredDeviations, layerProducts } from '../passes/distances.ts'
import { backwardFrom, backwardSeparately } from '../passes/gradient.ts'
import type { Pass } from '../passes/pass.ts'
import { layerSquaredNorms } from '../passes/squared-norms.ts'
import type { BatchRunner, GivenExamples } from './batch-runner.ts'
import type { WeightOptions } from './loss-options.ts'
import { checkOuterProducts } from './per-example.ts'

/** Options of {@link DenseNetwork.gradientStatistics}. */
export interface StatisticsOptions extends WeightOptions {
  /** Whether to compute `products` and `distances` (default true): one more matrix product per layer. */
  products?: boolean | undefined
  /** Whether to compute `variances` (default false): a few operations per example and parameter. */
  variances?: boolean | undefined
}

/** How the gradients g_i of the examples' own losses spread around their mean g. */
export interface GradientStatistics {
  /** The mean loss. */
  loss: number
  /** |g|^2. */
  squaredNorm: number
  /** |g_i|. */
  norms: Float64Array
  /** <g_i, g>; empty without `products`. */
  products: Float64Array
  /** |g_i - g|; empty without `products`. */
  distances: Float64Array
  /** sum_i (g_i - g)^2 / (examples - 1) of each parameter; empty unless asked for. */
  variances: Float64Array
}

/** See {@link DenseNetwork.gradientStatistics}. */
export function gradientStatistics(
  run: BatchRunner,
  examples: GivenExamples,
  { products: hasProducts = true, variances: hasVariances = false }: StatisticsOptions,
): GradientStatistics {
  checkOuterProducts(run)
  boolean(hasProducts, 'options.products')
  boolean(hasVariances, 'options.variances')
  const { net } = run
  const { count } = examples
  if (hasVariances && count < 2) refuse('inputs', 'at least 2 examples, for variances', '1')
  const norms = new Float64Array(count)
  const products = new Float64Array(hasProducts ? count : 0)
  const distances = new Float64Array(hasProducts ? count : 0)
  const variances = new Float64Array(hasVariances ? net.parameters.length : 0)

  net.gradients.fill(0)
  const last = net.layers.length - 1
  const sum = run.forEachSeparately(examples, (_, pass) => backwardFrom(pass, last, true), 1 / count)
  net.direction.set(net.gradients)
  const collect = (start: number, pass: Pass) => {
    for (let l = last; l >= 0; l--) {
      layerSquaredNorms(pass, l)
      if (hasProducts) layerProducts(pass, l, { products, distances, start })
    }
    for (let i = 0; i < pass.n; i++) for (let l = 0; l <= last; l++) norms[start + i] += net.squares[i * (last + 1) + l]
    if (hasVariances) addSquaredDeviations(pass, variances, count <= net.batch)
  }
  if (count <= net.batch) collect(0, ownDerivatives(run.pass))
  else
    run.forEachSeparately(examples, (start, pass) => {
      backwardSeparately(pass)
      collect(start, pass)
    })

  for (let i = 0; i < count; i++) {
    if (!(norms[i] < Infinity)) refuse(`inputs[${i}]`, 'an example whose squared gradient is finite', `${norms[i]}`)
    norms[i] = Math.sqrt(norms[i])
    if (hasProducts) distances[i] = Math.sqrt(distances[i])
  }
  for (let j = 0; j < variances.length; j++) variances[j] /= count - 1
  const squaredNorm = net.kernels.squaredNorm(net.gradients.length, net.gradients)
  return { loss: sum / count, squaredNorm, norms, products, distances, variances }
}

/** After a pass of the mean loss over all examples, makes its derivatives those of each example's own loss. */
function ownDerivatives(pass: Pass): Pass {
  for (const { D, delta, deltaTangent, norm } of pass.layers)
    for (let at = 0; at < pass.n * D.columns; at++) {
      delta[at] *= pass.n
      if (norm) deltaTangent[at] *= pass.n
    }
  return pass
}
