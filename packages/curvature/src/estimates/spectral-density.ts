import { type LinearOperator, type Solver, solver } from '@opt/core'
import { ascending } from '../eigen/order.ts'
import { type QuadratureOptions, quadrature } from './quadrature.ts'
import { checkSmoothing, type SmoothDensity, type SmoothingOptions, smooth } from './smooth-density.ts'
import { type QuadratureReport, traceFrom } from './trace-of.ts'

/** Options of {@link spectralDensity}. */
export interface SpectralDensityOptions extends QuadratureOptions, SmoothingOptions {}

/** Answer of {@link spectralDensity}. */
export interface SpectralDensity extends SmoothDensity {
  /** All nodes of the quadrature, ascending: Ritz values, of which the outermost are close to the extreme eigenvalues. */
  nodes: Float64Array
  /** The share of the spectrum at each node; they add up to 1. */
  weights: Float64Array
  /** The estimated sum of all eigenvalues. */
  trace: number
  /** Standard deviation of the trace, Infinity for one probe. */
  standardError: number
  /** Products used. */
  products: number
}

/**
 * Estimates the spectral density of a symmetric operator by stochastic Lanczos quadrature: a discrete
 * measure of nodes and weights, and its convolution with a Gaussian on a grid (Lin, Saad and Yang 2016;
 * Ghorbani, Krishnan and Xiao 2019, algorithm 1).
 *
 * @throws TypeError or RangeError when an argument is wrong or a product is not finite.
 */
export const spectralDensity: Solver<
  [operator: LinearOperator, options: SpectralDensityOptions],
  QuadratureReport,
  SpectralDensity
> = solver(
  'spectralDensity',
  function* (operator, options): Generator<QuadratureReport, SpectralDensity, boolean> {
    checkSmoothing(options)
    const { rules, products } = yield* quadrature(operator, options)
    const allNodes = Float64Array.from(rules.flatMap((rule) => [...rule.nodes]))
    const allWeights = rules.flatMap((rule) => [...rule.weights])
    const order = ascending(allNodes)
    const nodes = Float64Array.from(order, (i) => allNodes[i])
    const weights = Float64Array.from(order, (i) => allWeights[i] / rules.length)
    return {
      nodes,
      weights,
      ...smooth(nodes, weights, options),
      ...traceFrom(rules, products.n, (node) => node),
      products: products.count,
    }
  },
  { maxIterations: Number.MAX_SAFE_INTEGER, options: ['probes', 'steps', 'seed', 'sigma', 'points', 'grid'] },
)
