import { number, oneOf, options as optionsOf, Random } from '@opt/core'
import type { Examples } from '../data/examples.ts'
import type { Inputs, Targets } from '../data/intake.ts'
import { type DifferenceOptions, gradientDifferenceNorms } from '../oracles/gradient-differences.ts'
import { type GradientStatistics, gradientStatistics, type StatisticsOptions } from '../oracles/gradient-statistics.ts'
import { type LossOptions, lossOptions, type WeightOptions, weightsOf } from '../oracles/loss-options.ts'
import {
  exampleLosses,
  gradientNorms,
  gradientProducts,
  inputGradients,
  type NormOptions,
  ntk,
} from '../oracles/per-example.ts'
import { directionalDerivatives, inputGradientTangents, type Tangent } from '../oracles/tangents.ts'
import { PRECISIONS, type Precision, type Real } from '../real.ts'
import { DifferentiableNetwork } from './differentiable-network.ts'
import { method } from './method.ts'
import { copyState } from './state.ts'

/**
 * A dense network and its exact oracles. Losses are means over the examples; matrices are flat and row-major.
 *
 * Inputs are rows, flat or as a matrix; targets are class labels or rows of outputs. Every method checks them and
 * throws a TypeError or RangeError that names the bad entry. More examples than `batch` run in several passes; in
 * training with batch normalization or noise they are refused. Methods that return an array accept one to write to, `out`, and
 * write nothing to it when they throw. With `weights`, one number per example, every loss is multiplied by its own.
 */
export class DenseNetwork extends DifferentiableNetwork {
  /** Returns each example's own loss. */
  perExampleLosses(inputs: Inputs, targets: Targets, options?: WeightOptions): Float64Array {
    return method('perExampleLosses', () =>
      exampleLosses(this.run, this.run.given(inputs, targets, weightsOf(options))),
    )
  }

  /**
   * Returns the Euclidean norm of the gradient of each example's own loss, in closed form: in all parameters; with
   * `layers: 'last'` in those of the last layer; with 'each' one norm per layer (examples x layers).
   *
   * @throws RangeError when the square of a norm overflows.
   */
  perExampleGradientNorms(inputs: Inputs, targets: Targets, options?: NormOptions): Float64Array {
    return method('perExampleGradientNorms', () => {
      const { weights, ...rest } = optionsOf(options, 'options', ['layers', 'out', 'weights'])
      return gradientNorms(this.run, this.run.given(inputs, targets, weights), rest)
    })
  }

  /**
   * Returns the inner products of the gradients of the examples' own losses, examples x examples.
   *
   * @throws RangeError when one overflows.
   */
  perExampleInnerProducts(inputs: Inputs, targets: Targets, options?: WeightOptions): Float64Array {
    return method('perExampleInnerProducts', () =>
      gradientProducts(this.run, this.run.given(inputs, targets, weightsOf(options))),
    )
  }

  /**
   * Returns the derivative of each example's own loss along a direction in the parameters, the inputs or both: the
   * inner product of its gradient with v.
   */
  perExampleDirectionalDerivatives(
    inputs: Inputs,
    targets: Targets,
    v: Tangent,
    options?: WeightOptions,
  ): Float64Array {
    return method('perExampleDirectionalDerivatives', () =>
      directionalDerivatives(this.run, this.run.given(inputs, targets, weightsOf(options)), v),
    )
  }

  /**
   * Returns |g_i - h_i| for the gradients of each example's own loss at the network's parameters and at others, in
   * closed form; accurate also when the parameters are close.
   *
   * @throws RangeError when the square of a norm overflows.
   */
  perExampleGradientDifferenceNorms(
    inputs: Inputs,
    targets: Targets,
    other: ArrayLike<number>,
    options?: DifferenceOptions,
  ): Float64Array {
    return method('perExampleGradientDifferenceNorms', () => {
      const { weights, ...rest } = optionsOf(options, 'options', ['out', 'weights'])
      return gradientDifferenceNorms(this.run, this.run.given(inputs, targets, weights), other, rest)
    })
  }

  /**
   * Returns the mean loss and how the gradients of the examples' own losses spread around their mean, which is left in
   * {@link gradients}: norms, inner products with the mean and distances from it, and variances if asked for. For at
   * most `batch` examples this takes little more than one gradient, and nothing of size examples x parameters is formed.
   *
   * @throws RangeError when the square of a norm overflows.
   */
  gradientStatistics(inputs: Inputs, targets: Targets, options?: StatisticsOptions): GradientStatistics {
    return method('gradientStatistics', () => {
      const { weights, ...rest } = optionsOf(options, 'options', ['products', 'variances', 'weights'])
      return gradientStatistics(this.run, this.run.given(inputs, targets, weights), rest)
    })
  }

  /** {@link gradientStatistics} of the examples at `indices` of a data set, which has the weights. */
  gradientStatisticsAt(
    examples: Examples,
    indices: ArrayLike<number>,
    options?: Omit<StatisticsOptions, 'weights'>,
  ): GradientStatistics {
    return method('gradientStatisticsAt', () =>
      gradientStatistics(
        this.run,
        this.run.chosen(examples, indices),
        optionsOf(options, 'options', ['products', 'variances']),
      ),
    )
  }

  /** Returns the gradient of each example's own loss in its inputs, examples x inputs. */
  inputGradient(inputs: Inputs, targets: Targets, options?: Real | LossOptions): Real {
    return method('inputGradient', () => {
      const { weights, out } = lossOptions(options)
      return inputGradients(this.run, this.run.given(inputs, targets, weights), out)
    })
  }

  /**
   * Returns the derivative of {@link inputGradient} along a direction, examples x inputs. Along one in the inputs it is
   * the Hessian of each example's loss in its inputs, times the example's row.
   */
  inputGradientTangent(inputs: Inputs, targets: Targets, v: Tangent, options?: Real | LossOptions): Real {
    return method('inputGradientTangent', () => {
      const { weights, out } = lossOptions(options)
      return inputGradientTangents(this.run, this.run.given(inputs, targets, weights), v, out)
    })
  }

  /**
   * Returns the empirical neural tangent kernel, (examples x outputs) squared: row i * outputs + k is output k of
   * example i.
   *
   * @throws RangeError when an entry overflows.
   */
  ntk(inputs: Inputs): Float64Array {
    return method('ntk', () => ntk(this.run, this.run.givenInputs(inputs)))
  }

  /**
   * Returns a copy with the same parameters, running statistics and noise; `batch` and `dtype` may differ. It draws its
   * later noise by itself.
   */
  clone(options?: { batch?: number | undefined; dtype?: Precision | undefined }): DenseNetwork {
    return method('clone', () => {
      const { batch = this.batch, dtype = this.dtype } = optionsOf(options, 'options', ['batch', 'dtype'])
      oneOf(dtype, 'dtype', PRECISIONS)
      number(batch, 'batch', { integer: true, min: 1 })
      const { architecture, activation, loss, noise } = this.net
      const random = noise && new Random(noise.state().random)
      const copy = new DenseNetwork({ architecture, activation, loss, batch, dtype, random })
      copyState(this.net, copy.net)
      return copy
    })
  }
}
