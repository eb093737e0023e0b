import { allocate, matrixKernels, number, refuse, solveScratch } from '@opt/core'
import { inner } from '@opt/sets/parts'
import { factor } from '../linear/factor.ts'
import type { SecondOrder } from './over-ball.ts'

/** Newton steps for one mu. */
const STEPS = 200

const viewsOf = (n: number) =>
  allocate([matrixKernels], (views) => ({
    x: views.f64(n),
    gradient: views.f64(n),
    /** The Hessian of the loss, and its Cholesky factor. */
    H: views.matrix(n, n),
    L: views.matrix(n, n),
    /** The step, and the point it leads to. */
    p: views.f64(n),
    trial: views.f64(n),
    work: views.f64(solveScratch(n, n)),
  }))

/** Newton's method with a line search on loss(x) + (mu/2) ||x||^2; each run starts where the last ended. */
export class PenalisedNewton {
  readonly #loss: SecondOrder
  readonly #tolerance: number
  readonly #views: ReturnType<typeof viewsOf>
  /** The largest entry of the first gradient, which the tolerance is relative to. */
  #scale = 0

  constructor(loss: SecondOrder, n: number, tolerance: number) {
    this.#loss = loss
    this.#tolerance = tolerance
    this.#views = viewsOf(n)
  }

  get x(): Float64Array {
    return this.#views.x
  }

  /** The gradient of the loss where it was last evaluated. */
  get gradient(): Float64Array {
    return this.#views.gradient
  }

  /** Returns the loss; writes its gradient and Hessian. */
  evaluate(at: Float64Array = this.x): number {
    const { gradient, H } = this.#views
    const value = number(this.#loss(at, gradient, H.data, H.stride), 'overBall: the value of loss')
    if (!Number.isFinite(inner(gradient, gradient)))
      refuse('overBall: the gradient of loss', 'of a finite square', 'more')
    return value
  }

  length(): number {
    return Math.sqrt(inner(this.x, this.x))
  }

  /** Finds the minimiser for one mu; returns false when x gets longer than `limit`. */
  minimise(mu: number, limit: number): boolean {
    const { x, gradient, H, L, p, trial, work, kernels } = this.#views
    const value = (at: Float64Array) => this.evaluate(at) + (mu / 2) * inner(at, at)
    let f = value(x)
    for (let k = 0; k < STEPS; k++) {
      let size = 0
      for (let i = 0; i < p.length; i++) {
        p[i] = gradient[i] + mu * x[i]
        size = Math.max(size, Math.abs(p[i]))
      }
      if (this.#scale === 0) this.#scale = size
      if (size <= this.#tolerance * this.#scale) return true
      factor(kernels, H, mu, L, work)
      kernels.trsv(L, p)
      const decrement = inner(p, p)
      kernels.trsvT(L, p)
      let step = 1
      for (; step > 1e-12; step /= 2) {
        for (let i = 0; i < p.length; i++) trial[i] = x[i] - step * p[i]
        const next = value(trial)
        // Below the rounding of the values a full step is the better judge.
        if (next <= f - 0.25 * step * decrement || decrement <= 1e-13 * Math.abs(f)) {
          f = next
          break
        }
      }
      if (step <= 1e-12) return value(x) < Infinity
      x.set(trial)
      if (this.length() > limit) return false
    }
    return true
  }
}
