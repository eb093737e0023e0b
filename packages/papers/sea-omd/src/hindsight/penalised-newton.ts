import { allocate, type MatrixKernels, type MatrixView, matrixKernels, number, refuse, solveScratch } from '@opt/core'
import { factor } from '../linear/factor.ts'
import { inner } from '../linear/vectors.ts'
import type { SecondOrder } from './over-ball.ts'

/** Newton steps for one mu. */
const STEPS = 200

/** Newton's method with a line search on loss(x) + (mu/2) ||x||^2; each run starts where the last ended. */
export class PenalisedNewton {
  readonly #loss: SecondOrder
  readonly #tolerance: number
  readonly #kernels: MatrixKernels
  /** The Hessian of the loss, and its Cholesky factor. */
  readonly #H: MatrixView
  readonly #L: MatrixView
  readonly #work: Float64Array
  readonly #p: Float64Array
  readonly #trial: Float64Array
  /** The largest entry of the gradient at the very start, which the tolerance is relative to. */
  #scale = 0
  readonly x: Float64Array
  /** The gradient of the loss where it was last evaluated. */
  readonly gradient: Float64Array

  constructor(loss: SecondOrder, n: number, tolerance: number) {
    this.#loss = loss
    this.#tolerance = tolerance
    const { H, L, work, p, trial, x, gradient, kernels } = allocate([matrixKernels], (views) => ({
      H: views.matrix(n, n),
      L: views.matrix(n, n),
      work: views.f64(solveScratch(n, n)),
      p: views.f64(n),
      trial: views.f64(n),
      x: views.f64(n),
      gradient: views.f64(n),
    }))
    this.#kernels = kernels
    this.#H = H
    this.#L = L
    this.#work = work
    this.#p = p
    this.#trial = trial
    this.x = x
    this.gradient = gradient
  }

  /** Returns the loss; writes its gradient and Hessian. */
  evaluate(at: Float64Array = this.x): number {
    const value = number(this.#loss(at, this.gradient, this.#H.data, this.#H.stride), 'overBall: the value of loss')
    if (!Number.isFinite(inner(this.gradient, this.gradient)))
      refuse('overBall: the gradient of loss', 'of a finite square', 'more')
    return value
  }

  length(): number {
    return Math.sqrt(inner(this.x, this.x))
  }

  /** Finds the minimiser for one mu; returns false when x gets longer than `limit`. */
  minimise(mu: number, limit: number): boolean {
    const { x, gradient } = this
    const [kernels, L, p, trial] = [this.#kernels, this.#L, this.#p, this.#trial]
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
      factor(kernels, this.#H, mu, L, this.#work)
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
