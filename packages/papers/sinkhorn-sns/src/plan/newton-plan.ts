import { allocate } from '@opt/core'
import { transportKernels } from '@opt/core/transport'
import { type PlanKernels, planKernels } from '../kernels.ts'
import type { Problem } from '../problem/problem.ts'
import { directionViews, NewtonDirection, SPARSE_SHARE } from './newton-direction.ts'
import { planViews } from './plan-views.ts'
import { ScaledPlan } from './scaled-plan.ts'
import { Screen } from './screen.ts'
import { binViews, type Counted, thresholdByCount, thresholdByMass, thresholdByRoom } from './sparsify.ts'
import type { Direction, PlanReadout, Threshold, TransportPlan, Trial, WorkingPotentials } from './transport-plan.ts'

/** Marginals below this have underflowed. */
const EMPTY = 1e-290
/** Entries that are left out of a screen add up to at most this share of the error. */
const LEFT_OUT = 0.01
/** ... and are looked at again when what they may hide exceeds this share of it. */
const HIDDEN = 0.5

/** Entries of P are 0 when they are smaller than the smallest mass by exp of this. */
const NOTHING = 60
/** Scalings that may undo that. */
const REVISED = 1e8

/** The plan in memory with its Newton directions. */
export class NewtonPlan extends ScaledPlan implements TransportPlan {
  readonly floor = 1e-11
  readonly #direction: NewtonDirection
  readonly #kernels: PlanKernels
  readonly #counted: Counted
  /** While it is there P lags behind the potentials; only the kept entries follow. */
  #screen: Screen | null = null
  #error = Infinity
  /** Exponents below this add nothing to the sum of a row or column. */
  readonly #least: number

  constructor(problem: Problem) {
    const [n, m] = [problem.a.length, problem.b.length]
    const memory = allocate([transportKernels, planKernels], (views) => ({
      plan: planViews(n, m, views),
      direction: directionViews(n, m, views),
      bins: binViews(views),
    }))
    super(problem, memory.plan, memory.kernels)
    this.#kernels = memory.kernels
    this.#least = Math.min(smallest(problem.logA), smallest(problem.logB)) - NOTHING
    this.#counted = { P: this.views.P, ...memory.bins }
    this.#direction = new NewtonDirection(this, memory.direction, memory.kernels)
  }

  screen(error: number, target: number): void {
    if (this.#screen) return
    const entries = this.rows * this.columns
    const most = Math.floor(SPARSE_SHARE * entries)
    const { value, dropped } = thresholdByRoom(this.#counted, this.#kernels, (1e-3 * target) / entries, most)
    if (!(dropped <= LEFT_OUT * error)) return
    this.#direction.keep(value)
    this.#screen = new Screen(this, this.#kernels, this.#direction.kept)
    this.#error = error
  }

  unscreen(): boolean {
    if (this.#screen === null) return false
    this.evaluate()
    return true
  }

  override setPotentials(potentials: WorkingPotentials, epsilon: number): void {
    super.setPotentials(potentials, epsilon)
    this.#screen = null
  }

  protected override gibbs(F: Float64Array, G: Float64Array): void {
    const { C, P, r, c } = this.views
    this.#screen = null
    this.scaled = false
    const { data, stride } = C
    this.#kernels.gibbsAbove(
      this.rows,
      this.columns,
      data,
      stride,
      F,
      G,
      this.epsilon,
      this.#least,
      P.data,
      P.stride,
      r,
      c,
    )
  }

  /** Also whether the scalings are so large that entries left out may matter. */
  override get strained(): boolean {
    const { u, v } = this.views
    return this.scaled && (super.strained || largest(u) * largest(v) > REVISED)
  }

  /** Multiplies the scalings into P, and computes it again where they were {@link strained}. */
  override absorb(): void {
    const again = this.strained
    super.absorb()
    if (again) this.evaluate()
  }

  /** {@link ScaledPlan.balance}; an error of at most `target` is that of all entries. */
  override balance(target: number = Infinity): number {
    if (this.#screen) {
      this.#error = this.#screen.balance()
      const hidden = this.#screen.unseen(this.views.F, this.views.G)
      if (this.#error > Math.max(target, this.floor) && hidden <= HIDDEN * this.#error) return this.#error
      this.unscreen()
      const error = this.error()
      if (error <= target) return error
    }
    return super.balance()
  }

  thresholdByMass(mass: number, minimum: number): Threshold {
    if (this.#screen) return { value: 0, kept: this.#direction.kept.indptr[this.rows] }
    return thresholdByMass(this.#counted, this.#kernels, mass, minimum)
  }

  thresholdByCount(count: number): Threshold {
    return thresholdByCount(this.#counted, this.#kernels, count)
  }

  direct(threshold: number | null, tolerance: number): Direction {
    if (threshold !== null && !this.#screen) this.#direction.keep(threshold)
    const cg = this.#direction.compute(threshold === null ? 'all' : 'kept', tolerance)
    return { cg, slope: this.#slope(), reach: longest(this.#direction.dx, this.#direction.dy) }
  }

  tryStep(alpha: number): Trial {
    const { dx, dy } = this.#direction
    const { trialF, trialG, r, c } = this.views
    this.aim(alpha, dx, dy)
    if (this.#screen) this.#screen.gibbs(trialF, trialG)
    else this.gibbs(trialF, trialG)
    const hidden = this.#screen ? this.#screen.unseen(trialF, trialG) : 0
    return { slope: this.#slope(), empty: hidden > this.#error || anyEmpty(r) || anyEmpty(c) }
  }

  override read(): PlanReadout {
    this.unscreen()
    return super.read()
  }

  free(): void {}

  /** Derivative of the potential along the direction, where P stands. */
  #slope(): number {
    const { dx, dy } = this.#direction
    const { a, b, r, c } = this.views
    let sum = 0
    for (let i = 0; i < this.rows; i++) sum += (a[i] - r[i]) * dx[i]
    for (let j = 0; j < this.columns; j++) sum += (b[j] - c[j]) * dy[j]
    return sum
  }
}

function anyEmpty(sums: Float64Array): boolean {
  for (let k = 0; k < sums.length; k++) if (!(sums[k] > EMPTY)) return true
  return false
}

/** max |dx_i + dy_j|: how far the step moves an exponent. */
function longest(dx: Float64Array, dy: Float64Array): number {
  const [x, y] = [extremes(dx), extremes(dy)]
  return Math.max(Math.abs(x.high + y.high), Math.abs(x.low + y.low))
}

function extremes(v: Float64Array): { low: number; high: number } {
  let low = Infinity
  let high = -Infinity
  for (const x of v) {
    if (x < low) low = x
    if (x > high) high = x
  }
  return { low, high }
}

const smallest = (v: Float64Array): number => v.reduce((low, x) => Math.min(low, x), Infinity)

function largest(v: Float64Array): number {
  let high = 0
  for (let k = 0; k < v.length; k++) if (v[k] > high) high = v[k]
  return high
}
