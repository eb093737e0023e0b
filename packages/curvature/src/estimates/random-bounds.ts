import { calling, log, number, options } from '@opt/core'

/** Options of {@link samplingBound}. */
export interface SamplingBoundOptions {
  /** Rows of the operator. */
  size: number
  /** Independent random vectors. */
  probes: number
  /** Probability with which the bound may fail, from 1e-300 to 1. Default 0.05. */
  failure?: number | undefined
}

/**
 * Returns a bound on the largest distance between the cumulative spectral measure that random unit vectors see, on
 * average, and that of the operator: sqrt(ln(2 n / failure) / ((n + 2) probes)). It holds for uniform random directions
 * (normal vectors, normalised) with probability 1 - failure, and is conservative (Chen, Trogdon and Ubaru 2021).
 *
 * @throws TypeError or RangeError when a size is no positive integer or failure out of range.
 */
export function samplingBound(given: SamplingBoundOptions): number {
  return calling('samplingBound', () => {
    const { size, probes, failure = 0.05 } = options(given, 'options', ['size', 'probes', 'failure'])
    number(size, 'size', { integer: true, min: 1 })
    number(probes, 'probes', { integer: true, min: 1 })
    checkFailure(failure)
    return Math.sqrt(log((2 * size) / failure) / ((size + 2) * probes))
  })
}

/** Options of {@link lanczosGap}. */
export interface LanczosGapOptions {
  /** Rows of the operator. */
  size: number
  /** Lanczos steps from one random vector. */
  steps: number
  /** Probability with which the bound may fail, from 1e-300 to 1. Default 0.05. */
  failure?: number | undefined
}

/**
 * Returns the epsilon of (Kuczynski and Wozniakowski 1992): with probability 1 - failure, the largest Ritz value from a
 * uniform random direction is below the largest eigenvalue by at most epsilon times the spread of the spectrum; the
 * same holds at the lower end. 1/2 or more says nothing.
 *
 * @throws TypeError or RangeError when a size is no positive integer or failure out of range.
 */
export function lanczosGap(given: LanczosGapOptions): number {
  return calling('lanczosGap', () => {
    const { size, steps, failure = 0.05 } = options(given, 'options', ['size', 'steps', 'failure'])
    number(size, 'size', { integer: true, min: 1 })
    number(steps, 'steps', { integer: true, min: 1 })
    checkFailure(failure)
    const root = log((1.648 * Math.sqrt(size)) / failure) / (2 * steps - 1)
    return root * root
  })
}

export function checkFailure(failure: unknown): void {
  number(failure, 'failure', { min: 1e-300, max: 1 - 1e-12 })
}
