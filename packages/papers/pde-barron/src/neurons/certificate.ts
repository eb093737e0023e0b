import { refuse, type VectorLike, vector } from '@opt/core'
import { type PointFunction, sample } from '../grid/sample.ts'
import type { Lagrangian } from '../lagrangian/types.ts'
import { TrigSum } from '../sums/trig-sum.ts'
import { networkFields, type TwoLayerNetwork } from './network.ts'
import { strongResidual } from './residual.ts'
import { NODES, productRule, type Quadrature, quadrature, type Rule } from './rule.ts'

/** A right-hand side: a function of a point, a sum, or values at the points of the rule. */
export type RuleForcing = PointFunction | TrigSum | VectorLike

export const isField = (f: RuleForcing): f is PointFunction | TrigSum => typeof f === 'function' || f instanceof TrigSum

/** The values of f at the points of a rule. */
export function forcingAt(f: RuleForcing, rule: Quadrature): Float64Array {
  return isField(f) ? sample(f, rule, 'f') : vector(f, 'f', { length: rule.n })
}

/** The rule of the certificate. */
export function fineRuleOf(
  { rule: given, fineRule, f }: { rule?: Rule | undefined; fineRule?: Rule | undefined; f: RuleForcing },
  rule: Quadrature,
  d: number,
): Quadrature {
  if (fineRule !== undefined) {
    if (!isField(f)) refuse('fineRule', 'left out when f is given as values', 'a rule', 'type')
    return quadrature(fineRule, d, 'fineRule')
  }
  if (!isField(f) || typeof given === 'object') return rule
  return productRule(Math.ceil(1.5 * (given ?? NODES[d - 1])), d)
}

/** The norm of the residual, and the energy, by a rule. */
export function onRule(
  L: Lagrangian,
  network: TwoLayerNetwork,
  rule: Quadrature,
  f: Float64Array,
): { residualNorm: number; energy: number } {
  const fields = networkFields(network, rule)
  const residual = strongResidual(L, rule, fields, f)
  const density = new Float64Array(rule.n)
  L.value({ n: rule.n, x: rule.x, u: fields.u, p: fields.p }, density)
  let [square, energy] = [0, 0]
  for (let i = 0; i < rule.n; i++) {
    square += rule.weights[i] * residual[i] * residual[i]
    energy += rule.weights[i] * (density[i] - f[i] * fields.u[i])
  }
  return { residualNorm: Math.sqrt(square), energy: energy }
}
