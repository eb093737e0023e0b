import { dot } from '@opt/core'
import { largestNorm, parabolaTop, scaledBound, scaleWithin } from '../program/certificate.ts'
import type { Problem } from '../program/problem.ts'
import type { Blocks, Unknowns } from './blocks.ts'
import type { RobustMap } from './robust-map.ts'

/**
 * Returns the certificate of robust training: a lower bound of the program from the scaled duals
 * lambda. The program is min sum_j g_j(z_j) with z = A x, so every mu with A'mu = 0 gives the bound
 * -sum_j g_j*(mu_j). Here mu = rho lambda is moved into the domains of the conjugates, block by
 * block; tau and sigma fix the last entries of the cones, the groups absorb what remains of A'mu =
 * 0, and everything is scaled until the groups are within beta. Overwrites mu and x.
 */
export function robustBound(
  problem: Problem,
  map: RobustMap,
  lambda: Float64Array,
  { mu, x }: { mu: Blocks; x: Unknowns },
): number {
  const { n, d, y, loss, beta, rho, epsilon, perturbed, patterns } = problem
  const P = patterns.count
  const J = perturbed.length
  for (let k = 0; k < lambda.length; k++) mu.all[k] = rho * lambda[k]
  mu.groups.fill(0)

  // Nonnegative sides: mu <= 0. Cones: |mu_a| <= -mu_t, where tau requires mu_t = epsilon sum mu_sides.
  for (let i = 0; i < 2 * P; i++) {
    let sum = 0
    for (let m = i * n; m < (i + 1) * n; m++) {
      mu.sides[m] = Math.min(0, mu.sides[m])
      sum += mu.sides[m]
    }
    polar(mu.cones, i * (J + 1), J, epsilon * sum)
  }
  const squared = loss.name === 'squared'
  for (let k = 0; k < n; k++)
    if (squared) mu.rows[k * (J + 2) + J + 1] = 0
    else {
      mu.margins[k] = loss.clip(mu.margins[k], 1)
      polar(mu.rows, k * (J + 1), J, epsilon * mu.margins[k])
    }

  map.adjoint(mu, x)
  const limit = scaleWithin(largestNorm(x.u, d), beta)
  if (!squared) return scaledBound(loss, mu.margins, new Float64Array(n).fill(1), limit)

  // sup over ||(a, m)||_1 <= t of mu . (a, m) - t^2 / 2 is half the square of the largest |mu_j|.
  const largest = new Float64Array(n)
  let slope = 0
  for (let k = 0; k < n; k++) {
    for (let j = 0; j <= J; j++) largest[k] = Math.max(largest[k], Math.abs(mu.rows[k * (J + 2) + j]))
    slope -= y[k] * mu.rows[k * (J + 2) + J]
  }
  const square = dot(largest, largest)
  const s = parabolaTop(slope, square, limit)
  return s * slope - 0.5 * s * s * square
}

/** Sets the last entry of (a, t) to t <= 0, and clips a to |a_j| <= -t: the polar of the l1 cone. */
function polar(z: Float64Array, from: number, size: number, t: number): void {
  for (let j = from; j < from + size; j++) z[j] = Math.max(t, Math.min(-t, z[j]))
  z[from + size] = t
}
