import { calling, type LinearOperator, oneOf, options as optionsOf, refuse, show } from '@opt/core'
import type { Examples } from '../data/examples.ts'
import { checkLength, checkReal, type Inputs, type Targets } from '../data/intake.ts'
import type { DenseNetwork } from '../network/network.ts'
import { StoredNetwork } from '../network/stored-network.ts'
import { type WeightOptions, weightsOf } from '../oracles/loss-options.ts'
import type { Real } from '../real.ts'
import { type CurvatureMatrix, type Kept, makeKept } from './kept.ts'
import { countNonzeros } from './pattern.ts'
import { type Chunk, prepare } from './prepare.ts'
import { multiply } from './product.ts'

/** Options of {@link curvatureOperator}. */
export interface CurvatureOperatorOptions extends WeightOptions {
  /** 'hessian' (default), or 'gauss-newton': J'HJ, where H is the Hessian of the loss in the outputs. */
  matrix?: CurvatureMatrix | undefined
}

/** The curvature of a network's mean loss as a symmetric matrix. */
export interface CurvatureOperator extends LinearOperator {
  /** Writes out = A v; v is left alone. */
  apply(v: Real, out: Real): void
  /**
   * Goes over to the network's parameters of now, and to these examples.
   *
   * @throws TypeError or RangeError for examples that do not fit.
   */
  prepare(inputs: Inputs, targets: Targets, options?: WeightOptions): void
}

/** Above this share of inputs that are not zero, a product with all of them takes less time. */
const SPARSE = 0.6

/**
 * Returns the Hessian or the Gauss-Newton matrix of a network's mean loss over fixed examples, at its parameters of
 * now, as an operator for many products: those of `hvp` and `gnvp` up to rounding, without the passes that they begin
 * with. It skips inputs that are zero, if at least 40 % are, and, below at most 10 outputs (20 in float32), the units
 * that a ReLU switches off. For each example it keeps the inputs and up to 4 numbers for each unit; the network is free
 * to change.
 *
 * With batch normalization, or with noise in training, products are those of `hvp` and `gnvp` of a copy of the network.
 *
 * @throws TypeError or RangeError for anything but a network of this package, or examples that do not fit.
 */
export function curvatureOperator(
  network: DenseNetwork,
  inputs: Inputs,
  targets: Targets,
  options?: CurvatureOperatorOptions,
): CurvatureOperator {
  const { matrix = 'hessian', weights } = optionsOf(options, 'curvatureOperator: options', ['matrix', 'weights'])
  if (typeof network?.hvp !== 'function') refuse('curvatureOperator: network', 'a network', show(network), 'type')
  oneOf(matrix, 'curvatureOperator: matrix', ['hessian', 'gauss-newton'])
  const { net, run } = StoredNetwork.internals(network)
  const size = network.parameters.length
  let kept: Kept | undefined
  let chunks: Chunk[] = []
  /** For batch normalization and noise. */
  let copy: { network: DenseNetwork; examples: Examples } | undefined

  /** Checks everything before it changes anything. */
  function load(inputs: Inputs, targets: Targets, weights: ArrayLike<number> | undefined): void {
    const given = run.given(inputs, targets, weights)
    if (net.architecture.batchNorm || run.noisy) {
      const examples = run.examples(given)
      copy = { network: network.clone(), examples }
      copy.network.training = network.training
      return
    }
    if (given.count > net.batch) run.forEachBatch(given, () => {})
    const nonzeros = countNonzeros(given.inputs)
    const stored = nonzeros <= SPARSE * given.inputs.length ? nonzeros : null
    const room = kept && hasRoom(kept, given.count, stored) ? kept : makeKept(net, matrix, given.count, stored)
    chunks = prepare(room, run, given)
    kept = room
    copy = undefined
  }

  calling('curvatureOperator', () => load(inputs, targets, weights))
  return {
    rows: size,
    columns: size,
    prepare(inputs, targets, options) {
      calling('curvatureOperator.prepare', () => load(inputs, targets, weightsOf(options)))
    },
    apply(v, out) {
      checkReal(out, size, 'curvatureOperator.apply: out')
      checkLength(v, size, 'curvatureOperator.apply: v')
      if (copy) {
        const { inputs, targets, weights } = copy.examples
        copy.network[matrix === 'hessian' ? 'hvp' : 'gnvp'](inputs, targets, v, { weights, out })
        return
      }
      const { direction, product, kernels } = kept as Kept
      direction.set(v)
      const bad = kernels.nonFinite(size, direction)
      if (bad >= 0) refuse(`curvatureOperator.apply: v[${bad}]`, 'a finite number', show(v[bad]))
      multiply(kept as Kept, chunks)
      out.set(product)
    },
  }
}

/** Whether examples with so many inputs that are not zero, or with all of them (null), fit into memory. */
function hasRoom({ inputs, capacity }: Kept, count: number, nonzeros: number | null): boolean {
  if (count > capacity) return false
  return 'all' in inputs ? nonzeros === null : nonzeros !== null && nonzeros <= inputs.values[0].length
}
