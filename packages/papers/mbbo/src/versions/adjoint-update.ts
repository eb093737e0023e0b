import { track } from '../msvr.ts'
import type { Block } from '../problem.ts'
import {
  type BlockInput,
  type BlockOutput,
  type BlockSample,
  type BlockUpdate,
  FIRST,
  type Weights,
} from './block-update.ts'

/**
 * Version 2: estimates of the gradients in y_i, and of d2yy g_i v_i - grad_y F_i, with which v_i descends to the
 * adjoint; products with the Hessian only.
 */
export class AdjointUpdate implements BlockUpdate {
  readonly #weights: Weights
  readonly #gx: Float64Array
  readonly #fy: Float64Array
  readonly #cross: Float64Array
  readonly #now: Float64Array
  readonly #previous: Float64Array

  constructor(dimensions: { x: number; y: number }, weights: Weights) {
    this.#weights = weights
    this.#gx = new Float64Array(dimensions.x)
    this.#cross = new Float64Array(dimensions.x)
    this.#fy = new Float64Array(dimensions.y)
    this.#now = new Float64Array(dimensions.y)
    this.#previous = new Float64Array(dimensions.y)
  }

  run(block: Block, input: BlockInput, out: BlockOutput): void {
    const { x, y, adjoint: v, previousX, previousY, previousAdjoint: previousV, sample } = input
    const { alpha, gamma } = input.first ? FIRST : this.#weights
    const [now, previous] = [this.#now, this.#previous]
    block.lower.gradient(x, y, this.#gx, now, sample?.lower)
    block.lower.gradient(previousX, previousY, this.#gx, previous, sample?.lower)
    track(input.s, now, previous, alpha, gamma, out.s)

    this.#linearize(block, x, y, v, sample, now, out.G)
    this.#linearize(block, previousX, previousY, previousV, sample, previous, out.previousG)
    track(input.tracked, now, previous, alpha, gamma, out.tracked)
  }

  /** Writes d2yy g v - grad_y F and grad_x F - d2xy g v. */
  #linearize(
    { upper, lower }: Block,
    x: Float64Array,
    y: Float64Array,
    v: Float64Array,
    sample: BlockSample<unknown> | undefined,
    residual: Float64Array,
    G: Float64Array,
  ): void {
    const [cross, fy] = [this.#cross, this.#fy]
    upper.gradient(x, y, G, fy, sample?.upper)
    lower.hvp(x, y, v, cross, residual, sample?.lower)
    for (let j = 0; j < residual.length; j++) residual[j] -= fy[j]
    for (let j = 0; j < G.length; j++) G[j] -= cross[j]
  }
}
