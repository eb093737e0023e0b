import { allocate, type KernelsOf, number, oneOf, type Random } from '@opt/core'
import type { Oracle, Sight } from '../model/oracle.ts'
import { type Box, intervals } from './box.ts'
import { barrierKernels } from './kernels.ts'

/** How the inner problem is minimized. */
export type BarrierMethod = 'adam' | 'sign' | 'gd'

/** Options of the barrier. */
export interface BarrierOptions {
  /** The constant of the barrier (default 2e-3): to suit the scale of the loss; from 1e-2 on it halves the attack. */
  c?: number | undefined
  /** The factor of |delta|^2 / 2 (default 0). */
  lambda?: number | undefined
  /** The number of steps (default 10). */
  steps?: number | undefined
  /** The length of a step, or its factor for 'gd' (default 2.5 epsilon / steps). */
  stepSize?: number | undefined
  /** Default 'adam'. */
  method?: BarrierMethod | undefined
  /** The share of each interval that perturbations stay away from its ends, in (0, .5) (default 0.02). */
  tau?: number | undefined
}

/** Checked {@link BarrierOptions}. */
export interface BarrierSettings {
  readonly c: number
  readonly lambda: number
  readonly steps: number
  readonly stepSize: number
  readonly method: BarrierMethod
  readonly tau: number
}

export function checkBarrier(options: BarrierOptions, epsilon: number): BarrierSettings {
  const { c = 2e-3, lambda = 0, steps = 10, method = 'adam', tau = 0.02 } = options
  number(c, 'c', { positive: true, min: 1e-60, max: 1e60 })
  number(lambda, 'lambda', { min: 0, max: 1e60 })
  number(steps, 'steps', { integer: true, min: 1 })
  oneOf(method, 'method', ['adam', 'sign', 'gd'])
  number(tau, 'tau', { min: 1e-6, max: 0.499 })
  const stepSize = number(options.stepSize ?? (2.5 * epsilon) / steps, 'stepSize', { min: 0, max: 1e60 })
  return { c, lambda, steps, stepSize, method, tau }
}

type Floats = Float64Array

/**
 * The lower level, minimized for a batch: b(delta) = -l(x + delta) + (lambda/2)|delta|^2 - c sum_j [log(hi_j - delta_j) +
 * log(delta_j - lo_j)]. Its arrays are allocated once.
 */
export class BarrierProblem {
  readonly #kernels: KernelsOf<readonly [typeof barrierKernels]>
  readonly #box: Box
  readonly #settings: BarrierSettings
  readonly #m: Floats
  readonly #v: Floats
  readonly #gradient: Floats
  /** Examples x inputs, like the others. */
  readonly delta: Floats
  readonly low: Floats
  readonly high: Floats
  readonly direction: Floats
  /** inputs + delta, as {@link pointsOf} writes them. */
  readonly points: Floats
  readonly size: number

  constructor(size: number, box: Box, settings: BarrierSettings) {
    const { kernels, ...views } = allocate([barrierKernels], (views) => ({
      delta: views.f64(size),
      low: views.f64(size),
      high: views.f64(size),
      direction: views.f64(size),
      gradient: views.f64(size),
      m: views.f64(size),
      v: views.f64(size),
    }))
    this.#kernels = kernels
    this.#box = box
    this.#settings = settings
    this.#m = views.m
    this.#v = views.v
    this.#gradient = views.gradient
    this.delta = views.delta
    this.low = views.low
    this.high = views.high
    this.direction = views.direction
    this.points = new Float64Array(size)
    this.size = size
  }

  /** Sets the intervals to those of other inputs. */
  center(inputs: Floats): void {
    intervals(inputs, this.#box, this.low, this.high)
  }

  /**
   * Starts from (lo + hi)/2 + (hi - lo)(1 - 2 tau) u/2, u uniform in (-1, 1), or from given perturbations, moved into the
   * intervals without their ends.
   */
  start(from: Random | ArrayLike<number> | null): void {
    const { delta, low, high, size } = this
    const { tau } = this.#settings
    const random = from !== null && 'uniform' in from ? from : null
    const given = random ? null : (from as ArrayLike<number> | null)
    for (let i = 0; i < size; i++) {
      const width = high[i] - low[i]
      if (given) delta[i] = Math.max(low[i] + tau * width, Math.min(high[i] - tau * width, given[i]))
      else delta[i] = 0.5 * (low[i] + high[i]) + (random ? 0.5 * width * (1 - 2 * tau) * random.uniform(-1, 1) : 0)
    }
    this.#m.fill(0)
    this.#v.fill(0)
  }

  /** Takes the steps; `look` returns the gradient of the losses at the points of the present delta. */
  descend(look: () => Floats): void {
    const { c, lambda, steps, stepSize, method, tau } = this.#settings
    const { delta, low, high } = this
    const n = delta.length
    let [first, second] = [1, 1]
    for (let t = 0; t < steps; t++) {
      this.#gradient.set(look())
      if (method !== 'adam') {
        const signs = Number(method === 'sign')
        this.#kernels.barrierStep(n, delta, low, high, this.#gradient, c, lambda, stepSize, tau, signs)
        continue
      }
      first *= 0.9
      second *= 0.999
      // biome-ignore format: arrays, then numbers
      this.#kernels.barrierAdam(
        n, delta, low, high, this.#gradient, this.#m, this.#v, c, lambda, stepSize, tau, 1 - first, 1 - second,
      )
    }
  }

  /** Writes {@link direction}, q_i = grad_x l_i / (lambda + D_i), within the set if `clamp`. */
  implicit(gradient: ArrayLike<number>, clamp: boolean): Floats {
    const { c, lambda } = this.#settings
    const { delta, low, high, direction } = this
    this.#gradient.set(gradient)
    const n = delta.length
    this.#kernels.barrierDirection(n, delta, low, high, this.#gradient, direction, c, lambda, Number(clamp))
    return direction
  }

  /** Writes {@link points}. */
  pointsOf(inputs: Floats): Floats {
    const { points } = this
    for (let i = 0; i < points.length; i++) points[i] = inputs[i] + this.delta[i]
    return points
  }
}

/** Attacks by the barrier; `seen` is called with what the model sees at every point but the last. */
export function runBarrier(
  problem: BarrierProblem,
  oracle: Oracle,
  inputs: Floats,
  labels: Int32Array,
  seen: (sight: Sight) => Floats,
): Floats {
  problem.descend(() => seen(oracle.crossEntropy(problem.pointsOf(inputs), labels)))
  return problem.pointsOf(inputs)
}
