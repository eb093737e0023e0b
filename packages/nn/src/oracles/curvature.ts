import { backward } from '../passes/gradient.ts'
import { backwardTangent, forwardTangent } from '../passes/tangent.ts'
import type { Real } from '../real.ts'
import type { BatchRunner, GivenExamples } from './batch-runner.ts'
import { resultCopy } from './results.ts'
import { setDirection, type Tangent, Tangents } from './tangents.ts'

/** See {@link DenseNetwork.hvp}. */
export function hessianProduct(run: BatchRunner, examples: GivenExamples, v: Tangent, out: Real | undefined): Real {
  const tangents = new Tangents(run, v, examples.count)
  run.meanLoss(examples, (pass, scale, start) => {
    const moving = tangents.forward(pass, start)
    run.loss.hessianVector(moving, scale, moving.last.deltaTangent)
    backwardTangent(moving)
  })
  return resultCopy(run.net, run.net.product, out)
}

/** See {@link DenseNetwork.gnvp}. */
export function gaussNewtonProduct(
  run: BatchRunner,
  examples: GivenExamples,
  v: ArrayLike<number>,
  out: Real | undefined,
): Real {
  const { gradients } = run.net
  setDirection(run.net, v, 'v')
  gradients.fill(0)
  run.meanLoss(examples, (pass, scale) => {
    forwardTangent(pass)
    run.loss.hessianVector(pass, scale, pass.last.delta)
    backward(pass)
  })
  return resultCopy(run.net, gradients, out)
}
