import { number, type Random, type Report, randomFrom, refuse, type Solver, show, solver } from '@opt/core'
import { spectrum } from '@opt/curvature'
import { intake, type Products, type Sizes } from '../batches.ts'

/** Options of {@link measuredSharpness}. */
export interface MeasuredSharpnessOptions extends Sizes {
  /** Batch sizes. */
  batches: ArrayLike<number>
  /** Batches of each size, drawn without replacement. Default 8. */
  repeats?: number | undefined
  /** Lanczos steps on each. Default 30. */
  steps?: number | undefined
  /** An integer, or a generator to draw from. Default 0. */
  seed?: number | Random | undefined
}

/** Extreme eigenvalues of batches of one size. */
export interface MeasuredSharpness {
  batch: number
  /** Mean largest eigenvalue. */
  highest: number
  /** Standard deviation of that mean, from the batches; Infinity for one. */
  standardError: number
  /** Mean smallest eigenvalue. */
  lowest: number
  /** Batches that were drawn. */
  repeats: number
}

/** Report of {@link measuredSharpness} after each batch. */
export interface SharpnessReport extends Report {
  batch: number
  /** Batches of this size so far. */
  repeat: number
  /** Largest eigenvalue of this batch. */
  highest: number
}

/**
 * Measures the extreme eigenvalues of batches, with a Lanczos run on each. Its largest Ritz value is a lower bound, close
 * after 30 steps. A run that is stopped early returns the sizes and batches that it has seen.
 *
 * @throws TypeError or RangeError when an argument is wrong or a product is not finite.
 */
export const measuredSharpness: Solver<
  [products: Products, options: MeasuredSharpnessOptions],
  SharpnessReport,
  { sizes: MeasuredSharpness[] }
> = solver(
  'measuredSharpness',
  function* (
    products,
    { batches, repeats = 8, steps = 30, seed = 0, ...sizes },
  ): Generator<SharpnessReport, { sizes: MeasuredSharpness[] }, boolean> {
    const source = intake(products, sizes, 'hessian', 'measuredSharpness')
    if (!(typeof batches === 'object' && batches?.length > 0))
      refuse('batches', 'a list of batch sizes', show(batches), 'type')
    const wanted = Array.from(batches, (batch, i) =>
      number(batch, `batches[${i}]`, { integer: true, min: 1, max: source.count }),
    )
    number(repeats, 'repeats', { integer: true, min: 1 })
    number(steps, 'steps', { integer: true, min: 1 })
    const rng = randomFrom(seed, 'seed')
    const measured: MeasuredSharpness[] = []
    for (const batch of wanted) {
      const tops: number[] = []
      const bottoms: number[] = []
      let stop = false
      while (tops.length < repeats && !stop) {
        const operator = source.at(rng.choice(source.count, batch))
        const { highest, lowest } = spectrum(operator, { probes: 1, steps, seed: rng, history: false })
        tops.push(highest)
        bottoms.push(lowest)
        stop = yield { batch, repeat: tops.length, highest }
      }
      const highest = mean(tops)
      const squares = tops.reduce((sum, x) => sum + (x - highest) * (x - highest), 0)
      measured.push({
        batch,
        highest,
        standardError: tops.length > 1 ? Math.sqrt(squares / (tops.length - 1) / tops.length) : Infinity,
        lowest: mean(bottoms),
        repeats: tops.length,
      })
      if (stop) break
    }
    return { sizes: measured }
  },
  { maxIterations: Number.MAX_SAFE_INTEGER, options: ['batches', 'repeats', 'steps', 'seed', 'count', 'size'] },
)

const mean = (x: number[]): number => x.reduce((sum, v) => sum + v, 0) / x.length
