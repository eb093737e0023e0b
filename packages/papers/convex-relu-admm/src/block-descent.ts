import type { Views } from '@opt/core'
import { type EigenvalueViews, eigenvalueViews, largestEigenvalue } from './eigenvalue.ts'
import { totalLoss } from './losses.ts'
import type { Operators } from './operators.ts'
import type { Problem } from './problem.ts'
import type { SplitState } from './state.ts'

export interface BlockViews extends EigenvalueViews {
  /** X'X, and X'D_i X. */
  gram: Float64Array
  inner: Float64Array
  masked: Float64Array
  /** G'(s - nu). */
  H: Float64Array
  moved: Float64Array
}

export function blockViews(views: Views, n: number, d: number, P: number): BlockViews {
  return {
    ...eigenvalueViews(views, d),
    ...{ gram: views.f64(d * d), inner: views.f64(d * d), masked: views.f64(n * d) },
    ...{ H: views.f64(2 * P * d), moved: views.f64(n) },
  }
}

/** The paper's code: a step is accepted when it lowers the cost by `decrease` times its length, or is this short. */
const ARMIJO = {
  decrease: 1e-3,
  shortest: 1e-8,
  shrink: 2.5,
  first: 2e-4,
  cool: 1.5,
  warm: 1.05,
  least: 1e-10,
  most: 1e8,
}

/**
 * The u-step by gradient steps on random blocks of patterns, for a smooth loss:
 *
 *     min L(u) = loss(F u) + rho/2 (||u - v + lambda||^2 + ||G u - s + nu||^2)
 */
export class BlockDescent {
  readonly #problem: Problem
  readonly #ops: Operators
  readonly #state: SplitState
  readonly #views: BlockViews
  /** 2 ||D_i X||^2 for each pattern, and 1 + ||X||^2. */
  readonly #curvature: Float64Array
  readonly #spread: number
  /** For each half: the gradient in one block, and the regulariser's part of it over rho. */
  readonly #gradient: Float64Array
  readonly #pull: Float64Array
  #first = ARMIJO.first
  #threshold: number

  constructor(problem: Problem, ops: Operators, state: SplitState, views: BlockViews) {
    const { n, d, P, X, D, kernels, scratch } = ops
    const { gram, inner, masked } = views
    this.#problem = problem
    this.#ops = ops
    this.#state = state
    this.#views = views
    this.#threshold = problem.blocks.threshold
    const size = 2 * d * Math.min(problem.blocks.blockSize, P)
    this.#gradient = new Float64Array(size)
    this.#pull = new Float64Array(size)
    gram.fill(0)
    kernels.gemm(d, d, n, 1, X, 1, d, X, d, 1, gram, d, scratch)
    this.#spread = 1 + largestEigenvalue(d, gram, kernels, views)
    this.#curvature = Float64Array.from({ length: P }, (_, i) => {
      for (let k = 0; k < n * d; k++) masked[k] = D[i * n + Math.floor(k / d)] * X[k]
      inner.fill(0)
      kernels.gemm(d, d, n, 1, masked, 1, d, X, d, 1, inner, d, scratch)
      return 2 * largestEigenvalue(d, inner, kernels, views)
    })
  }

  /** Takes in the state's u, and E (s - nu) in R. */
  begin(): void {
    const { U, M, R, f } = this.#state
    this.#views.H.fill(0)
    this.#ops.adjoint(R, this.#views.H)
    this.#ops.project(U, M)
    this.#ops.predictions(M, f)
  }

  /** L(u) at the state's u; brings M = U X' and f up to date. */
  value(): number {
    const { n, P, E } = this.#ops
    const { U, V, L, M, S, N, f } = this.#state
    const { loss, y, rho } = this.#problem
    this.#ops.project(U, M)
    this.#ops.predictions(M, f)
    let square = 0
    for (let k = 0; k < U.length; k++) square += (U[k] - V[k] + L[k]) * (U[k] - V[k] + L[k])
    for (let row = 0; row < 2 * P; row++)
      for (let k = 0, e = this.#ops.signOffset(row), m = row * n; k < n; k++, e++, m++) {
        const off = E[e] * M[m] - S[m] + N[m]
        square += off * off
      }
    return totalLoss(loss, f, y) + 0.5 * rho * square
  }

  /** One step on the blocks of these patterns; returns how much L fell. */
  step(blocks: ArrayLike<number>): number {
    const { loss, y, rho, blocks: rule } = this.#problem
    const { f, g } = this.#state
    for (let k = 0; k < y.length; k++) g[k] = loss.derivative(f[k], y[k])
    const { slope, square, bend } = this.#differentiate(blocks)
    this.#predictionChange(blocks)
    const { moved } = this.#views
    const before = totalLoss(loss, f, y)
    const change = (alpha: number): number => {
      let after = 0
      for (let k = 0; k < y.length; k++) after += loss.value(f[k] - alpha * moved[k], y[k])
      return after - before + rho * (0.5 * alpha * alpha * (square + bend) - alpha * slope)
    }

    let alpha = 0
    let decrease = 0
    if (rule.step === 'safe') {
      let curvature = rho * this.#spread
      for (let b = 0; b < blocks.length; b++) curvature += this.#curvature[blocks[b]]
      alpha = 1 / curvature
      decrease = change(alpha)
    } else {
      alpha = this.#first
      // Ends: steps start at no more than `most`.
      for (decrease = change(alpha); alpha > ARMIJO.shortest; decrease = change(alpha)) {
        if (decrease <= -ARMIJO.decrease * alpha * Math.sqrt(square)) break
        alpha /= ARMIJO.shrink
        this.#first = Math.max(ARMIJO.least, this.#first / ARMIJO.cool)
      }
      this.#first = Math.min(ARMIJO.most, this.#first * ARMIJO.warm)
    }
    this.#move(blocks, alpha)
    return -decrease
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
    this.#ops.project(this.#state.U, this.#state.M)
  }

  /** Writes the gradient of L in the blocks. With the step -alpha gradient, L changes by loss + rho (alpha^2 (square + bend) / 2 - alpha slope). */
  #differentiate(blocks: ArrayLike<number>): { slope: number; square: number; bend: number } {
    const { n, d, P, X, E } = this.#ops
    const { U, V, L, g } = this.#state
    const { gram, H } = this.#views
    const [gradient, pull, rho] = [this.#gradient, this.#pull, this.#problem.rho]
    let [slope, square, bend] = [0, 0, 0]
    for (let b = 0; b < blocks.length; b++) {
      const i = blocks[b]
      const at = 2 * d * b
      gradient.fill(0, at, at + d)
      for (let k = 0; k < n; k++)
        if (E[i * n + k] > 0) for (let j = 0; j < d; j++) gradient[at + j] += X[k * d + j] * g[k]
      for (let j = 0; j < d; j++) gradient[at + d + j] = -gradient[at + j]
      for (const half of [0, 1]) {
        const [own, u] = [at + half * d, (half * P + i) * d]
        for (let j = 0; j < d; j++) {
          let sum = U[u + j] - V[u + j] + L[u + j] - H[u + j]
          for (let l = 0; l < d; l++) sum += gram[j * d + l] * U[u + l]
          pull[own + j] = sum
          gradient[own + j] += rho * sum
        }
        for (let j = 0; j < d; j++) {
          slope += pull[own + j] * gradient[own + j]
          square += gradient[own + j] * gradient[own + j]
          for (let l = 0; l < d; l++) bend += gradient[own + j] * gram[j * d + l] * gradient[own + l]
        }
      }
    }
    return { slope, square, bend }
  }

  /** moved = sum_i D_i X (gradient in v_i - gradient in w_i). */
  #predictionChange(blocks: ArrayLike<number>): void {
    const { n, d, X, E } = this.#ops
    const { moved } = this.#views
    moved.fill(0)
    for (let b = 0; b < blocks.length; b++)
      for (let k = 0, at = 2 * d * b; k < n; k++)
        if (E[blocks[b] * n + k] > 0)
          for (let j = 0; j < d; j++) moved[k] += X[k * d + j] * (this.#gradient[at + j] - this.#gradient[at + d + j])
  }

  #move(blocks: ArrayLike<number>, alpha: number): void {
    const { d, P } = this.#ops
    const { U, f } = this.#state
    const { moved } = this.#views
    for (let b = 0; b < blocks.length; b++)
      for (let j = 0; j < d; j++) {
        U[blocks[b] * d + j] -= alpha * this.#gradient[2 * d * b + j]
        U[(P + blocks[b]) * d + j] -= alpha * this.#gradient[2 * d * b + d + j]
      }
    for (let k = 0; k < f.length; k++) f[k] -= alpha * moved[k]
  }
}
