import { type QuadraticParts, type QuadraticSample, quadraticBilevel } from '@opt/bilevel'
import {
  allocate,
  calling,
  matrixKernels,
  number,
  options as optionsOf,
  Random,
  type RandomState,
  randomFrom,
  refuse,
  show,
  solveScratch,
  type VectorLike,
} from '@opt/core'
import type { MultiBlockProblem } from '../problem.ts'
import { Draw, halfOf, type Sampler } from '../samplers.ts'

/** Options of {@link QuadraticBlocks.noise}. */
export interface NoiseOptions {
  /** I. Default half of the blocks, at least 2 if there are 2. */
  blocksPerStep?: number | undefined
  /** B: the noise of a sample is that of the mean of so many. Default 1. */
  batchSize?: number | undefined
  /** Deviation of each entry that is added to b and t, for B = 1. Default 1. */
  deviation?: number | undefined
  /** Deviation of each entry that is added to A, relative to `deviation`. Default 0.3. */
  curvature?: number | undefined
  /** An integer, or a generator to draw from. Default 0. */
  seed?: number | Random | undefined
}

const NOISE_OPTIONS: readonly (keyof NoiseOptions)[] = ['blocksPerStep', 'batchSize', 'deviation', 'curvature', 'seed']

/** Quadratic blocks with everything in closed form. */
export interface QuadraticBlocks extends MultiBlockProblem<QuadraticSample> {
  /** Lengths of x and of each y_i. */
  readonly dimensions: { readonly x: number; readonly y: number }
  /** Returns y_i(x) of all blocks. */
  solution(x: VectorLike): Float64Array[]
  /** Returns Phi(x) and its gradient. */
  hyperobjective(x: VectorLike): { value: number; gradient: Float64Array }
  /**
   * Returns the x that minimises Phi.
   *
   * @throws RangeError when it is not unique.
   */
  optimum(): { x: Float64Array; value: number }
  /** Makes a sampler of blocks and of normal noise in A, b and t. */
  noise(options?: NoiseOptions): Sampler<QuadraticSample> & { state(): RandomState; load(state: RandomState): void }
}

/**
 * Makes a problem of quadratic blocks, g_i(x, y) = y'A_i y / 2 - y'(B_i x + b_i), F_i(x, y) = ||y - t_i||^2 / 2 +
 * rho ||x||^2 / 2, each made by `quadraticBilevel` of @opt/bilevel: to test methods, with and without noise.
 *
 * @param parts the parts of each block, all of the same sizes.
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function quadraticBlocks(parts: readonly QuadraticParts[]): QuadraticBlocks {
  const name = 'quadraticBlocks: '
  if (!Array.isArray(parts)) refuse(`${name}parts`, 'an array with the parts of each block', show(parts), 'type')
  if (parts.length === 0) refuse(`${name}parts`, 'nonempty', 'an array of length 0')
  const problems = parts.map((part) => quadraticBilevel(part))
  const m = problems.length
  const { dimensions } = problems[0]
  for (const [i, { dimensions: other }] of problems.entries())
    if (other.x !== dimensions.x || other.y !== dimensions.y)
      refuse(
        `${name}parts[${i}]`,
        `of ${dimensions.x} and ${dimensions.y} variables as the first`,
        `${other.x} and ${other.y}`,
      )
  const n = dimensions.x

  const hyperobjective = (x: VectorLike) => {
    const gradient = new Float64Array(n)
    let value = 0
    for (const problem of problems) {
      const one = problem.hyperobjective(x)
      value += one.value / m
      for (let j = 0; j < n; j++) gradient[j] += one.gradient[j] / m
    }
    return { value, gradient }
  }

  return {
    blocks: m,
    block: (i) => problems[number(i, 'block: i', { integer: true, min: 0, max: m - 1 })],
    dimensions,
    solution: (x) => problems.map((problem) => problem.solution(x)),
    hyperobjective,
    optimum() {
      // The gradient of Phi is linear in x; the second step corrects what the first one rounded.
      const x = new Float64Array(n)
      const { gradient: atZero } = hyperobjective(x)
      const columns = Array.from({ length: n }, (_, j) => {
        const unit = new Float64Array(n)
        unit[j] = 1
        return hyperobjective(unit).gradient.map((value, i) => value - atZero[i])
      })
      const newton = solverOf(columns, `${name}rho`)
      for (let step = 0; step < 2; step++) newton(hyperobjective(x).gradient).forEach((value, j) => (x[j] -= value))
      return { x, value: hyperobjective(x).value }
    },
    noise: (options) => calling('noise', () => noiseOf(m, dimensions.y, optionsOf(options, 'options', NOISE_OPTIONS))),
  }
}

/** Returns the solver of H p = r for a symmetric matrix of columns. */
function solverOf(columns: Float64Array[], label: string): (r: Float64Array) => Float64Array {
  const n = columns.length
  const { L, p, work, kernels } = allocate([matrixKernels], (views) => ({
    L: views.matrix(n, n),
    p: views.f64(n),
    work: views.f64(solveScratch(n, n)),
  }))
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) L.data[i * L.stride + j] = columns[j][i]
  if (kernels.potrf(L, work) > 0) refuse(label, 'positive for a unique optimum', 'another')
  return (r) => {
    p.set(r)
    kernels.trsv(L, p)
    kernels.trsvT(L, p)
    return p.slice()
  }
}

function noiseOf(m: number, d: number, options: NoiseOptions) {
  const { batchSize = 1, deviation = 1, curvature = 0.3, seed = 0 } = options
  const I = number(options.blocksPerStep ?? halfOf(m), 'blocksPerStep', { integer: true, min: 1, max: m })
  number(batchSize, 'batchSize', { integer: true, min: 1 })
  number(deviation, 'deviation', { nonnegative: true })
  number(curvature, 'curvature', { nonnegative: true })
  let rng = randomFrom(seed, 'seed')
  const sd = deviation / Math.sqrt(batchSize)
  const draw = new Draw(m)
  const chosen = new Int32Array(I)
  const noise: QuadraticSample = { E: new Float64Array(d * d), e: new Float64Array(d), u: new Float64Array(d) }
  const sample = { upper: noise, lower: noise }
  return {
    blocksPerStep: I,
    blocks: () => draw.distinct(rng, m, chosen),
    sample() {
      const { E, e, u } = noise
      for (let i = 0; i < d; i++) {
        for (let j = 0; j <= i; j++) E[i * d + j] = E[j * d + i] = rng.normal(0, curvature * sd)
        e[i] = rng.normal(0, sd)
        u[i] = rng.normal(0, sd)
      }
      return sample
    },
    state: () => rng.state(),
    load(state: RandomState) {
      rng = new Random(state)
    },
  }
}
