import { number, options, type Report, refuse, type Solver, show, solver, type VectorLike, vectorCopy } from '@opt/core'
import type { ConvexFunction } from '../convex/convex-function.ts'
import { checkAnswers, checkObjective, checkVectors, type Objective } from './checks.ts'
import { fenchelYoung, type LyapunovPoint } from './lyapunov.ts'
import { monotone, scaled } from './vectors.ts'

/**
 * The constants of the flow m' = -alpha grad f(x) - gamma m, x' = dK(m + epsilon m') - lambda x;
 * positive but for epsilon.
 */
export interface FlowConstants {
  /** K. */
  kernel: ConvexFunction
  alpha: number
  gamma: number
  /** From 0 to 1 / gamma. */
  epsilon: number
  lambda: number
}

function checkFlowConstants(caller: string, constants: FlowConstants): FlowConstants {
  const { alpha, gamma, epsilon, lambda, ...rest } = options(constants, `${caller}: constants`)
  const kernel = checkAnswers(rest.kernel, `${caller}: kernel`)
  number(alpha, `${caller}: alpha`, { positive: true })
  number(gamma, `${caller}: gamma`, { positive: true })
  number(lambda, `${caller}: lambda`, { positive: true })
  number(epsilon, `${caller}: epsilon`, { nonnegative: true })
  if (epsilon * gamma > 1) refuse(`${caller}: epsilon`, `at most 1 / gamma = ${1 / gamma}`, show(epsilon))
  return { kernel, alpha, gamma, epsilon, lambda }
}

/** The Lyapunov function of the flow at a point, and how fast it falls there. */
export interface FlowLyapunov {
  /** H; Infinity outside the domain of K*. */
  value: number
  /** (mixed - dK*(lambda x)).(dK(mixed) - lambda x) >= 0; NaN outside the domain of K*. */
  delta1: number
  /** m'.(dK(mixed) - dK(m)) >= 0. */
  delta2: number
  /** -dH/dt; NaN outside the domain of K*. */
  decrease: number
}

/**
 * The Lyapunov function of the flow, with mixed = m + epsilon m':
 *
 *     H = alpha f(x) + (gamma / lambda) K*(lambda x) + (1 - epsilon gamma) / (1 + epsilon lambda) [K*(lambda x) + K(m) - lambda x.m]
 *     -dH/dt = (lambda + gamma) / (1 + epsilon lambda) delta1 + (1 - epsilon gamma) / (1 + epsilon lambda) delta2
 *
 * @param point.gradient the gradient of f at x.
 * @throws TypeError or RangeError that names the wrong argument.
 */
export function flowLyapunov(point: LyapunovPoint & { gradient: VectorLike }, constants: FlowConstants): FlowLyapunov {
  const { kernel: K, alpha, gamma, epsilon, lambda } = checkFlowConstants('flowLyapunov', constants)
  const given = options(point, 'flowLyapunov: point')
  const { x, m, gradient } = checkVectors('flowLyapunov', K, { x: given.x, m: given.m, gradient: given.gradient })
  const f = number(given.f, 'flowLyapunov: f')
  const velocity = m.map((v, i) => -alpha * gradient[i] - gamma * v)
  const mixed = m.map((v, i) => v + epsilon * velocity[i])
  const [atMixed, atM, s] = [m.slice(), m.slice(), m.slice()]
  K.subgradient(mixed, atMixed)
  K.subgradient(m, atM)
  let delta2 = 0
  for (let i = 0; i < m.length; i++) delta2 += velocity[i] * (atMixed[i] - atM[i])

  const { conjugate, gap } = fenchelYoung(K, lambda, x, m)
  if (conjugate === Infinity) return { value: Infinity, delta1: NaN, delta2, decrease: NaN }
  const y = scaled(lambda, x)
  K.conjugateSubgradient(y, s)
  const delta1 = monotone(atMixed, y, mixed, s)
  const c = (1 - epsilon * gamma) / (1 + epsilon * lambda)
  return {
    value: alpha * f + (gamma / lambda) * conjugate + c * gap,
    delta1,
    delta2,
    decrease: ((lambda + gamma) / (1 + epsilon * lambda)) * delta1 + c * delta2,
  }
}

/** Options of {@link lionFlow}. */
export interface FlowOptions extends FlowConstants {
  /** The time for which to follow the flow, positive. */
  duration: number
  /** Default 0.01. */
  stepSize?: number | undefined
  /** The momentum at the start. Default 0. */
  m0?: VectorLike | undefined
}

/** A point of the flow. */
export interface FlowSolution {
  time: number
  x: Float64Array
  m: Float64Array
}

/** Progress of {@link lionFlow}. */
export interface FlowReport extends Report, FlowSolution {
  lyapunov: FlowLyapunov
}

const LOST: FlowLyapunov = { value: NaN, delta1: NaN, delta2: NaN, decrease: NaN }

/**
 * Follows the flow that Lion-K discretises,
 *
 *     m' = -alpha grad f(x) - gamma m,   x' = dK(m + epsilon m') - lambda x
 *
 * by the classical Runge-Kutta method, which is of order 4 where K is smooth and of lower order at
 * its kinks. Lion-K with step eps is its Euler scheme for alpha = gamma = (1 - beta2) / eps,
 * epsilon gamma = 1 - beta1.
 *
 * @param objective f and its gradient.
 * @returns the end of the path; its points are the solver's reports.
 * @throws TypeError or RangeError that names the wrong argument.
 */
export const lionFlow: Solver<[objective: Objective, x0: VectorLike, options: FlowOptions], FlowReport, FlowSolution> =
  solver(
    'lionFlow',
    function* (objective, x0, options) {
      checkObjective(objective, 'objective')
      const constants = checkFlowConstants('lionFlow', options)
      const { kernel: K, alpha, gamma, epsilon, lambda } = constants
      const duration = number(options.duration, 'duration', { positive: true })
      const stepSize = number(options.stepSize ?? 0.01, 'stepSize', { positive: true })
      const steps = Math.max(1, Math.ceil(duration / stepSize - 1e-9))
      if (steps > Number.MAX_SAFE_INTEGER) refuse('stepSize', `a part of duration ${duration}`, show(stepSize))
      const h = duration / steps
      const x = vectorCopy(x0, 'x0')
      const n = x.length
      K.check?.(n, 'lionFlow: x0')
      const m = options.m0 === undefined ? new Float64Array(n) : vectorCopy(options.m0, 'm0', { length: n })

      const vectors = () => Array.from({ length: 4 }, () => new Float64Array(n))
      const [speedX, speedM] = [vectors(), vectors()]
      const [atX, atM, gradient, mixed] = vectors()
      /** Writes the velocities of stage k, at (x, m) plus `factor` times those of the stage before. */
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
        K.subgradient(mixed, speedX[k])
        for (let i = 0; i < n; i++) speedX[k][i] -= lambda * atX[i]
      }

      for (let step = 0; ; step++) {
        const time = step * h
        objective.gradient(x, gradient)
        const f = objective.value(x)
        const finite = Number.isFinite(f) && [x, m, gradient].every((values) => values.every(Number.isFinite))
        const lyapunov = finite ? flowLyapunov({ f, x, m, gradient }, constants) : LOST
        const report: FlowReport = { time, x: x.slice(), m: m.slice(), lyapunov }
        const stop = yield finite ? report : { ...report, error: NaN }
        if (stop || step === steps) return { time, x, m }
        stage(0, 0)
        stage(1, h / 2)
        stage(2, h / 2)
        stage(3, h)
        for (let i = 0; i < n; i++) {
          x[i] += (h / 6) * (speedX[0][i] + 2 * speedX[1][i] + 2 * speedX[2][i] + speedX[3][i])
          m[i] += (h / 6) * (speedM[0][i] + 2 * speedM[1][i] + 2 * speedM[2][i] + speedM[3][i])
        }
      }
    },
    {
      maxIterations: Number.MAX_SAFE_INTEGER,
      options: ['duration', 'stepSize', 'm0', 'kernel', 'alpha', 'gamma', 'epsilon', 'lambda'],
    },
  )
