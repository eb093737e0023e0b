import {
  callback,
  log,
  number,
  type Random,
  type Report,
  randomFrom,
  refuse,
  type Solver,
  show,
  solver,
  type VectorLike,
  vector,
  vectorCopy,
} from '@opt/core'
import type { NormalSource } from '../cloud/normals.ts'
import { differenceGradient } from './difference-gradient.ts'

/** Options of {@link gradientDescent}. */
export interface FlowOptions {
  /** Default: central differences of f. */
  gradient?: ((x: Float64Array) => VectorLike) | undefined
  /** Length of a step in time. Default 0.001. */
  dt?: number | undefined
  /** rho: a step is rho dt grad f. Default 1. */
  learningRate?: number | undefined
}

/** Options of {@link langevin}. */
export interface LangevinOptions extends FlowOptions {
  /** Noise; at step k = 1, 2, ... it is sigma / log(k + 1) sqrt(dt). Default 10. */
  sigma?: number | undefined
  /** A seed, a generator, or recorded normals. Default 0. */
  random?: number | Random | NormalSource | undefined
}

/** The report of {@link langevin} on a step. */
export interface LangevinReport extends Report {
  x: Float64Array
}

/** The answer of {@link gradientDescent} and {@link langevin}. */
export interface FlowSolution {
  x: Float64Array
  /** f there. */
  value: number
}

/**
 * Minimises by gradient descent with a fixed step, x <- x - rho dt grad f(x): for comparison. `error` is the largest
 * |entry| of the gradient; `maxIterations` is 10,000 by default.
 *
 * @param x0 not changed.
 * @throws TypeError or RangeError that names the wrong argument.
 */
export const gradientDescent: Solver<
  [f: (x: Float64Array) => number, x0: VectorLike, options: FlowOptions],
  { error: number; x: Float64Array },
  FlowSolution
> = solver(
  'gradientDescent',
  function* (f, x0, options) {
    const { x, slope, rate } = flowOf(f, x0, options)
    for (;;) {
      const g = slope(x)
      let error = 0
      for (let j = 0; j < x.length; j++) error = Math.max(error, Math.abs(g[j]))
      if (yield { error, x: x.slice() }) return { x, value: f(x.slice()) }
      for (let j = 0; j < x.length; j++) x[j] -= rate * g[j]
    }
  },
  { maxIterations: 10_000, options: ['gradient', 'dt', 'learningRate'] },
)

/**
 * Minimises by annealed Langevin dynamics, x <- x - rho dt grad f(x) + sigma / log(k + 1) sqrt(dt) xi: for comparison.
 * It takes `maxIterations` steps, by default 10,000; the answer is the last point.
 *
 * @param x0 not changed.
 * @throws TypeError or RangeError that names the wrong argument, or says that x is no longer finite.
 */
export const langevin: Solver<
  [f: (x: Float64Array) => number, x0: VectorLike, options: LangevinOptions],
  LangevinReport,
  FlowSolution
> = solver(
  'langevin',
  function* (f, x0, options) {
    const { x, slope, rate, dt } = flowOf(f, x0, options)
    const report = (): LangevinReport => ({ x: x.slice() })
    const sigma = number(options.sigma ?? 10, 'sigma', { nonnegative: true })
    const source = sourceOf(options.random ?? 0)
    for (let k = 1; ; k++) {
      const g = slope(x)
      const width = (sigma / log(k + 1)) * Math.sqrt(dt)
      for (let j = 0; j < x.length; j++) x[j] = x[j] - rate * g[j] + width * source.normal()
      if (yield report()) return { x, value: f(x.slice()) }
    }
  },
  { maxIterations: 10_000, options: ['gradient', 'dt', 'learningRate', 'sigma', 'random'] },
)

function flowOf(
  f: (x: Float64Array) => number,
  x0: VectorLike,
  { gradient, dt = 0.001, learningRate = 1 }: FlowOptions,
) {
  callback(f, 'f')
  number(dt, 'dt', { positive: true })
  number(learningRate, 'learningRate', { positive: true })
  const x = vectorCopy(x0, 'x0')
  if (gradient !== undefined) callback(gradient, 'gradient')
  const slope = (at: Float64Array) =>
    gradient === undefined
      ? differenceGradient(f, at)
      : vector(gradient(at.slice()), 'gradient(x)', { length: x.length })
  return { x, slope, rate: learningRate * dt, dt }
}

function sourceOf(random: number | Random | NormalSource): { normal(): number } {
  if (typeof random === 'number') return randomFrom(random, 'random')
  if (typeof random?.normal !== 'function')
    refuse('random', 'a seed, a Random, or an object with normal()', show(random), 'type')
  return random
}
