import { number, Random, refuse, show } from '@opt/core'

/** No grid is finer: all of its multiples are doubles that lost no bits. */
const SMALLEST = 1e-290

/** The least deviation of noise on a grid, in steps of the grid: 2^24. */
export const FINENESS = 16777216

/** Returns the largest power of two that is at most deviation / 2^24, or about 1e-290 where that is smaller. */
export function gridOf(deviation: number): number {
  let grid = 1
  const most = deviation / FINENESS
  while (grid > most && grid > SMALLEST) grid /= 2
  while (grid * 2 <= most) grid *= 2
  return grid
}

/**
 * Draws from the discrete Gaussian on the integers: k with probability proportional to e^(-k^2 / (2 deviation^2)), exactly,
 * from uniform random integers alone (Canonne, Kamath & Steinke, The Discrete Gaussian for Differential Privacy, NeurIPS
 * 2020, Algorithms 1 to 3).
 *
 * @param random a generator; for a guarantee that of `cryptographicRandom`.
 * @param deviation a positive integer, at most 2^30.
 * @throws TypeError or RangeError for other arguments.
 */
export function discreteGaussian(random: Random, deviation: number): bigint {
  if (!(random instanceof Random)) refuse('discreteGaussian: random', 'a generator of @opt/core', show(random), 'type')
  number(deviation, 'discreteGaussian: deviation', { integer: true, min: 1, max: 1073741824 })
  const square = BigInt(deviation) * BigInt(deviation)
  const scale = BigInt(deviation) + 1n
  for (;;) {
    const candidate = discreteLaplace(random, scale)
    const distance = (candidate < 0n ? -candidate : candidate) * scale - square
    if (exponential(random, distance * distance, 2n * square * scale * scale)) return candidate
  }
}

/** Draws k with probability proportional to e^(-|k| / scale). */
function discreteLaplace(random: Random, scale: bigint): bigint {
  for (;;) {
    const rest = below(random, scale)
    if (!exponential(random, rest, scale)) continue
    let whole = 0n
    while (exponential(random, 1n, 1n)) whole++
    const size = rest + scale * whole
    const negative = random.integer(0, 2) === 1
    if (negative && size === 0n) continue
    return negative ? -size : size
  }
}

/** Is true with probability e^(-numerator / denominator). */
function exponential(random: Random, numerator: bigint, denominator: bigint): boolean {
  for (; numerator > denominator; numerator -= denominator) if (!fromUnit(random, 1n, 1n)) return false
  return fromUnit(random, numerator, denominator)
}

/** Does the same for a quotient of at most 1: the number of successes of chance quotient / k, k = 1, 2, ..., is even. */
function fromUnit(random: Random, numerator: bigint, denominator: bigint): boolean {
  let k = 1n
  while (below(random, denominator * k) < numerator) k++
  return k % 2n === 1n
}

/** Draws an integer from 0 to limit - 1. */
function below(random: Random, limit: bigint): bigint {
  if (limit <= WORD) return BigInt(random.integer(0, Number(limit)))
  for (;;) {
    let [value, range] = [0n, 1n]
    for (; range < limit; range *= WORD) value = value * WORD + BigInt(random.integer(0, 4294967296))
    // What is left of a whole number of limits, at least half of the range.
    if (value < range - (range % limit)) return value % limit
  }
}

const WORD = 4294967296n
