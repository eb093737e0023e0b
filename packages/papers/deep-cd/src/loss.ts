import { allFinite, calling, dot, type VectorLike, vector } from '@opt/core'
import { type System, type SystemMatrix, systemOf } from './system/system.ts'

/** Answer of {@link directionLoss}. */
export interface DirectionLoss {
  /** |r - alpha A f|^2; 1 for a useless f. */
  value: number
  /** Exact line search: f'r / f'A f. */
  alpha: number
  /** Gradient in f, alpha's part included. */
  gradient: Float64Array
}

/**
 * Computes the paper's loss of a search direction and its gradient: how much of the residual is left after an exact
 * line search along f, |r - alpha A f|^2 with alpha = f'r / f'A f. No solution is needed, and the length and the sign
 * of f do not matter. With it you can train a network of your own.
 *
 * A direction with f'A f <= 0, or that is not finite, has loss |r|^2 and gradient 0.
 *
 * @param A symmetric positive definite.
 * @param r residual, of unit length in the paper.
 * @param f the network's answer.
 * @throws TypeError or RangeError when A is not symmetric or a length does not fit.
 */
export function directionLoss(A: SystemMatrix, r: VectorLike, f: VectorLike): DirectionLoss {
  return calling('directionLoss', () => {
    const system = systemOf(A)
    const { n } = system
    const gradient = new Float64Array(n)
    const work = [new Float64Array(n), new Float64Array(n)]
    const { value, alpha } = lossInto(
      system,
      vector(r, 'r', { length: n }),
      vector(f, 'f', { length: n }),
      gradient,
      work,
    )
    return { value, alpha, gradient }
  })
}

/** {@link directionLoss} of checked arguments, without allocations. */
export function lossInto(
  system: System,
  r: Float64Array,
  f: Float64Array,
  gradient: Float64Array,
  [Af, d]: readonly Float64Array[],
): { value: number; alpha: number } {
  const { n } = system
  gradient.fill(0)
  system.multiply(f, Af)
  const curvature = dot(f, Af)
  const alpha = dot(f, r) / curvature
  if (!(curvature > 0 && Number.isFinite(alpha))) return { value: dot(r, r), alpha: 0 }
  for (let i = 0; i < n; i++) d[i] = -2 * (r[i] - alpha * Af[i])
  const value = dot(d, d) / 4
  const slope = dot(d, Af) / curvature
  system.multiply(d, gradient)
  for (let i = 0; i < n; i++) gradient[i] = alpha * gradient[i] + slope * (r[i] - 2 * alpha * Af[i])
  if (allFinite(gradient)) return { value, alpha }
  gradient.fill(0)
  return { value: dot(r, r), alpha: 0 }
}
