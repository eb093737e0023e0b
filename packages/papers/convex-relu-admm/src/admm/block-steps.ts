import { type MatrixView, transpose, type Views } from '@opt/core'
import { denseMatrix } from '../program/dense-matrix.ts'
import { totalLoss } from '../program/losses.ts'
import type { Problem } from '../program/problem.ts'
import { BlockGradient } from './block-gradient.ts'
import { type EigenvalueViews, eigenvalueViews, largestEigenvalue } from './eigenvalue.ts'
import type { Operators, Sizes } from './operators.ts'
import { type Prepared, prepare } from './prepare.ts'
import type { SplitState } from './state.ts'

interface BlockViews {
  eigenvalue: EigenvalueViews
  /** X'X, and X'D_i X. */
  gram: MatrixView
  inner: MatrixView
  masked: MatrixView
  /** G'(s - nu). */
  H: MatrixView
  moved: Float64Array
}

const layout = (views: Views, { n, d, P }: Sizes): BlockViews => ({
  eigenvalue: eigenvalueViews(views, d),
  gram: denseMatrix(views, d, d),
  inner: denseMatrix(views, d, d),
  masked: denseMatrix(views, n, d),
  H: denseMatrix(views, 2 * P, d),
  moved: views.f64(n),
})

/** Allocates the memory of block descent for a problem. */
export const blockSteps = (problem: Problem): Prepared<BlockDescent> =>
  prepare(problem, layout, ({ ops, state, views }) => new BlockDescent(problem, ops, state, views))

/** Backtracking as in the paper's code. */
const ARMIJO = {
  /** A step is accepted when it lowers L by this times its size times the gradient's norm, ... */
  decrease: 1e-3,
  /** ... or is this short. */
  shortest: 1e-8,
  /** Divides a rejected step. */
  shrink: 2.5,
  /**
   * The first trial step, divided by `cool` at each rejection, multiplied by `warm` at each step,
   * within [smallest, largest].
   */
  first: 2e-4,
  cool: 1.5,
  warm: 1.05,
  smallest: 1e-10,
  largest: 1e8,
}

/**
 * The update of u by gradient steps on random blocks of patterns, for a smooth loss:
 *
 *     min L(u) = loss(F u) + rho/2 (||u - v + lambda||^2 + ||G u - s + nu||^2)
 */
class BlockDescent {
  readonly #problem: Problem
  readonly #ops: Operators
  readonly #state: SplitState
  readonly #views: BlockViews
  readonly #gradient: BlockGradient
  /** 2 ||D_i X||^2 for each pattern, and 1 + ||X||^2. */
  readonly #lossCurvature: Float64Array
  readonly #penaltyCurvature: number
  #firstStep = ARMIJO.first
  #threshold: number

  constructor(problem: Problem, ops: Operators, state: SplitState, views: BlockViews) {
    const { n, d, P, X, Xt, D, kernels } = ops
    const { eigenvalue, gram, inner, masked } = views
    this.#problem = problem
    this.#ops = ops
    this.#state = state
    this.#views = views
    this.#threshold = problem.blocks.threshold
    this.#gradient = new BlockGradient(Math.min(problem.blocks.blockSize, P), problem.rho, ops, state, views)
    ops.multiply(Xt, X, gram)
    this.#penaltyCurvature = 1 + largestEigenvalue(gram, kernels, eigenvalue)
    const maskedT = transpose(masked)
    this.#lossCurvature = Float64Array.from({ length: P }, (_, i) => {
      for (let k = 0; k < n * d; k++) masked.data[k] = D.data[i * n + Math.floor(k / d)] * X.data[k]
      ops.multiply(maskedT, X, inner)
      return 2 * largestEigenvalue(inner, kernels, eigenvalue)
    })
  }

  /** Reads u and pull from the state. */
  begin(): void {
    const { U, XU, pull, f } = this.#state
    const { X, Xt } = this.#ops
    this.#ops.multiply(pull, X, this.#views.H)
    this.#ops.multiply(U, Xt, XU)
    this.#ops.predictions(XU, f)
  }

  /** Returns L(u), and brings XU and f up to date. */
  value(): number {
    const { E, Xt } = this.#ops
    const { u, v, lambda, U, XU, s, nu, f } = this.#state
    const { loss, y, rho } = this.#problem
    this.#ops.multiply(U, Xt, XU)
    this.#ops.predictions(XU, f)
    let square = 0
    for (let k = 0; k < u.length; k++) square += (u[k] - v[k] + lambda[k]) * (u[k] - v[k] + lambda[k])
    for (let half = 0, m = 0; half < 2; half++)
      for (let e = 0; e < E.length; e++, m++) {
        const off = E[e] * XU.data[m] - s[m] + nu[m]
        square += off * off
      }
    return totalLoss(loss, f, y) + 0.5 * rho * square
  }

  /** Makes one step in the blocks of these patterns, and returns how much L fell. */
  step(blocks: ArrayLike<number>): number {
    const { loss, y, rho, blocks: rule } = this.#problem
    const { f, g } = this.#state
    const { moved } = this.#views
    for (let k = 0; k < y.length; k++) g[k] = loss.derivative(f[k], y[k])
    const { slope, square, bend } = this.#gradient.differentiate(blocks)
    const before = totalLoss(loss, f, y)
    const change = (alpha: number): number => {
      let after = 0
      for (let k = 0; k < y.length; k++) after += loss.value(f[k] - alpha * moved[k], y[k])
      return after - before + rho * (0.5 * alpha * alpha * (square + bend) - alpha * slope)
    }
    let alpha = rule.step === 'safe' ? this.#safeStep(blocks) : this.#firstStep
    let decrease = -change(alpha)
    if (rule.step === 'armijo') {
      while (alpha > ARMIJO.shortest && !(decrease >= ARMIJO.decrease * alpha * Math.sqrt(square))) {
        alpha /= ARMIJO.shrink
        decrease = -change(alpha)
        this.#firstStep = Math.max(ARMIJO.smallest, this.#firstStep / ARMIJO.cool)
      }
      this.#firstStep = Math.min(ARMIJO.largest, this.#firstStep * ARMIJO.warm)
    }
    this.#gradient.descend(blocks, alpha)
    return decrease
  }

  /** Returns the inverse of a bound on L's curvature in the blocks. */
  #safeStep(blocks: ArrayLike<number>): number {
    let curvature = this.#problem.rho * this.#penaltyCurvature
    for (let b = 0; b < blocks.length; b++) curvature += this.#lossCurvature[blocks[b]]
    return 1 / curvature
  }

  /** Steps on random blocks until the mean of the last decreases is below the threshold, which then shrinks. */
  run(): void {
    const { P } = this.#ops
    const { blockSize, random, thresholdDecay } = this.#problem.blocks
    const size = Math.min(blockSize, P)
    const window = new Float64Array(Math.ceil(8 * Math.sqrt(P / size)))
    const one = [0]
    this.begin()
    const least = 1e-14 * (1 + Math.abs(this.value()))
    let sum = 0
    for (let k = 0; k < 1000 * P; k++) {
      one[0] = random.integer(0, P)
      const decrease = this.step(size === 1 ? one : random.choice(P, size))
      const slot = k % window.length
      sum += decrease - window[slot]
      window[slot] = decrease
      if (k >= window.length && !(sum >= window.length * Math.max(this.#threshold, least))) break
    }
    this.#threshold *= thresholdDecay
    this.#ops.multiply(this.#state.U, this.#ops.Xt, this.#state.XU)
  }
}
