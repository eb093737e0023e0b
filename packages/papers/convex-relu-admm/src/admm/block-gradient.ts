import type { MatrixView } from '@opt/core'
import type { Operators } from './operators.ts'
import type { SplitState } from './state.ts'

/**
 * How L changes along a step of -alpha times the gradient: by the change of the loss and rho
 * (alpha^2 (square + bend) / 2 - alpha slope).
 */
export interface Slopes {
  slope: number
  square: number
  bend: number
}

/** The arrays that {@link BlockGradient} works with. */
interface GradientViews {
  /** X'X. */
  gram: MatrixView
  /** G'(s - nu). */
  H: MatrixView
  /** The change of F u for a step of size -1. */
  moved: Float64Array
}

/** The gradient of block descent's objective L in the blocks of some patterns. */
export class BlockGradient {
  readonly #ops: Operators
  readonly #state: SplitState
  readonly #views: GradientViews
  readonly #rho: number
  /** For each pattern, v_i then w_i: the gradient, and the part of the quadratic terms over rho. */
  readonly #gradient: Float64Array
  readonly #pull: Float64Array

  constructor(maxBlocks: number, rho: number, ops: Operators, state: SplitState, views: GradientViews) {
    this.#ops = ops
    this.#state = state
    this.#views = views
    this.#rho = rho
    this.#gradient = new Float64Array(2 * ops.d * maxBlocks)
    this.#pull = new Float64Array(2 * ops.d * maxBlocks)
  }

  /** Differentiates L in the blocks, given the loss's gradient g in the predictions. */
  differentiate(blocks: ArrayLike<number>): Slopes {
    const { n, d, P, E } = this.#ops
    const { u, v, lambda, g } = this.#state
    const X = this.#ops.X.data
    const gram = this.#views.gram.data
    const H = this.#views.H.data
    const gradient = this.#gradient
    const pull = this.#pull
    const rho = this.#rho
    let slope = 0
    let square = 0
    let bend = 0
    for (let b = 0; b < blocks.length; b++) {
      const i = blocks[b]
      const at = 2 * d * b
      gradient.fill(0, at, at + d)
      for (let k = 0; k < n; k++)
        if (E[i * n + k] > 0) for (let j = 0; j < d; j++) gradient[at + j] += X[k * d + j] * g[k]
      for (let j = 0; j < d; j++) gradient[at + d + j] = -gradient[at + j]
      for (let half = 0; half < 2; half++) {
        const to = at + half * d
        const from = (half * P + i) * d
        for (let j = 0; j < d; j++) {
          let sum = u[from + j] - v[from + j] + lambda[from + j] - H[from + j]
          for (let l = 0; l < d; l++) sum += gram[j * d + l] * u[from + l]
          pull[to + j] = sum
          gradient[to + j] += rho * sum
        }
        for (let j = 0; j < d; j++) {
          slope += pull[to + j] * gradient[to + j]
          square += gradient[to + j] * gradient[to + j]
          for (let l = 0; l < d; l++) bend += gradient[to + j] * gram[j * d + l] * gradient[to + l]
        }
      }
    }
    this.#predictionChange(blocks)
    return { slope, square, bend }
  }

  /** moved = sum_i D_i X (gradient in v_i - gradient in w_i). */
  #predictionChange(blocks: ArrayLike<number>): void {
    const { n, d, E } = this.#ops
    const { moved } = this.#views
    const X = this.#ops.X.data
    moved.fill(0)
    for (let b = 0; b < blocks.length; b++)
      for (let k = 0, at = 2 * d * b; k < n; k++)
        if (E[blocks[b] * n + k] > 0)
          for (let j = 0; j < d; j++) moved[k] += X[k * d + j] * (this.#gradient[at + j] - this.#gradient[at + d + j])
  }

  /** Moves u in the blocks, and f, by -alpha times the gradient. */
  descend(blocks: ArrayLike<number>, alpha: number): void {
    const { d, P } = this.#ops
    const { u, f } = this.#state
    const { moved } = this.#views
    for (let b = 0; b < blocks.length; b++)
      for (let j = 0; j < d; j++) {
        u[blocks[b] * d + j] -= alpha * this.#gradient[2 * d * b + j]
        u[(P + blocks[b]) * d + j] -= alpha * this.#gradient[2 * d * b + d + j]
      }
    for (let k = 0; k < f.length; k++) f[k] -= alpha * moved[k]
  }
}
