import { norm, refuse, show } from '@opt/core'
import type { Dataset } from '../data/dataset.ts'
import type { Pass } from '../data/rows.ts'
import {
  type DescentReport,
  type DescentSolution,
  directionError,
  marginError,
  NEGLIGIBLE,
  type Plane,
  planeOf,
} from './plane.ts'
import { begin, load, type Run, type Setup, save } from './run.ts'

/** Passes of the perceptron before its planes are looked at. */
const FEW_PASSES = 10

/** Beyond this margin weights are shifted: exp(-300) is far from underflow. */
const DEEP = 300

/** Where squares, or digits of weights, begin to underflow. */
const TINY = 1e-140

/**
 * Follows w = theta / stepSize in the units of the rows, so that one formula holds for all steps:
 * the weight of a row is 1 / (1 + exp(scale z_i'w)), which for an infinite scale is the
 * perceptron's.
 */
export class Trajectory {
  readonly #data: Dataset
  readonly #setup: Setup
  readonly #scale: number
  /** theta = factor w. */
  readonly #factor: number
  readonly #direction: Float64Array
  readonly #run: Run
  /** Undefined while nobody has looked at the plane. */
  #pass: Pass | undefined
  #loss = 0
  #lower = -Infinity

  constructor(data: Dataset, setup: Setup) {
    const { stepSize } = setup
    const { unit, d } = data
    this.#data = data
    this.#setup = setup
    this.#scale = stepSize === Infinity ? Infinity : Math.min(stepSize * unit * unit, Number.MAX_VALUE)
    this.#factor = stepSize === Infinity ? unit : stepSize * unit
    if (stepSize < Infinity && !(this.#factor > 1e-300 && this.#factor < 1e300))
      refuse('stepSize', `between 1e-300 and 1e300 over the largest feature (about ${unit})`, show(stepSize))
    this.#direction = new Float64Array(d)
    this.#run = setup.resume === undefined ? begin(data, setup, this.#factor) : load(setup.resume, setup, data)
    this.#pass = this.#look()
  }

  get #seen(): Pass {
    return (this.#pass ??= this.#look())
  }

  /** Rows whose margin is 0 or less. */
  get misclassified(): number {
    return this.#seen.wrong
  }

  /** Whether the weighted rows prove that no plane separates. */
  get inseparable(): boolean {
    return this.#run.upper <= NEGLIGIBLE * this.#data.scaledRadius
  }

  /** Makes the step w += sum p_i z_i / divisor. */
  step(): void {
    const by = this.#setup.divisor === 'weights' ? this.#seen.total : this.#data.n
    const { w } = this.#run
    const direction = this.#direction
    if (by > 0) for (let j = 0; j < w.length; j++) w[j] += direction[j] / by
    this.#run.steps++
    this.#pass = this.#look()
  }

  /**
   * Makes a pass of the classical perceptron; returns the number of its corrections. A look at the
   * plane costs as much, and is worth it only on data that take many passes.
   */
  correct(): number {
    const corrections = this.#data.rows.correct(this.#run.w)
    this.#run.steps++
    this.#pass = this.#run.steps < FEW_PASSES ? undefined : this.#look()
    return corrections
  }

  report(): DescentReport {
    const { unit } = this.#data
    const report = {
      misclassified: this.misclassified,
      loss: this.#loss,
      marginLower: unit * this.#lower,
      marginUpper: unit * this.#run.upper,
    }
    return this.#setup.stopWhenSolved ? { error: this.misclassified, ...report } : report
  }

  answer(): DescentSolution {
    const { unit } = this.#data
    // Saved before a look that an uninterrupted run would not have taken.
    const state = save(this.#run, this.#setup)
    const { misclassified } = this
    const { wrong, lower, steps, w } = this.#run.best
    return {
      ...this.#plane(this.#run.w),
      loss: this.#loss,
      misclassified,
      marginLower: unit * this.#lower,
      marginUpper: unit * this.#run.upper,
      best: { ...this.#plane(w), misclassified: wrong, violation: Math.max(0, -lower) * unit, steps },
      state,
    }
  }

  #plane(w: Float64Array): Plane {
    return planeOf(this.#data, w, this.#factor)
  }

  #look(): Pass {
    const { rows, scaledRadius, unit } = this.#data
    const { tie } = this.#setup
    const weigh = () => rows.weigh(this.#run.w, { scale: this.#scale, tie, shift: this.#run.shift })
    let pass = weigh()
    const needed = this.#shiftFor(pass.least)
    if (Math.abs(needed - this.#run.shift) > 200) {
      this.#run.shift = needed
      pass = weigh()
    }
    this.#direction.set(pass.direction)
    // The perceptron's theta is w itself.
    this.#loss = rows.loss(this.#scale === Infinity ? unit * unit : this.#scale)
    if (pass.wrong === 0) pass.wrong = this.#recount()
    const length = norm(this.#run.w)
    const trivial = -scaledRadius
    this.#lower = length > TINY ? Math.max(trivial, pass.least / length - marginError(this.#data)) : trivial
    if (pass.total > TINY) {
      let square = 0
      for (const v of this.#direction) square += (v / pass.total) * (v / pass.total)
      this.#run.upper = Math.min(this.#run.upper, Math.sqrt(square) + directionError(this.#data, rows.n))
    }
    this.#remember(pass.wrong)
    return pass
  }

  /**
   * The shift without which all weights, and so their quotients, would underflow; sums over n may.
   */
  #shiftFor(least: number): number {
    const m = this.#scale * least
    return this.#setup.divisor === 'weights' && this.#scale < Infinity && m > DEEP ? m : 0
  }

  /**
   * Counts the mistakes of theta itself, whose rounding may have moved a margin that is almost 0.
   */
  #recount(): number {
    const theta = this.#run.w.map((v) => this.#factor * v)
    return this.#data.rows.margins(theta).reduce((wrong, m) => (m > 0 ? wrong : wrong + 1), 0)
  }

  #remember(wrong: number): void {
    const best = this.#run.best
    if (wrong > best.wrong || (wrong === best.wrong && this.#lower <= best.lower)) return
    best.w.set(this.#run.w)
    Object.assign(best, { wrong, lower: this.#lower, steps: this.#run.steps })
  }
}
