import { number, options as optionsOf } from '@opt/core'

/** What {@link stableEta} needs to know of the inner problem. */
export interface InnerConstants {
  /** L_f, the Lipschitz constant of the gradient of f in y. */
  smoothness: number
  /** A bound of the spectral norm of the Jacobian of g in y. Default 1, what g should be scaled to. */
  jacobian?: number | undefined
  /** mu, the strong convexity of f in y. Default 0. */
  convexity?: number | undefined
  /** Default 10. */
  gamma1?: number | undefined
  /** Default 1. */
  gamma2?: number | undefined
}

/**
 * Returns 2 rho / L^2, below which steps eta of theta and lambda contract towards the saddle point at fixed x, y and z:
 * rho = min(mu + 1 / gamma_1, 1 / gamma_2) is the strong monotonicity of the map of both, and
 * L = max(L_f + 1 / gamma_1, 1 / gamma_2) + |J_y g| bounds its Lipschitz constant where g is affine in y. Half of it is
 * the fastest in the bound.
 *
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function stableEta(given: InnerConstants): number {
  const name = 'stableEta: '
  const constants = optionsOf(given, `${name}constants`, ['smoothness', 'jacobian', 'convexity', 'gamma1', 'gamma2'])
  const smoothness = number(constants.smoothness, `${name}smoothness`, { nonnegative: true })
  const jacobian = number(constants.jacobian ?? 1, `${name}jacobian`, { nonnegative: true })
  const convexity = number(constants.convexity ?? 0, `${name}convexity`, { min: 0, max: smoothness })
  const gamma1 = number(constants.gamma1 ?? 10, `${name}gamma1`, { positive: true })
  const gamma2 = number(constants.gamma2 ?? 1, `${name}gamma2`, { positive: true })
  const rho = Math.min(convexity + 1 / gamma1, 1 / gamma2)
  const lipschitz = Math.max(smoothness + 1 / gamma1, 1 / gamma2) + jacobian
  return number(((rho / lipschitz) * 2) / lipschitz, `${name}the bound`)
}
