import { backward } from '../passes/gradient.ts'
import type { Pass } from '../passes/pass.ts'
import { backwardTangent, forwardTangent } from '../passes/tangent.ts'
import type { Real } from '../real.ts'
import type { BatchRunner, GivenExamples } from './batch-runner.ts'

/** See {@link DenseNetwork.hvp}. */
export function hessianProduct(
  run: BatchRunner,
  examples: GivenExamples,
  v: ArrayLike<number>,
  out: Real | undefined,
): Real {
  run.setDirection(v)
  run.meanLoss(examples, (pass, scale) => {
    forwardTangent(pass)
    outputHessianProduct(pass, scale, pass.last.deltaTangent)
    backwardTangent(pass)
  })
  return run.resultCopy(run.net.product, out)
}

/** See {@link DenseNetwork.gnvp}. */
export function gaussNewtonProduct(
  run: BatchRunner,
  examples: GivenExamples,
  v: ArrayLike<number>,
  out: Real | undefined,
): Real {
  const { gradients } = run.net
  run.setDirection(v)
  gradients.fill(0)
  run.meanLoss(examples, (pass, scale) => {
    forwardTangent(pass)
    outputHessianProduct(pass, scale, pass.last.delta)
    backward(pass)
  })
  return run.resultCopy(gradients, out)
}

/** out = scale H R{z}, H the Hessian of the losses in the outputs. */
function outputHessianProduct({ net, n, last }: Pass, scale: number, out: Real): void {
  net.loss.hessianVector(n, net.outputCount, last.s, net.targets, scale, last.sTangent, out)
}
