import { number, type Report, type Solver, solver, type VectorLike, vector } from '@opt/core'
import { type Gradients, type Linearization, linearized } from '../linear/linearization.ts'
import { type Sharpness, sharpnessOf } from '../measures/sharpness.ts'
import { criticalRateOf } from './critical-rate.ts'
import { type BatchOptions, noiseFactor } from './noise.ts'
import { boundsOf, type RateBounds } from './rate-bounds.ts'

/** Options of {@link stableRates}. */
export interface StableRatesOptions extends Pick<BatchOptions, 'replacement'> {
  /** Batch sizes to answer for. Default 1, 8 and 64, as far as there are as many examples. */
  batchSizes?: VectorLike | undefined
  /** A learning rate, to find the smallest batch for it. */
  learningRate?: number | undefined
}

/** Report of {@link stableRates} after each application of the second-moment operator. */
export interface StableRatesReport extends Report {
  batchSize: number
  /** The rate so far. */
  rate: number
}

/** The largest stable learning rate of a batch size. */
export interface StableRate {
  batchSize: number
  rate: number
  bounds: RateBounds
}

/** Answer of {@link stableRates}. */
export interface StableRates {
  sharpness: Sharpness
  /** One for each batch size; fewer when the run was stopped. */
  rates: StableRate[]
  /** Largest stable learning rate of gradient descent, 2 / lambda_max. */
  gd: number
  /** The smallest batch that is stable at the given learning rate; undefined when none is, or none was asked for. */
  smallestBatch: number | undefined
  /** All of this in one sentence or two. */
  summary: string
}

/** Relative error up to which rates are found. */
const TOLERANCE = 1e-8

/**
 * Finds the largest learning rates at which SGD stays at a minimum for some batch sizes, and the smallest
 * batch for a learning rate.
 *
 * @param gradients n x d, row i the gradient of the output of example i in the parameters; or a linearization.
 * @throws TypeError or RangeError as {@link linearize}, and when an option is wrong.
 */
export const stableRates: Solver<[gradients: Gradients, options: StableRatesOptions], StableRatesReport, StableRates> =
  solver(
    'stableRates',
    function* (gradients, { batchSizes, replacement = true, learningRate }) {
      if (learningRate !== undefined) number(learningRate, 'learningRate', { positive: true })
      const linear = linearized(gradients)
      const n = linear.examples
      const sizes = checkedSizes(batchSizes, n, replacement)
      const sharpness = sharpnessOf(linear)
      const gd = 2 / sharpness.lambdaMax
      const rates: StableRate[] = []
      let smallestBatch: number | undefined
      const answer = () => {
        const summary = sentence(rates, gd, replacement, learningRate, smallestBatch)
        return { sharpness, rates, gd, smallestBatch, summary }
      }

      for (const batchSize of sizes) {
        const c = noiseFactor(n, { batchSize, replacement })
        const found = yield* rateAt(linear, batchSize, c)
        if (found === undefined) return answer()
        rates.push({ batchSize, rate: found, bounds: boundsOf(sharpness, c, linear.outputs) })
      }
      if (learningRate === undefined || learningRate > gd) return answer()

      // The noise falls and the rate grows with the batch; its limit is that of gradient descent.
      let [unstable, stable] = [0, Infinity]
      while (stable - unstable > 1) {
        const batchSize = stable < Infinity ? Math.floor((unstable + stable) / 2) : Math.max(1, 2 * unstable)
        const size = replacement ? batchSize : Math.min(batchSize, n)
        const found = yield* rateAt(linear, size, noiseFactor(n, { batchSize: size, replacement }))
        if (found === undefined) return answer()
        if (found >= learningRate) stable = size
        else unstable = size
        if (unstable > MOST || (!replacement && unstable >= n)) return answer()
      }
      smallestBatch = stable
      return answer()
    },
    { maxIterations: 100_000, options: ['batchSizes', 'learningRate', 'replacement'] },
  )

/** Batches beyond this one are gradient descent for all purposes. */
const MOST = 1e9

/** The critical rate, or undefined when the run is to end. */
function* rateAt(
  linear: Linearization,
  batchSize: number,
  c: number,
): Generator<StableRatesReport, number | undefined, boolean> {
  const search = criticalRateOf(linear, c, TOLERANCE)
  let next = search.next()
  let [error, ended] = [1, false]
  while (!next.done) {
    error = next.value.error
    ended = yield { batchSize, rate: next.value.rate }
    next = search.next(ended || error <= TOLERANCE)
  }
  return ended && error > TOLERANCE ? undefined : next.value.rate
}

function checkedSizes(given: VectorLike | undefined, n: number, replacement: boolean): number[] {
  if (given === undefined) return [1, 8, 64].filter((size) => size <= n)
  return Array.from(vector(given, 'batchSizes'), (batchSize, k) =>
    number(batchSize, `batchSizes[${k}]`, { integer: true, min: 1, ...(replacement ? {} : { max: n }) }),
  )
}

function sentence(
  rates: StableRate[],
  gd: number,
  replacement: boolean,
  learningRate: number | undefined,
  smallestBatch: number | undefined,
): string {
  const shown = (rate: number) => (rate < Infinity ? String(Number(rate.toPrecision(3))) : 'Infinity')
  const drawn = replacement ? '' : ' without replacement'
  const at = rates.map(({ batchSize, rate }) => `${shown(rate)} at batch size ${batchSize}`)
  const first = `The largest learning rate at which you stay is ${[...at, `${shown(gd)} with gradient descent`].join(', ')}${drawn}.`
  if (learningRate === undefined) return first
  if (learningRate > gd) return `${first} At ${learningRate} no batch size stays.`
  return smallestBatch === undefined
    ? first
    : `${first} At ${learningRate} you stay with batches of ${smallestBatch} or more.`
}
