import { calling, exp, number, options as optionsOf, refuse, type VectorLike, vector, vectorCopy } from '@opt/core'

/** Options of {@link smoothDensity}. */
export interface SmoothingOptions {
  /** Standard deviation of the Gaussian. Default a hundredth of the distance between the outermost nodes. */
  sigma?: number | undefined
  /** Points of the grid, at least 2. Default 512. */
  points?: number | undefined
  /** A grid of your own, in place of `points`. */
  grid?: VectorLike | undefined
}

/** A density on a grid. */
export interface SmoothDensity {
  /** Evenly spaced, 4 sigma beyond the outermost nodes, or the one that was given. */
  grid: Float64Array
  /** Values at the grid; the integral is 1. */
  density: Float64Array
  /** The standard deviation that was used. */
  sigma: number
}

export function checkSmoothing({ sigma, points, grid }: SmoothingOptions): void {
  if (sigma !== undefined) number(sigma, 'sigma', { positive: true })
  if (points !== undefined) number(points, 'points', { integer: true, min: 2, max: 1e8 })
  if (grid !== undefined) vector(grid, 'grid')
}

/**
 * Smooths a discrete measure by a Gaussian, for instance the nodes and weights of `spectralDensity` with
 * another width; no products are needed.
 *
 * @param nodes at least one, in any order.
 * @param weights nonnegative, one for each node.
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function smoothDensity(nodes: VectorLike, weights: VectorLike, options?: SmoothingOptions): SmoothDensity {
  return calling('smoothDensity', () => {
    const checked = optionsOf(options, 'options', ['sigma', 'points', 'grid'])
    checkSmoothing(checked)
    const x = vector(nodes, 'nodes')
    return smooth(x, vector(weights, 'weights', { length: x.length, sign: 'nonnegative' }), checked)
  })
}

/** The square root of 2 pi. */
const ROOT = 2.5066282746310002

export function smooth(nodes: Float64Array, weights: Float64Array, options: SmoothingOptions): SmoothDensity {
  const [low, high] = [nodes.reduce((a, b) => Math.min(a, b)), nodes.reduce((a, b) => Math.max(a, b))]
  const width = high - low || Math.abs(high) || 1
  const { sigma = width / 100, points = 512 } = options
  const start = low - 4 * sigma
  const step = (high + 4 * sigma - start) / (points - 1)
  const grid = options.grid
    ? vectorCopy(options.grid, 'grid')
    : Float64Array.from({ length: points }, (_, i) => start + i * step)
  const density = grid.map((x) => {
    let sum = 0
    for (let j = 0; j < nodes.length; j++) {
      const t = (x - nodes[j]) / sigma
      sum += weights[j] * exp(-0.5 * t * t)
    }
    return sum / ROOT / sigma
  })
  if (!density.every(Number.isFinite)) refuse('sigma', 'large enough for a finite density', String(sigma))
  return { grid, density, sigma }
}
