import type { LowerLevel } from '@opt/bilevel'
import { nrm2 } from '@opt/core'
import type { RefineParameters, UpdateParameters } from './options.ts'

/** Gradient steps on the lower level that stay near where they begin; memory is allocated once. */
export class LowerSteps {
  readonly #lower: LowerLevel<never>
  readonly #batch: () => unknown
  readonly #gx: Float64Array
  readonly #gy: Float64Array
  readonly #centre: Float64Array
  readonly #average: Float64Array

  constructor(lower: LowerLevel<never>, n: number, m: number, batch: () => unknown) {
    this.#lower = lower
    this.#batch = batch
    this.#gx = new Float64Array(n)
    this.#gy = new Float64Array(m)
    this.#centre = new Float64Array(m)
    this.#average = new Float64Array(m)
  }

  /** Epoch-SGD: y becomes the average of an epoch's iterates; then half the step, twice the steps, a smaller ball. */
  refine(x: Float64Array, y: Float64Array, { step, steps, radius, epochs }: RefineParameters): void {
    for (let epoch = 0; epoch < epochs; epoch++) {
      this.#descend(x, y, step, steps, radius)
      y.set(this.#average)
      step /= 2
      steps *= 2
      radius /= Math.SQRT2
    }
  }

  /** Periodic update: y becomes the last iterate, or the average. */
  update(x: Float64Array, y: Float64Array, { step, steps, radius, average }: UpdateParameters): void {
    this.#descend(x, y, step, steps, radius)
    if (average) y.set(this.#average)
  }

  /** Takes steps in the ball around y, and averages the points at which they are taken. */
  #descend(x: Float64Array, y: Float64Array, step: number, steps: number, radius: number): void {
    const [gx, gy, centre, average] = [this.#gx, this.#gy, this.#centre, this.#average]
    centre.set(y)
    average.fill(0)
    for (let t = 0; t < steps; t++) {
      for (let j = 0; j < y.length; j++) average[j] += y[j] / steps
      this.#lower.gradient(x, y, gx, gy, this.#batch() as never)
      for (let j = 0; j < y.length; j++) y[j] -= step * gy[j]
      if (radius < Infinity) projectOnBall(y, centre, radius, gy)
    }
  }
}

/** Moves y to the nearest point of the ball, with `offset` as memory. */
function projectOnBall(y: Float64Array, centre: Float64Array, radius: number, offset: Float64Array): void {
  for (let j = 0; j < y.length; j++) offset[j] = y[j] - centre[j]
  const distance = nrm2(offset)
  if (distance > radius) for (let j = 0; j < y.length; j++) y[j] = centre[j] + (radius / distance) * offset[j]
}
