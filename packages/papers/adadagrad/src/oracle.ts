import { callback, calling, number, refuse, show } from '@opt/core'
import type { DenseNetwork, Inputs, Targets } from '@opt/nn'
import type { NeededStatistics } from './batch-size-test.ts'
import { type BatchStatistics, statisticsFrom } from './statistics.ts'

/** What an oracle says of a batch. */
export interface Evaluation {
  /** The mean loss. */
  loss: number
  /** The mean gradient. Read before the next call. */
  gradient: Float32Array | Float64Array
  /** Needed if the oracle was asked for them. */
  statistics?: BatchStatistics | undefined
}

/** A mean of losses over examples, and its gradients. */
export interface Oracle {
  /** The number N of examples. */
  readonly count: number
  /**
   * Evaluates a batch at x.
   *
   * @param x not to be changed.
   * @param indices the examples of the batch; valid until the next call.
   * @param needs the statistics to return besides norms; null for none at all.
   */
  evaluate(x: Float64Array, indices: Int32Array, needs: NeededStatistics | null): Evaluation
}

export function checkOracle(oracle: Oracle): Oracle {
  if (typeof oracle !== 'object' || oracle === null) refuse('oracle', 'an oracle', show(oracle), 'type')
  number(oracle.count, 'oracle.count', { integer: true, min: 2 })
  callback(oracle.evaluate, 'oracle.evaluate')
  return oracle
}

export function checkEvaluation(evaluation: Evaluation): Evaluation {
  if (typeof evaluation !== 'object' || evaluation === null)
    refuse('oracle.evaluate', 'such that it returns { loss, gradient, statistics }', show(evaluation), 'type')
  if (typeof evaluation.loss !== 'number')
    refuse('oracle.evaluate', 'such that its loss is a number', show(evaluation.loss), 'type')
  return evaluation
}

/**
 * Returns the oracle of a network of @opt/nn and its data; its statistics come in closed form. Writes x to the
 * network's parameters. A network whose `batch` is smaller than a batch takes two passes for statistics.
 *
 * @throws TypeError or RangeError for data that do not fit the network.
 */
export function networkOracle(network: DenseNetwork, inputs: Inputs, targets: Targets): Oracle {
  const label = 'networkOracle: network'
  if (typeof network?.gradientStatisticsAt !== 'function') refuse(label, 'a network', show(network), 'type')
  const examples = calling('networkOracle', () => network.examples(inputs, targets))
  return {
    count: examples.count,
    evaluate(x, indices, needs) {
      const { length } = network.parameters
      if (x.length !== length)
        refuse('x', `of length ${length}, the network's number of parameters`, `length ${x.length}`)
      network.parameters.set(x)
      if (!needs) return { loss: network.lossAndGradientAt(examples, indices), gradient: network.gradients }
      const spread = network.gradientStatisticsAt(examples, indices, needs)
      const { gradients } = network
      const mean = needs.variances ? gradients : undefined
      return { loss: spread.loss, gradient: gradients, statistics: statisticsFrom({ ...spread, mean }) }
    },
  }
}
