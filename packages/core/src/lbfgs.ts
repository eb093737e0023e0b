import { allocate } from './allocate.ts'
import { type VectorLike, vector } from './arrays.ts'
import { callback, number, refuse, show } from './errors.ts'
import { scanKernels } from './kernels/scans.ts'
import { vectorKernels } from './kernels/vectors.ts'
import { type Report, type Solver, solver } from './solver.ts'
import { type WolfeConstants, wolfeStep } from './wolfe.ts'

/**
 * Returns the value at x and writes the gradient there.
 *
 * @param x must not be changed; the array is used again, so that who wants to keep it copies it.
 */
export type ValueAndGradient = (x: Float64Array, gradient: Float64Array) => number

/** Options of {@link lbfgs}. */
export interface LbfgsOptions {
  /** Pairs of steps and gradient differences that are remembered. Default 10. */
  memory?: number | undefined
  /** Constant c1 of the line search. Default 1e-4. */
  sufficientDecrease?: number | undefined
  /** Constant c2 of the line search, larger than c1 and below 1. Default 0.9. */
  curvature?: number | undefined
}

/** Report of {@link lbfgs} after each step. */
export interface LbfgsReport extends Report {
  /** Largest entry of the gradient in absolute value. */
  error: number
  value: number
  /** Length of the step in units of the direction. */
  step: number
}

/** Answer of {@link lbfgs}. */
export interface LbfgsSolution {
  x: Float64Array
  value: number
  gradient: Float64Array
  /** Calls of the objective. */
  evaluations: number
}

/**
 * Minimises a smooth function by limited-memory BFGS (Nocedal 1980; Liu and Nocedal 1989) with a strong Wolfe
 * line search.
 *
 * `error` is the largest entry of the gradient in absolute value, `tolerance` 1e-5 by default, as in scipy's
 * L-BFGS-B. A run that finds no lower point along the steepest descent ends as 'stalled': the gradient is
 * wrong, the function not smooth, or the tolerance below rounding.
 *
 * @param objective value and gradient; NaN or Infinity off the start makes the step shorter.
 * @param x0 start, n entries; not changed.
 * @throws TypeError or RangeError when an argument is wrong, or value or gradient at the start is not finite.
 */
export const lbfgs: Solver<
  [objective: ValueAndGradient, x0: VectorLike, options: LbfgsOptions],
  LbfgsReport,
  LbfgsSolution
> = solver(
  'lbfgs',
  function* (objective, x0, { memory = 10, sufficientDecrease = 1e-4, curvature = 0.9 }) {
    callback(objective, 'objective')
    number(memory, 'memory', { integer: true, min: 1, max: 1000 })
    number(sufficientDecrease, 'sufficientDecrease', { positive: true, max: 0.5 })
    number(curvature, 'curvature', { min: sufficientDecrease, max: 0.9999 })
    const run = new Run(objective, vector(x0, 'x0'), memory)
    if (run.error === 0) {
      yield { error: 0, value: run.value, step: 0 }
      return run.solution()
    }
    for (;;) {
      const step = run.advance({ sufficientDecrease, curvature })
      if (step === 0) return { ...run.solution(), message: 'no lower point along the steepest descent' }
      if (yield { error: run.error, value: run.value, step }) return run.solution()
    }
  },
  { tolerance: 1e-5, maxIterations: 15_000, options: ['memory', 'sufficientDecrease', 'curvature'] },
)

const EPSILON = 2.220446049250313e-16
/** 2^64 */
const STEP = 18446744073709552000

/**
 * A power of two near the size of the gradient, where that is far from 1: products of four gradients neither
 * overflow nor vanish.
 */
function scaleFor(size: number): number {
  let scale = 1
  while (size / scale > STEP) scale *= STEP
  while (size > 0 && size / scale < 1 / STEP) scale /= STEP
  return scale
}

/** The iterate and what is remembered of the steps before it. */
class Run {
  readonly #objective: ValueAndGradient
  readonly #n: number
  readonly #scale: number
  /** The value divided by the scale, as all gradients are. */
  #value: number
  readonly #views: ReturnType<typeof viewsFor>
  /** Pairs that are remembered; the latest stands at (#latest mod memory). */
  #pairs = 0
  #latest = -1
  #evaluations = 1

  constructor(objective: ValueAndGradient, x0: Float64Array, memory: number) {
    this.#objective = objective
    this.#n = x0.length
    this.#views = viewsFor(x0.length, memory)
    const { x, g } = this.#views
    x.set(x0)
    const value: unknown = objective(x, g)
    if (typeof value !== 'number') refuse('objective', 'a function that returns a number', show(value), 'type')
    if (!Number.isFinite(value)) refuse('objective at x0', 'a finite number', String(value))
    const wrong = this.#views.kernels.nonFinite(this.#n, g)
    if (wrong >= 0) refuse(`gradient at x0[${wrong}]`, 'a finite number', String(g[wrong]))
    this.#scale = scaleFor(this.#views.kernels.peak(this.#n, g))
    this.#value = value / this.#scale
    this.#rescale(g)
  }

  get value(): number {
    return this.#value * this.#scale
  }

  /** max |g_i| */
  get error(): number {
    return this.#views.kernels.peak(this.#n, this.#views.g) * this.#scale
  }

  #rescale(g: Float64Array): void {
    if (this.#scale !== 1) for (let i = 0; i < g.length; i++) g[i] /= this.#scale
  }

  /**
   * Takes a step along the quasi-Newton direction, or where that fails along the steepest descent; returns
   * its length, 0 for none.
   */
  advance(constants: WolfeConstants): number {
    const n = this.#n
    const { kernels, x, g, d, x1, g1 } = this.#views
    for (;;) {
      const steepest = this.#pairs === 0
      this.#direction()
      const start = { value: this.#value, slope: kernels.dot(n, g, d) }
      const first = steepest ? 1 / Math.sqrt(-start.slope) : 1
      const evaluate = (step: number) => {
        for (let i = 0; i < n; i++) x1[i] = x[i] + step * d[i]
        this.#evaluations++
        const value = this.#objective(x1, g1) / this.#scale
        this.#rescale(g1)
        return { step, value, slope: kernels.dot(n, g1, d) }
      }
      const found = start.slope < 0 && start.slope > -Infinity ? wolfeStep(evaluate, start, first, constants) : null
      if (found) {
        this.#remember(found.step * start.slope)
        this.#value = found.value
        x.set(x1)
        g.set(g1)
        return found.step
      }
      if (steepest) return 0
      this.#pairs = 0
    }
  }

  solution(): LbfgsSolution {
    const { x, g } = this.#views
    return { x: x.slice(), value: this.value, gradient: g.map((v) => v * this.#scale), evaluations: this.#evaluations }
  }

  /** d = -H g by the two-loop recursion (Nocedal and Wright 2006, algorithm 7.4). */
  #direction(): void {
    const n = this.#n
    const { kernels, g, d, S, Y, alpha, rho } = this.#views
    const memory = S.length
    for (let i = 0; i < n; i++) d[i] = -g[i]
    for (let k = 0; k < this.#pairs; k++) {
      const at = (this.#latest - k) % memory
      alpha[at] = rho[at] * kernels.dot(n, S[at], d)
      kernels.axpy(n, -alpha[at], Y[at], d)
    }
    if (this.#pairs === 0) return
    const last = this.#latest % memory
    const scale = 1 / (rho[last] * kernels.squaredNorm(n, Y[last]))
    for (let i = 0; i < n; i++) d[i] *= scale
    for (let k = this.#pairs - 1; k >= 0; k--) {
      const at = (this.#latest - k) % memory
      kernels.axpy(n, alpha[at] - rho[at] * kernels.dot(n, Y[at], d), S[at], d)
    }
  }

  /**
   * Remembers the step from x to x1, along which the value was to fall by -decrease, unless its curvature is
   * lost in rounding.
   */
  #remember(decrease: number): void {
    const n = this.#n
    const { kernels, x, g, x1, g1, S, Y, rho } = this.#views
    const at = (this.#latest + 1) % S.length
    for (let i = 0; i < n; i++) {
      S[at][i] = x1[i] - x[i]
      Y[at][i] = g1[i] - g[i]
    }
    const curvature = kernels.dot(n, S[at], Y[at])
    if (!(curvature > -EPSILON * decrease && curvature < Infinity)) {
      // The pair stands where the oldest one stood.
      this.#pairs = Math.min(this.#pairs, S.length - 1)
      return
    }
    rho[at] = 1 / curvature
    this.#latest++
    this.#pairs = Math.min(this.#pairs + 1, S.length)
  }
}

const viewsFor = (n: number, memory: number) =>
  allocate([vectorKernels, scanKernels], (views) => ({
    x: views.f64(n),
    g: views.f64(n),
    d: views.f64(n),
    x1: views.f64(n),
    g1: views.f64(n),
    S: Array.from({ length: memory }, () => views.f64(n)),
    Y: Array.from({ length: memory }, () => views.f64(n)),
    alpha: new Float64Array(memory),
    rho: new Float64Array(memory),
  }))
