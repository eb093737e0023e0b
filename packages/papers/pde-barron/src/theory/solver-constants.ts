import { number } from '@opt/core'
import type { Constants, Lagrangian, Limits } from '../lagrangian/types.ts'
import { solutionLimit } from './conditioning.ts'

/**
 * The constants that a solver works with. Those of convexity hold everywhere, or within the limits that the user gives;
 * the upper ones also use the maximum principle where f is given, for data of zero on the boundary.
 */
export function solverConstants(L: Lagrangian, { uMax, pMax }: Limits, f?: Float64Array): Constants {
  if (uMax !== undefined) number(uMax, 'uMax', { nonnegative: true })
  if (pMax !== undefined) number(pMax, 'pMax', { nonnegative: true })
  const known = L.constants({ uMax, pMax })
  if (known.Mu < Infinity || uMax !== undefined || f === undefined) return known
  let most = 0
  for (let i = 0; i < f.length; i++) most = Math.max(most, Math.abs(f[i]))
  const limit = solutionLimit(L, most)
  return limit === undefined ? known : { ...known, Mu: L.constants({ uMax: limit, pMax }).Mu }
}
