import { rowNorm, scaledBound, sumOfSquares } from './measures.ts'
import type { Problem } from './problem.ts'
import type { Blocks, RobustMap, Unknowns } from './robust-map.ts'

const clamp = (value: number, most: number): number => Math.max(-most, Math.min(most, value))

/**
 * The certificate of robust training: a lower bound of the program from the scaled duals lambda. The program is
 * min sum_j g_j(z_j) with z = A x, so every mu with A'mu = 0 gives the bound -sum_j g_j*(mu_j). Here mu = rho lambda is moved into
 * the conjugates' domains, block by block; tau and sigma fix the last entries of the cones, the groups take what is left of A'mu = 0,
 * and all is scaled back until no group is beyond beta. Overwrites mu and x.
 */
export function robustBound(problem: Problem, map: RobustMap, lambda: Float64Array, mu: Blocks, x: Unknowns): number {
  const { n, d, y, loss, beta, rho, epsilon, perturbed, patterns } = problem
  const [P, J] = [patterns.count, perturbed.length]
  for (let k = 0; k < lambda.length; k++) mu.all[k] = rho * lambda[k]
  mu.groups.fill(0)

  // Nonnegative sides: mu <= 0. Cones: |mu_a| <= -mu_t, and tau wants mu_t = epsilon sum mu_sides.
  for (let i = 0; i < 2 * P; i++) {
    let sum = 0
    for (let m = i * n; m < (i + 1) * n; m++) {
      mu.sides[m] = Math.min(0, mu.sides[m])
      sum += mu.sides[m]
    }
    polar(mu.cones, i * (J + 1), J, epsilon * sum)
  }
  const squared = mu.margins.length === 0
  if (!squared)
    for (let k = 0; k < n; k++) {
      mu.margins[k] = loss.clip(mu.margins[k], 1)
      polar(mu.rows, k * (J + 1), J, epsilon * mu.margins[k])
    }
  else for (let k = 0; k < n; k++) mu.rows[k * (J + 2) + J + 1] = 0

  map.adjoint(mu, x)
  let worst = 0
  for (let i = 0; i < 2 * P; i++) worst = Math.max(worst, rowNorm(x.u, i, d))
  const most = worst <= beta ? 1 : beta / worst
  if (!squared) return scaledBound(loss, mu.margins, new Float64Array(n).fill(1), most)

  // sup over ||(a, m)||_1 <= t of mu . (a, m) - t^2 / 2 is half the square of the largest |mu|.
  const largest = new Float64Array(n)
  let slope = 0
  for (let k = 0; k < n; k++) {
    for (let j = 0; j <= J; j++) largest[k] = Math.max(largest[k], Math.abs(mu.rows[k * (J + 2) + j]))
    slope -= y[k] * mu.rows[k * (J + 2) + J]
  }
  const square = sumOfSquares(largest)
  const s = square > 0 ? Math.max(0, Math.min(most, slope / square)) : 0
  return s * slope - 0.5 * s * s * square
}

function polar(z: Float64Array, from: number, size: number, t: number): void {
  for (let j = from; j < from + size; j++) z[j] = clamp(z[j], -t)
  z[from + size] = t
}
