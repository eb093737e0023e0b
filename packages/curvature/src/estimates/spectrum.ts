import {
  callback,
  calling,
  type LinearOperator,
  number,
  options as optionsOf,
  pow,
  refuse,
  type Solver,
  show,
  solver,
  type VectorLike,
} from '@opt/core'
import { ascending } from '../eigen/order.ts'
import { type SeedOption, startVector } from '../operator.ts'
import { type QuadratureOptions, quadrature, type Rule } from './quadrature.ts'
import { checkFailure, lanczosGap, samplingBound } from './random-bounds.ts'
import { checkSmoothing, type SmoothDensity, type SmoothingOptions, smooth } from './smooth-density.ts'
import { type QuadratureReport, traceFrom } from './trace-of.ts'

/** Options of {@link spectrum}. */
export interface SpectrumOptions extends SeedOption {
  /** Random vectors. Default 4, or as many as there are `starts`. */
  probes?: number | undefined
  /** Products for each. Default 40, at most n. */
  steps?: number | undefined
  /** Vectors to start from, in place of normal ones. The bounds by chance then do not hold unless they are random too. */
  starts?: ArrayLike<VectorLike> | undefined
}

/** An estimate from random vectors. */
export interface Estimate {
  value: number
  /** Standard deviation, itself estimated from the vectors; Infinity for one. */
  standardError: number
}

/** An interval for an extreme eigenvalue. */
export interface Bracket {
  from: number
  to: number
}

/** Answer of {@link spectrum}. */
export interface Spectrum {
  /** The Gauss rule of each random vector. */
  rules: Rule[]
  /** All nodes, ascending. */
  nodes: Float64Array
  /** The share of the spectrum at each node; they add up to 1. */
  weights: Float64Array
  trace: Estimate
  /** Estimated root of the sum of all squared entries, or eigenvalues. */
  frobenius: number
  /** The largest node: a lower bound of the largest eigenvalue. */
  highest: number
  /** The smallest node: an upper bound of the smallest eigenvalue. */
  lowest: number
  /** Products used. */
  products: number
  /** Returns the measure smoothed by a Gaussian. Default sigma 3% of the distance between the outermost nodes. */
  density(options?: SmoothingOptions): SmoothDensity
  /** Estimates the sum of f over all eigenvalues, f being called at the nodes. */
  sum(f: (eigenvalue: number) => number): Estimate
  /**
   * Returns the share of the spectrum at or below x, and bounds on what the random vectors see of it (Chebyshev, Markov
   * and Stieltjes), to which `samplingBound` adds the distance to the operator's own.
   */
  cumulative(x: number): { value: number; from: number; to: number }
  /**
   * Returns intervals that hold both extreme eigenvalues with probability 1 - failure (default 0.05), by the bound of
   * Kuczynski and Wozniakowski; infinite where it says nothing.
   */
  extremes(failure?: number): { lowest: Bracket; highest: Bracket }
  /** {@link samplingBound} of these vectors. */
  samplingBound(failure?: number): number
}

/**
 * Estimates the spectrum of a symmetric operator by stochastic Lanczos quadrature from normal vectors (Golub and
 * Meurant; Ubaru, Chen and Saad 2017): a measure of nodes and weights whose moments up to degree 2 steps - 1 are exact
 * for each vector, its trace, its density, and bounds.
 *
 * @throws TypeError or RangeError when an argument is wrong or a product is not finite.
 */
export const spectrum: Solver<[operator: LinearOperator, options: SpectrumOptions], QuadratureReport, Spectrum> =
  solver(
    'spectrum',
    function* (
      operator,
      { starts, probes = starts?.length ?? 4, steps = 40, seed },
    ): Generator<QuadratureReport, Spectrum, boolean> {
      if (starts !== undefined && !(typeof starts === 'object' && starts.length > 0))
        refuse('starts', 'a list of vectors', show(starts), 'type')
      if (starts && probes > starts.length)
        refuse('probes', `at most ${starts.length}, the number of starts`, show(probes))
      const options: QuadratureOptions = { probes, steps, seed }
      const { rules, products } = yield* quadrature(operator, options, (v, k, rng) =>
        v.set(startVector(v.length, starts?.[k], rng)),
      )
      return describe(rules, products.n, Math.min(steps, products.n), products.count)
    },
    { maxIterations: Number.MAX_SAFE_INTEGER, options: ['probes', 'steps', 'starts', 'seed'] },
  )

function describe(rules: Rule[], n: number, steps: number, products: number): Spectrum {
  const allNodes = Float64Array.from(rules.flatMap((rule) => [...rule.nodes]))
  const allWeights = rules.flatMap((rule) => [...rule.weights])
  const order = ascending(allNodes)
  const nodes = Float64Array.from(order, (i) => allNodes[i])
  const weights = Float64Array.from(order, (i) => allWeights[i] / rules.length)
  const [lowest, highest] = [nodes[0], nodes[nodes.length - 1]]
  const sum = (f: (eigenvalue: number) => number): Estimate => {
    const { trace, standardError } = traceFrom(rules, n, f)
    return { value: trace, standardError }
  }
  const peak = Math.max(-lowest, highest) || 1
  return {
    rules,
    nodes,
    weights,
    trace: sum((x) => x),
    frobenius: peak * Math.sqrt(sum((x) => (x / peak) * (x / peak)).value),
    highest,
    lowest,
    products,
    sum: (f) => saying('sum', () => sum(callback(f, 'f'))),
    density: (given) =>
      saying('density', () => {
        const options = optionsOf(given, 'options', ['sigma', 'points', 'grid'])
        checkSmoothing(options)
        const sigma = options.sigma ?? (0.03 * (highest - lowest) || undefined)
        return smooth(nodes, weights, { ...options, sigma })
      }),
    cumulative: (x) => saying('cumulative', () => cumulative(rules, number(x, 'x'))),
    extremes: (failure = 0.05) =>
      saying('extremes', () => {
        checkFailure(failure)
        // An end is missed only if all vectors miss it, and never by a basis of the whole space.
        const epsilon = steps < n ? lanczosGap({ size: n, steps, failure: pow(failure / 2, 1 / rules.length) }) : 0
        const gap = epsilon < 0.5 ? (epsilon / (1 - 2 * epsilon)) * (highest - lowest) : Infinity
        return { lowest: { from: lowest - gap, to: lowest }, highest: { from: highest, to: highest + gap } }
      }),
    samplingBound: (failure) => samplingBound({ size: n, probes: rules.length, failure }),
  }
}

function cumulative(rules: Rule[], x: number): { value: number; from: number; to: number } {
  const sums = { value: 0, from: 0, to: 0 }
  for (const { nodes, weights } of rules) {
    let before = 0
    let i = 0
    while (i < nodes.length && nodes[i] < x) before += weights[i++]
    const at = i < nodes.length && nodes[i] === x
    sums.value += at ? before + weights[i] : before
    // The mass below a node is at least the weights before it; the mass up to it at most those with its own.
    sums.from += at ? before : Math.max(0, before - (i > 0 ? weights[i - 1] : 0))
    sums.to += i < nodes.length ? before + weights[i] : before
  }
  const share = (sum: number) => Math.min(1, sum / rules.length)
  return { value: share(sums.value), from: share(sums.from), to: share(sums.to) }
}

const saying = <T>(method: string, compute: () => T): T => calling(`spectrum.${method}`, compute)
