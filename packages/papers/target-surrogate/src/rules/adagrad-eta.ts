import { checkEta, type EtaOptions } from './fixed-eta.ts'
import { batchIndices, statedExamples } from './per-example.ts'
import type { StepRule } from './rule.ts'

/**
 * Makes the rule of scalar AdaGrad in target space: S += sum of all g_ic^2 of the batch, W = sqrt(S)/eta + 1e-12. The
 * sum runs over all examples, so eta (default 1) must grow with their number: about 100 for 1400 of them.
 *
 * @throws TypeError or RangeError for an eta that is not positive.
 */
export function adagradNormEta(options?: EtaOptions): StepRule {
  const eta = checkEta(options, 'adagradNormEta') ?? 1
  return {
    start() {
      const sum = new Float64Array(1)
      return {
        state: { sum },
        // biome-ignore lint/correctness/useYield: nothing to wait for
        *weigh({ gradient }, weights) {
          let square = 0
          for (let k = 0; k < gradient.length; k++) square += gradient[k] * gradient[k]
          sum[0] += square
          const W = Math.sqrt(sum[0]) / eta + 1e-12
          weights.fill(W)
          return 1 / W
        },
      }
    },
  }
}

/**
 * Makes the rule of diagonal AdaGrad in target space, with a sum per example and output: H_i += g_i^2, held within
 * [1e-10, 1e10], and W_i = sqrt(H_i)/eta. Needs `examples` and the `indices` of each batch.
 *
 * @throws TypeError or RangeError for an eta that is not positive.
 */
export function adagradEta(options?: EtaOptions): StepRule {
  const eta = checkEta(options, 'adagradEta') ?? 1
  return {
    start(problem) {
      const { outputs: C } = problem
      const sums = new Float64Array(statedExamples(problem, 'adagradEta') * C)
      return {
        state: { sums },
        // biome-ignore lint/correctness/useYield: nothing to wait for
        *weigh({ gradient, count, indices }, weights) {
          const rows = batchIndices(indices, 'adagradEta')
          for (let i = 0, k = 0; i < count; i++)
            for (let c = 0, at = rows[i] * C; c < C; c++, k++, at++) {
              sums[at] = Math.min(Math.max(sums[at] + gradient[k] * gradient[k], 1e-10), 1e10)
              weights[k] = Math.sqrt(sums[at]) / eta
            }
          return undefined
        },
      }
    },
  }
}
