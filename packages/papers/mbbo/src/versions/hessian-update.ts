import { allocate, matrixKernels, solveScratch } from '@opt/core'
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
import { SpectrumProjection } from './spectrum.ts'

/** Version 1: estimates of the gradients in y_i and of the Hessians d2yy g_i, with which the adjoints are solved for. */
export class HessianUpdate implements BlockUpdate {
  readonly #weights: Weights
  readonly #projection: SpectrumProjection
  readonly #gx: Float64Array
  readonly #cross: Float64Array
  readonly #unit: Float64Array
  readonly #column: Float64Array
  readonly #now: { gy: Float64Array; hessian: Float64Array }
  readonly #previous: { gy: Float64Array; hessian: Float64Array }
  readonly #memory: ReturnType<typeof memoryFor>

  constructor(dimensions: { x: number; y: number }, weights: Weights, bounds: readonly [number, number]) {
    const { x, y } = dimensions
    this.#weights = weights
    this.#projection = new SpectrumProjection(y, bounds)
    this.#gx = new Float64Array(x)
    this.#cross = new Float64Array(x)
    this.#unit = new Float64Array(y)
    this.#column = new Float64Array(y)
    this.#now = { gy: new Float64Array(y), hessian: new Float64Array(y * y) }
    this.#previous = { gy: new Float64Array(y), hessian: new Float64Array(y * y) }
    this.#memory = memoryFor(y)
  }

  run(block: Block, input: BlockInput, out: BlockOutput): void {
    const { x, y, previousX, previousY, sample, first } = input
    const { alpha, gamma } = first ? FIRST : this.#weights
    const [now, previous] = [this.#now, this.#previous]
    this.#evaluate(block, x, y, sample, now)
    if (first) {
      // There is no older estimate: the first sample is solved with.
      out.tracked.set(now.hessian)
      this.#projection.apply(out.tracked)
    }
    this.#hypergradient(block, x, y, first ? out.tracked : input.adjoint, sample, out.G)
    this.#evaluate(block, previousX, previousY, sample, previous)
    this.#hypergradient(block, previousX, previousY, first ? out.tracked : input.previousAdjoint, sample, out.previousG)
    track(input.s, now.gy, previous.gy, alpha, gamma, out.s)
    track(input.tracked, now.hessian, previous.hessian, alpha, gamma, out.tracked)
    this.#projection.apply(out.tracked)
  }

  /** Writes grad_y g and d2yy g, the latter from its products where the level does not give it. */
  #evaluate(
    { lower }: Block,
    x: Float64Array,
    y: Float64Array,
    sample: BlockSample<unknown> | undefined,
    { gy, hessian }: { gy: Float64Array; hessian: Float64Array },
  ): void {
    lower.gradient(x, y, this.#gx, gy, sample?.lower)
    if (lower.hessian) {
      lower.hessian(x, y, hessian, sample?.lower)
      return
    }
    const [unit, column] = [this.#unit, this.#column]
    const n = unit.length
    for (let j = 0; j < n; j++) {
      unit[j] = 1
      lower.hvp(x, y, unit, this.#cross, column, sample?.lower)
      unit[j] = 0
      for (let i = 0; i < n; i++) hessian[i * n + j] = column[i]
    }
  }

  /** Writes grad_x F - d2xy g H^-1 grad_y F; NaN where H is not positive definite to rounding. */
  #hypergradient(
    { upper, lower }: Block,
    x: Float64Array,
    y: Float64Array,
    H: Float64Array,
    sample: BlockSample<unknown> | undefined,
    G: Float64Array,
  ): void {
    const { L, a, work, kernels } = this.#memory
    const cross = this.#cross
    upper.gradient(x, y, G, a, sample?.upper)
    const n = a.length
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) L.data[i * L.stride + j] = H[i * n + j]
    if (kernels.potrf(L, work) > 0) a.fill(NaN)
    else {
      kernels.trsv(L, a)
      kernels.trsvT(L, a)
    }
    lower.hvp(x, y, a, cross, this.#column, sample?.lower)
    for (let j = 0; j < G.length; j++) G[j] -= cross[j]
  }
}

const memoryFor = (n: number) =>
  allocate([matrixKernels], (views) => ({
    L: views.matrix(n, n),
    a: views.f64(n),
    work: views.f64(solveScratch(n, n)),
  }))
