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
  readonly #cross: Float64Array
  readonly #fy: Float64Array
  readonly #now: { gy: Float64Array; residual: Float64Array }
  readonly #previous: { gy: Float64Array; residual: Float64Array }

  constructor(dimensions: { x: number; y: number }, weights: Weights) {
    this.#weights = weights
    this.#gx = new Float64Array(dimensions.x)
    this.#cross = new Float64Array(dimensions.x)
    const vector = () => new Float64Array(dimensions.y)
    this.#fy = vector()
    this.#now = { gy: vector(), residual: vector() }
    this.#previous = { gy: vector(), residual: vector() }
  }

  run(block: Block, input: BlockInput, out: BlockOutput): void {
    const { x, y, adjoint, previousX, previousY, previousAdjoint, sample } = input
    const { alpha, gamma } = input.first ? FIRST : this.#weights
    const [now, previous] = [this.#now, this.#previous]
    this.#evaluate(block, x, y, adjoint, sample, now, out.G)
    this.#evaluate(block, previousX, previousY, previousAdjoint, sample, previous, out.previousG)
    track(input.s, now.gy, previous.gy, alpha, gamma, out.s)
    track(input.tracked, now.residual, previous.residual, alpha, gamma, out.tracked)
  }

  /** Writes grad_y g, d2yy g v - grad_y F, and grad_x F - d2xy g v. */
  #evaluate(
    { upper, lower }: Block,
    x: Float64Array,
    y: Float64Array,
    v: Float64Array,
    sample: BlockSample<unknown> | undefined,
    { gy, residual }: { gy: Float64Array; residual: Float64Array },
    G: Float64Array,
  ): void {
    const [cross, fy] = [this.#cross, this.#fy]
    lower.gradient(x, y, this.#gx, gy, sample?.lower)
    lower.hvp(x, y, v, cross, residual, sample?.lower)
    upper.gradient(x, y, G, fy, sample?.upper)
    for (let j = 0; j < residual.length; j++) residual[j] -= fy[j]
    for (let j = 0; j < G.length; j++) G[j] -= cross[j]
  }
}
