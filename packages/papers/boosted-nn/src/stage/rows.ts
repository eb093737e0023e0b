import { StageOutputs, type StageShape } from './stage.ts'

/** Rows with their targets, and their outputs F so far. */
export class Rows {
  readonly X: Float64Array
  readonly y: Float64Array
  /** n x K */
  readonly F: Float64Array
  readonly K: number
  /** Scratch for outputs after a step. */
  readonly trial: Float64Array
  readonly #stage: StageOutputs

  constructor(shape: StageShape, X: Float64Array, y: Float64Array) {
    this.X = X
    this.y = y
    this.K = shape.K
    this.trial = new Float64Array(y.length)
    this.F = new Float64Array(y.length)
    this.#stage = new StageOutputs(shape, X, y.length / shape.K)
  }

  /** The outputs h of a stage; overwritten by the next call. */
  outputs(x: Float64Array): Float64Array {
    this.#stage.compute(x)
    return this.#stage.h
  }

  /** F += step h, with the outputs that were computed last. */
  move(step: number): void {
    const { h } = this.#stage
    for (let i = 0; i < h.length; i++) this.F[i] += step * h[i]
  }
}
