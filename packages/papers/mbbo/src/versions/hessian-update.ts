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
  readonly #now: Float64Array
  readonly #previous: Float64Array
  readonly #unit: Float64Array
  readonly #cross: Float64Array
  readonly #hessian: Float64Array
  readonly #previousHessian: Float64Array
  readonly #memory: ReturnType<typeof memoryFor>

  constructor(dimensions: { x: number; y: number }, weights: Weights, bounds: readonly [number, number]) {
    const { x, y } = dimensions
    this.#weights = weights
    this.#projection = new SpectrumProjection(y, bounds)
    this.#gx = new Float64Array(x)
    this.#cross = new Float64Array(x)
    this.#now = new Float64Array(y)
    this.#previous = new Float64Array(y)
    this.#unit = new Float64Array(y)
    this.#hessian = new Float64Array(y * y)
    this.#previousHessian = new Float64Array(y * y)
    this.#memory = memoryFor(y)
  }

  run(block: Block, input: BlockInput, out: BlockOutput): void {
    const { x, y, adjoint: H, previousX, previousY, previousAdjoint: previousH, sample } = input
    const { alpha, gamma } = input.first ? FIRST : this.#weights
    block.lower.gradient(x, y, this.#gx, this.#now, sample?.lower)
    block.lower.gradient(previousX, previousY, this.#gx, this.#previous, sample?.lower)
    track(input.s, this.#now, this.#previous, alpha, gamma, out.s)

    this.#evaluateHessian(block, x, y, sample, this.#hessian)
    this.#evaluateHessian(block, previousX, previousY, sample, this.#previousHessian)
    track(input.tracked, this.#hessian, this.#previousHessian, alpha, gamma, out.tracked)
    this.#projection.apply(out.tracked)

    this.#hypergradient(block, x, y, input.first ? out.tracked : H, sample, out.G)
    this.#hypergradient(block, previousX, previousY, input.first ? out.tracked : previousH, sample, out.previousG)
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
    lower.hvp(x, y, a, cross, this.#now, sample?.lower)
    for (let j = 0; j < G.length; j++) G[j] -= cross[j]
  }

  /** Writes d2yy g, from its products where the level does not give it. */
  #evaluateHessian(
    { lower }: Block,
    x: Float64Array,
    y: Float64Array,
    sample: BlockSample<unknown> | undefined,
    H: Float64Array,
  ): void {
    if (lower.hessian) {
      lower.hessian(x, y, H, sample?.lower)
      return
    }
    const [unit, column] = [this.#unit, this.#now]
    const n = unit.length
    for (let j = 0; j < n; j++) {
      unit[j] = 1
      lower.hvp(x, y, unit, this.#cross, column, sample?.lower)
      unit[j] = 0
      for (let i = 0; i < n; i++) H[i * n + j] = column[i]
    }
  }
}

const memoryFor = (n: number) =>
  allocate([matrixKernels], (views) => ({
    L: views.matrix(n, n),
    a: views.f64(n),
    work: views.f64(solveScratch(n, n)),
  }))
