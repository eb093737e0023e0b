import { number, type Report, refuse, type Solver, show, solver, type VectorLike, vectorCopy } from '@opt/core'
import { checkObjective, type Objective } from './constants.ts'
import { type FlowConstants, type FlowLyapunov, flowLyapunov, takeFlowConstants } from './lyapunov.ts'

/** Options of {@link lionFlow}. */
export interface FlowOptions extends FlowConstants {
  /** How long to follow the flow. */
  duration: number
  /** Default 0.01. */
  stepSize?: number
  /** Default 0. */
  m0?: VectorLike
}

/** Where the flow is. */
export interface FlowReport extends Report {
  time: number
  x: Float64Array
  m: Float64Array
  lyapunov: FlowLyapunov
}

/** Where the flow ended. */
export interface FlowSolution {
  time: number
  x: Float64Array
  m: Float64Array
}

const LOST: FlowLyapunov = { value: NaN, delta1: NaN, delta2: NaN, decrease: NaN }

/**
 * Follows the flow that Lion-K discretises,
 *
 *     m' = -alpha grad f(x) - gamma m,   x' = dK(m + epsilon m') - lambda x
 *
 * by the classical Runge-Kutta method of order 4, of lower order where K has kinks. Lion-K with step eps is its Euler
 * scheme at alpha = gamma = (1 - beta2) / eps, epsilon gamma = 1 - beta1.
 *
 * @param objective f, for the Lyapunov function, and its gradient.
 * @throws TypeError or RangeError naming what is wrong.
 */
export const lionFlow: Solver<[objective: Objective, x0: VectorLike, options: FlowOptions], FlowReport, FlowSolution> =
  solver(
    'lionFlow',
    function* (
      objective: Objective,
      x0: VectorLike,
      options: FlowOptions,
    ): Generator<FlowReport, FlowSolution, boolean> {
      checkObjective(objective, 'objective')
      const constants = takeFlowConstants('lionFlow', options)
      const { kernel, alpha, gamma, epsilon, lambda } = constants
      const duration = number(options.duration, 'duration', { positive: true })
      const stepSize = number(options.stepSize ?? 0.01, 'stepSize', { positive: true })
      const steps = Math.max(1, Math.ceil(duration / stepSize - 1e-9))
      if (steps > Number.MAX_SAFE_INTEGER) refuse('stepSize', `a part of duration ${duration}`, show(stepSize))
      const h = duration / steps
      const x = vectorCopy(x0, 'x0')
      const n = x.length
      kernel.check?.(n, 'lionFlow: x0')
      const m = options.m0 === undefined ? new Float64Array(n) : vectorCopy(options.m0, 'm0', { length: n })

      const vectors = () => Array.from({ length: 4 }, () => new Float64Array(n))
      const [speedX, speedM] = [vectors(), vectors()]
      const [atX, atM, gradient, mixed] = vectors()
      /** Velocities at (x + factor dx, m + factor dm) into stage k. */
      const stage = (k: number, factor: number) => {
        for (let i = 0; i < n; i++) {
          atX[i] = k === 0 ? x[i] : x[i] + factor * speedX[k - 1][i]
          atM[i] = k === 0 ? m[i] : m[i] + factor * speedM[k - 1][i]
        }
        objective.gradient(atX, gradient)
        for (let i = 0; i < n; i++) {
          speedM[k][i] = -alpha * gradient[i] - gamma * atM[i]
          mixed[i] = atM[i] + epsilon * speedM[k][i]
        }
        kernel.subgradient(mixed, speedX[k])
        for (let i = 0; i < n; i++) speedX[k][i] -= lambda * atX[i]
      }

      for (let step = 0; step <= steps; step++) {
        const time = step * h
        objective.gradient(x, gradient)
        const f = objective.value(x)
        const finite = Number.isFinite(f) && [x, m, gradient].every((values) => values.every(Number.isFinite))
        const lyapunov = finite ? flowLyapunov({ f, x, m, gradient }, constants) : LOST
        const place = { time, x: x.slice(), m: m.slice(), lyapunov }
        const wrapUp = yield finite ? place : { ...place, error: NaN }
        if (wrapUp || step === steps) return { time, x, m }
        stage(0, 0)
        stage(1, h / 2)
        stage(2, h / 2)
        stage(3, h)
        for (let i = 0; i < n; i++) {
          x[i] += (h / 6) * (speedX[0][i] + 2 * speedX[1][i] + 2 * speedX[2][i] + speedX[3][i])
          m[i] += (h / 6) * (speedM[0][i] + 2 * speedM[1][i] + 2 * speedM[2][i] + speedM[3][i])
        }
      }
      return { time: duration, x, m }
    },
    { maxIterations: Number.MAX_SAFE_INTEGER },
  )
