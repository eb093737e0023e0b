import {
  box,
  elasticNet,
  indicator,
  l1Norm,
  l1NormInBox,
  negativeEntropy,
  orthant,
  simplex,
  squaredL2Norm,
} from '@opt/sets'
import { type ConvexityMap, entropy, euclidean, lp, normBall, power, radialPower, type Term } from '../src/index.ts'

/** The maps by the names of the golden files, such as 'lp-1.5'. */
export function mapNamed(name: string): ConvexityMap {
  const at = name.lastIndexOf('-')
  const [kind, p] = at < 0 ? [name, 0] : [name.slice(0, at), Number(name.slice(at + 1))]
  const make: Record<string, () => ConvexityMap> = {
    euclidean,
    entropy,
    lp: () => lp(p),
    power: () => power(p),
    'radial-power': () => radialPower(p),
  }
  return make[kind]()
}

/** The terms by the names of the golden files. */
export function termNamed(name: string, parameter: number | number[], dimension: number): Term | undefined {
  const [a, b, c] = [parameter].flat()
  const make: Record<string, () => Term | undefined> = {
    none: () => undefined,
    l1: () => l1Norm(a),
    l2: () => squaredL2Norm(a),
    elastic: () => elasticNet({ l1: a, l2: b }),
    box: () => indicator(box({ dimension, lower: a, upper: b })),
    l1box: () => l1NormInBox(a, box({ dimension, lower: b, upper: c })),
    ball: () => normBall(a),
    simplex: () => indicator(simplex({ dimension, total: a })),
    nonneg: () => indicator(orthant({ dimension })),
    entropy: () => negativeEntropy(a),
  }
  return make[name]()
}
