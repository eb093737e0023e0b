import { number, refuse, show } from '@opt/core'

/** What {@link smoothnessConstants} needs to know of a problem. */
export interface ProblemConstants {
  /** mu: g(x, .) is mu-strongly convex. */
  mu: number
  /** l0: bound of the gradient of F in y. */
  l0: number
  /** l1: bound of the norm of d2g/dxdy. */
  l1: number
  /** l2: Lipschitz constant of d2g/dxdy and d2g/dydy. */
  l2: number
  /** |grad_x F(u) - grad_x F(v)| <= (Lx0 + Lx1 |grad_x F(u)|) |u - v| for near u and v. */
  Lx0: number
  Lx1: number
  /** Likewise the gradient in y. */
  Ly0: number
  Ly1: number
}

function given<T extends object>(value: T, label: string): T {
  if (typeof value !== 'object' || value === null) refuse(label, 'an object of numbers', show(value), 'type')
  return value
}

/**
 * Returns K0 and K1 with |grad Phi(x) - grad Phi(x')| <= (K0 + K1 |grad Phi(x)|) |x - x'| for near x and x' (Hao, Gong and
 * Liu 2024, the lemma on the relaxed smoothness of Phi).
 *
 * @throws TypeError or RangeError when a constant is negative or not finite, or mu not positive.
 */
export function smoothnessConstants(constants: ProblemConstants): { K0: number; K1: number } {
  const name = 'smoothnessConstants: '
  const { mu, l0, l1, l2, Lx0, Lx1, Ly0, Ly1 } = given(constants, `${name}constants`)
  number(mu, `${name}mu`, { positive: true })
  for (const [label, value] of Object.entries({ l0, l1, l2, Lx0, Lx1, Ly0, Ly1 }))
    number(value, `${name}${label}`, { nonnegative: true })
  const kappa = l1 / mu
  const speed = Math.sqrt(1 + kappa * kappa)
  return {
    K1: speed * Lx1,
    K0: speed * (Lx0 + Lx1 * kappa * l0 + kappa * (Ly0 + Ly1 * l0) + ((l0 * l2) / mu) * (1 + kappa)),
  }
}

/** What {@link trackingBound} needs to know of a run. */
export interface TrackingConstants {
  /** Lipschitz constant of y*, at most l1 / mu. */
  kappa: number
  /** How much one periodic update shrinks the distance to y*, in [0, 1): (max |1 - gamma lambda|)^N. */
  contraction: number
  eta: number
  period: number
}

/**
 * Returns the bound kappa I eta / (1 - contraction) of |y_k - y*(x_k)| for all k, of runs on all data with normalised
 * steps, without a radius, from y = y*(x). It holds for every F: x moves by at most eta in a step, however steep F is.
 *
 * @throws TypeError or RangeError when a constant is wrong.
 */
export function trackingBound(constants: TrackingConstants): number {
  const name = 'trackingBound: '
  const { kappa, contraction, eta, period } = given(constants, `${name}constants`)
  number(kappa, `${name}kappa`, { nonnegative: true })
  number(contraction, `${name}contraction`, { nonnegative: true })
  if (contraction >= 1) refuse(`${name}contraction`, 'in [0, 1)', String(contraction))
  number(eta, `${name}eta`, { positive: true })
  number(period, `${name}period`, { integer: true, min: 1 })
  return (kappa * period * eta) / (1 - contraction)
}
