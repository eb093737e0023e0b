import type { Examples } from '../data/examples.ts'
import type { Inputs, Targets } from '../data/intake.ts'
import {
  activationGradients,
  activations,
  type BackpropagationOptions,
  backpropagate,
  backpropagateToInputs,
  type Cotangents,
} from '../oracles/backpropagation.ts'
import { gaussNewtonProduct, hessianProduct } from '../oracles/curvature.ts'
import { type LossOptions, lossOptions, type WeightOptions, weightsOf } from '../oracles/loss-options.ts'
import { resultCopy, resultRows } from '../oracles/results.ts'
import { jacobianProduct, type Tangent } from '../oracles/tangents.ts'
import { backward } from '../passes/gradient.ts'
import type { Real } from '../real.ts'
import { method } from './method.ts'
import { StoredNetwork } from './stored-network.ts'

/** The outputs, the mean loss over examples, and their derivatives in all parameters. */
export class DifferentiableNetwork extends StoredNetwork {
  /** Returns the outputs, examples x outputs. */
  predict(inputs: Inputs, out?: Real): Real {
    return method('predict', () => {
      const { outputCount } = this.net
      const examples = this.run.givenInputs(inputs)
      const z = resultRows(this.run, out, examples, outputCount)
      this.run.forEachPredicted(examples, (start) => z.set(this.lastOutputs, start * outputCount))
      return z
    })
  }

  /** The outputs of the last forward pass, at most `batch` rows: a view that the next pass overwrites. */
  get lastOutputs(): Real {
    return this.run.outputs
  }

  /** Returns the activations of every layer, examples x units: of the hidden layers, and the outputs at last. */
  activations(inputs: Inputs): Real[] {
    return method('activations', () => activations(this.run, this.run.givenInputs(inputs)))
  }

  /** Returns the mean loss. */
  loss(inputs: Inputs, targets: Targets, options?: WeightOptions): number {
    return method('loss', () => this.run.meanLoss(this.run.given(inputs, targets, weightsOf(options))))
  }

  /** Returns the mean loss and leaves its gradient in {@link gradients}. */
  lossAndGradient(inputs: Inputs, targets: Targets, options?: WeightOptions): number {
    return method('lossAndGradient', () => {
      const examples = this.run.given(inputs, targets, weightsOf(options))
      this.gradients.fill(0)
      return this.run.meanLoss(examples, backward)
    })
  }

  /** Returns the gradient of the mean loss. */
  gradient(inputs: Inputs, targets: Targets, options?: Real | LossOptions): Real {
    return method('gradient', () => {
      const { weights, out } = lossOptions(options)
      this.lossAndGradient(inputs, targets, { weights })
      return resultCopy(this.net, this.gradients, out)
    })
  }

  /** Checks and copies a data set, for {@link lossAndGradientAt}. */
  examples(inputs: Inputs, targets: Targets, options?: WeightOptions): Examples {
    return method('examples', () => this.run.examples(this.run.given(inputs, targets, weightsOf(options))))
  }

  /** {@link lossAndGradient} of the examples at `indices`, in that order. */
  lossAndGradientAt(examples: Examples, indices: ArrayLike<number>): number {
    return method('lossAndGradientAt', () => {
      const chosen = this.run.chosen(examples, indices)
      this.gradients.fill(0)
      return this.run.meanLoss(chosen, backward)
    })
  }

  /**
   * Returns the Hessian of the mean loss times v, by Pearlmutter's R-operator, at about the cost of two gradients. With
   * a tangent of the inputs: the derivative of the gradient along it, which is the mixed second derivative times it.
   */
  hvp(inputs: Inputs, targets: Targets, v: Tangent, options?: Real | LossOptions): Real {
    return method('hvp', () => {
      const { weights, out } = lossOptions(options)
      return hessianProduct(this.run, this.run.given(inputs, targets, weights), v, out)
    })
  }

  /**
   * Returns the generalized Gauss-Newton matrix J'HJ of the mean loss times v, where H is the Hessian of the loss in
   * the outputs (Schraudolph, Neural Computation 14, 2002). Overwrites {@link gradients}.
   */
  gnvp(inputs: Inputs, targets: Targets, v: ArrayLike<number>, options?: Real | LossOptions): Real {
    return method('gnvp', () => {
      const { weights, out } = lossOptions(options)
      return gaussNewtonProduct(this.run, this.run.given(inputs, targets, weights), v, out)
    })
  }

  /**
   * Returns the derivative of the outputs along a direction in the parameters, the inputs or both, examples x outputs.
   * As in the loss, training has noise and the batch's statistics for batch normalization.
   */
  jvp(inputs: Inputs, v: Tangent, out?: Real): Real {
    return method('jvp', () => jacobianProduct(this.run, this.run.givenInputs(inputs), v, out))
  }

  /**
   * Returns J'c, the gradient of sum_i <c_i, a_i> in the parameters, where a_i are the activations of a layer for
   * example i, by default the outputs, and c_i the cotangents, held fixed. Also leaves it in {@link gradients}. As in
   * the loss, training has noise and the batch's statistics for batch normalization.
   *
   * @throws TypeError or RangeError for cotangents or a layer that do not fit.
   */
  backpropagate(inputs: Inputs, cotangents: Cotangents, options?: BackpropagationOptions): Real {
    return method('backpropagate', () => backpropagate(this.run, this.run.givenInputs(inputs), cotangents, options))
  }

  /**
   * Returns the gradient of each <c_i, a_i> in the inputs of example i, examples x inputs; see {@link backpropagate}.
   *
   * @throws TypeError or RangeError for cotangents or a layer that do not fit.
   */
  backpropagateToInputs(inputs: Inputs, cotangents: Cotangents, options?: BackpropagationOptions): Real {
    return method('backpropagateToInputs', () =>
      backpropagateToInputs(this.run, this.run.givenInputs(inputs), cotangents, options),
    )
  }

  /** Returns the gradients of each example's own loss in the activations of every layer, like {@link activations}. */
  activationGradients(inputs: Inputs, targets: Targets, options?: WeightOptions): Real[] {
    return method('activationGradients', () =>
      activationGradients(this.run, this.run.given(inputs, targets, weightsOf(options))),
    )
  }
}
