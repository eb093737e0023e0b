import { number } from '@opt/core'
import type { Iterate } from './iterate.ts'
import type { SubgmState } from './state.ts'
import type { StepRule } from './step-rules.ts'

/** What the solvers report at each U_t, before the step from it. */
export interface SubgmReport {
  /** s_t / s_0, an estimate of norm(U_t U_t' - X) / norm(X), which outliers move up a little. */
  error: number
  /** f(U_t), the mean |r_k|; of gradient descent half the mean r_k^2. */
  objective: number
  /** s_t, the q-quantile of the |r_k| divided by that of |N(0, 1)|. */
  scale: number
  /** eta_t. */
  stepSize: number
}

/** What a descent remembers of its progress. */
export interface Landmark {
  /** The largest scale of the last whole window. */
  last: number
  /** The largest scale of this window so far. */
  largest: number
  /** Eigenvalues of U'U at the end of the last window; empty before. */
  eigenvalues: number[]
}

/** Iterations of a window: a descent without progress from one to the next has stalled. */
const WINDOW = 50

/** Eigenvalues of U'U that grow by this factor in a window are on their way, if they are above the dust. */
const GROWTH = 1.3
const DUST = 1e-12

/** What a descent is told. */
export interface Descent {
  rule: StepRule
  /** s_0. */
  initialScale: number
  /** The eta that step rules are told. */
  eta: () => number
  /** Where it starts, and where it is: all but the factor is kept up to date. */
  state: SubgmState
  /** Whether the first iterate has been reported already, and its step size is known. */
  resumed: boolean
  /** The error at which it ends of itself. Default: never. */
  until?: number | undefined
}

/** U_{t+1} = U_t - eta_t D_t until it is asked to stop, has reached an error, stalls or diverges: it returns which. */
export function* descend(
  iterate: Iterate,
  { rule, initialScale, eta, state, resumed, until = -1 }: Descent,
): Generator<SubgmReport, 'asked' | 'reached' | 'stalled' | 'diverged', boolean> {
  for (let first = resumed; ; first = false, state.iteration++) {
    iterate.evaluate()
    const { scale, objective, subgradientNorm } = iterate
    if (!(scale < Infinity && subgradientNorm < Infinity)) {
      iterate.back()
      iterate.evaluate()
      yield { error: Number.NaN, objective: iterate.objective, scale: iterate.scale, stepSize: 0 }
      return 'diverged'
    }
    if (!first)
      state.stepSize = rule({
        iteration: state.iteration,
        factor: iterate.factor,
        objective,
        scale,
        subgradientNorm,
        initialScale,
        get eta() {
          return eta()
        },
      })
    const stepSize = number(state.stepSize, 'stepSize', { nonnegative: true })
    const error = scale / (initialScale || 1)
    if (!first && (yield { error, objective, scale, stepSize })) return 'asked'
    if (error <= until) return 'reached'
    if (hasStalled(state.landmark, state.iteration, iterate, scale)) return 'stalled'
    iterate.move(stepSize)
  }
}

/**
 * Whether the largest scale has not fallen by 1 % from the last window to this, which ends at t. Columns that still grow
 * geometrically show in the residuals only when they have grown.
 */
function hasStalled(landmark: Landmark, t: number, iterate: Iterate, scale: number): boolean {
  landmark.largest = Math.max(landmark.largest, scale)
  if ((t + 1) % WINDOW !== 0) return false
  const { last, largest, eigenvalues: before } = landmark
  const now = iterate.eigenvalues()
  const least = DUST * now[now.length - 1]
  const grows = now.some((value, k) => value > least && value > GROWTH * (before[k] ?? 0))
  Object.assign(landmark, { last: largest, largest: 0, eigenvalues: Array.from(now) })
  return largest >= 0.99 * last && !grows
}
