import type { Lagrangian, Points } from '../lagrangian/types.ts'
import type { Fields } from './network.ts'

/** L_u - div L_p - f at points where u has second derivatives. */
export function strongResidual(
  L: Lagrangian,
  { n, x }: Pick<Points, 'n' | 'x'>,
  { u, p, h }: Fields,
  f: Float64Array,
): Float64Array {
  const at = { n, x, u, p }
  const zeros = () => new Float64Array(n)
  const residual = zeros()
  const rest = zeros()
  const fields = p.map(zeros)
  L.slopes(at, residual, fields)
  for (let i = 0; i < n; i++) residual[i] -= f[i]
  // d/dx_j of L_p along (u_j, grad u_j).
  for (const [j, slope] of p.entries()) {
    L.hessian(at, slope, h[j], rest, fields)
    for (let i = 0; i < n; i++) residual[i] -= fields[j][i]
  }
  if (L.divergence) {
    L.divergence(at, rest)
    for (let i = 0; i < n; i++) residual[i] -= rest[i]
  }
  return residual
}
