import { options as optionsOf, refuse } from '@opt/core'
import { checkLength, checkVector, finiteRows, type Inputs, setFinite, slice } from '../data/intake.ts'
import type { Buffers } from '../passes/buffers.ts'
import type { Pass } from '../passes/pass.ts'
import { backwardTangent, forwardTangent, toInputTangent } from '../passes/tangent.ts'
import type { Real } from '../real.ts'
import type { BatchRunner, GivenExamples } from './batch-runner.ts'
import { resultRows } from './results.ts'

/** A direction in the parameters, in the inputs of the examples, or in both; a bare array is one in the parameters. */
export type Tangent =
  | ArrayLike<number>
  | {
      /** As long as the parameters (default 0). */
      parameters?: ArrayLike<number> | undefined
      /** Rows like the inputs (default 0). */
      inputs?: Inputs | undefined
    }

/** A checked tangent, and the passes that differentiate along it. */
export class Tangents {
  readonly #run: BatchRunner
  readonly #inputs: ArrayLike<number> | null

  /** Checks the tangent of `count` examples and loads its part in the parameters. */
  constructor(run: BatchRunner, v: Tangent, count: number) {
    const { net } = run
    this.#run = run
    const { parameters, inputs } = isArray(v) ? { parameters: v, inputs: undefined } : optionsOf(v, 'v')
    if (parameters === undefined && inputs === undefined)
      refuse('v', 'an array, or an object with parameters or inputs', 'neither', 'type')
    this.#inputs = inputs === undefined ? null : finiteRows(inputs, count, net.inputCount, net.dtype, 'v.inputs')
    if (parameters !== undefined) setDirection(net, parameters, isArray(v) ? 'v' : 'v.parameters')
    else {
      net.direction.fill(0)
      net.product.fill(0)
    }
  }

  /**
   * Computes R{z} after a forward pass of the examples from `start` on. Returns the pass whose last sTangent has it;
   * with `inputsMove`, a pass with a tangent of the inputs even if it is 0.
   */
  forward(pass: Pass, start: number, inputsMove = false): Pass {
    const { net } = this.#run
    const given = this.#inputs
    const moving = given || inputsMove ? this.#run.movingPass : pass
    const columns = net.inputCount
    if (given) net.inputsTangent.set(slice(given, start * columns, (start + pass.n) * columns))
    else if (inputsMove) net.inputsTangent.fill(0)
    forwardTangent(moving)
    return moving
  }
}

/** Sets the direction of a product, and the product to 0. */
export function setDirection(net: Buffers, v: ArrayLike<number>, label: string): void {
  const { direction, product, dtype } = net
  checkLength(v, direction.length, label)
  if (!setFinite(net, v, direction)) {
    checkVector(v, direction.length, label, dtype)
    direction.set(v)
  }
  product.fill(0)
}

const isArray = (v: Tangent): v is ArrayLike<number> => typeof (v as ArrayLike<number> | null)?.length === 'number'

/** See {@link DenseNetwork.jvp}. */
export function jacobianProduct(run: BatchRunner, examples: GivenExamples, v: Tangent, out: Real | undefined): Real {
  const { outputCount } = run.net
  const result = resultRows(run, out, examples, outputCount)
  const tangents = new Tangents(run, v, examples.count)
  run.forEachAsInLoss(examples, (start, pass) => {
    const { n, last } = tangents.forward(pass, start)
    result.set(last.sTangent.subarray(0, n * outputCount), start * outputCount)
  })
  return result
}

/** See {@link DenseNetwork.perExampleDirectionalDerivatives}. */
export function directionalDerivatives(run: BatchRunner, examples: GivenExamples, v: Tangent): Float64Array {
  const { outputCount } = run.net
  const derivatives = new Float64Array(examples.count)
  const tangents = new Tangents(run, v, examples.count)
  run.forEachSeparately(examples, (start, pass) => {
    const { n, last } = tangents.forward(pass, start)
    for (let i = 0, at = 0; i < n; i++)
      for (let k = 0; k < outputCount; k++, at++) derivatives[start + i] += last.delta[at] * last.sTangent[at]
  })
  return derivatives
}

/** See {@link DenseNetwork.inputGradientTangent}. */
export function inputGradientTangents(
  run: BatchRunner,
  examples: GivenExamples,
  v: Tangent,
  out: Real | undefined,
): Real {
  const { inputCount, scratch } = run.net
  const result = resultRows(run, out, examples, inputCount)
  const tangents = new Tangents(run, v, examples.count)
  run.forEachSeparately(examples, (start, pass) => {
    const moving = tangents.forward(pass, start, true)
    run.loss.hessianVector(moving, 1, moving.last.deltaTangent)
    backwardTangent(moving)
    toInputTangent(moving)
    result.set(scratch.subarray(0, pass.n * inputCount), start * inputCount)
  })
  return result
}
