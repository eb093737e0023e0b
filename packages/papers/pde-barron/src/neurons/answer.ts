import { calling, type Matrix, type MatrixLike, refuse } from '@opt/core'
import ndarray from 'ndarray'
import { sample } from '../grid/sample.ts'
import type { Lagrangian } from '../lagrangian/types.ts'
import { isField, type RuleForcing } from './certificate.ts'
import { networkFields, type TwoLayerNetwork } from './network.ts'
import { strongResidual } from './residual.ts'
import { places } from './rule.ts'

/** Functions of answers that are networks. */
export interface NetworkFunctions {
  /** Returns u at n points, the rows of an n x d matrix. */
  value(points: MatrixLike): Float64Array
  /** Returns the gradient at n points, n x d. */
  gradient(points: MatrixLike): Matrix
  /** Returns L_u - div L_p - f at n points. Throws TypeError when f was given as values. */
  residual(points: MatrixLike): Float64Array
}

/** Functions that evaluate a network. */
export function networkFunctions(
  name: string,
  network: TwoLayerNetwork,
  L: Lagrangian,
  f: RuleForcing,
): NetworkFunctions {
  const d = network.boundary.length
  return {
    value: (points: MatrixLike): Float64Array =>
      calling(`${name}.value`, () => networkFields(network, places(points, d)).u),
    gradient: (points: MatrixLike): Matrix =>
      calling(`${name}.gradient`, () => {
        const at = places(points, d)
        const { p } = networkFields(network, at)
        return ndarray(
          Float64Array.from({ length: at.n * d }, (_, i) => p[i % d][Math.floor(i / d)]),
          [at.n, d],
        )
      }),
    residual: (points: MatrixLike): Float64Array =>
      calling(`${name}.residual`, () => {
        if (!isField(f)) refuse('f', 'a function or a TrigSum', 'values at the points of the rule', 'type')
        const at = places(points, d)
        return strongResidual(L, at, networkFields(network, at), sample(f, at, 'f'))
      }),
  }
}
