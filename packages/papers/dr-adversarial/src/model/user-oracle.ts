import { refuse, show } from '@opt/core'
import { bestOther } from '../weights/softmax.ts'
import { difference, type Oracle, type TrainableModel } from './oracle.ts'

/** Reads a checked model of a user. */
export function userOracle(model: TrainableModel, trains: boolean): Oracle {
  /** Copies an answer after checking its size. */
  function answer(what: string, given: ArrayLike<number>, length: number): Float64Array {
    if (given?.length !== length)
      refuse(
        `model.${what}`,
        `a function that returns ${length} numbers in a flat array`,
        typeof given?.length === 'number' ? `${given.length}` : show(given),
        'type',
      )
    return Float64Array.from(given)
  }
  const oracle: Oracle = {
    classes: 0,
    parameters: trains ? model.parameters : null,
    logits(x, rows) {
      const given = model.logits(x)
      const k = (given?.length ?? 0) / rows
      if (oracle.classes === 0) {
        if (!(Number.isInteger(k) && k >= 2))
          refuse(
            'model.logits',
            `a function that returns at least two numbers for each of ${rows} rows, flat`,
            typeof given?.length === 'number' ? `length ${given.length}` : show(given),
            'type',
          )
        oracle.classes = k
      }
      return answer('logits', given, rows * oracle.classes)
    },
    trainingLogits: (x, y) => oracle.logits(x, y.length),
    crossEntropy: (x, y) => ({
      logits: oracle.logits(x, y.length),
      gradient: answer('inputGradient', model.inputGradient(x, y), x.length),
    }),
    margin(x, y) {
      // Cross-entropies of one row differ by logits only: l(y) - l(j) = z_j - z_y.
      const logits = oracle.logits(x, y.length)
      const k = oracle.classes
      const gradient = answer('inputGradient', model.inputGradient(x, y), x.length)
      const others = y.map((label, i) => bestOther(logits, i * k, k, label))
      const other = answer('inputGradient', model.inputGradient(x, others), x.length)
      return { logits, gradient: gradient.map((g, at) => g - other[at]) }
    },
    weighted: (x, y, w) => answer('weightedGradient', model.weightedGradient(x, y, w), model.parameters.length),
    cross: (x, y, w, q) => difference(x, q, (at) => oracle.weighted(at, y, w)),
    pulledBack(x, c) {
      // sum_j c_j z_j = -sum_j c_j l(j) where sum_j c_j = 0.
      const k = oracle.classes
      const rows = c.length / k
      const sum = new Float64Array(model.parameters.length)
      for (let j = 0; j < k; j++) {
        const weights = Float64Array.from({ length: rows }, (_, i) => -c[i * k + j])
        const part = oracle.weighted(x, new Int32Array(rows).fill(j), weights)
        for (let p = 0; p < sum.length; p++) sum[p] += part[p]
      }
      return sum
    },
    inputHessian: (x, y, v) => difference(x, v, (at) => oracle.crossEntropy(at, y).gradient),
    prepare() {},
    finish() {},
    quietly: (work) => work(),
  }
  return oracle
}
