import { checkEta, type EtaOptions } from './fixed-eta.ts'
import { batchIndices, statedExamples } from './per-example.ts'
import type { StepRule } from './rule.ts'

const [BETA1, BETA2] = [0.9, 0.999]

/**
 * Makes the rule of Adam in target space, with moments per example and output, where k counts how often the example was
 * seen: M_i = 0.9 M_i + 0.1 g_i, V_i = 0.999 V_i + 0.001 g_i^2. M_i / (1 - 0.9^k) takes the place of g_i, and
 * W_i = (sqrt(V_i / (1 - 0.999^k)) + 1e-8) / eta. Needs `examples` and the `indices` of each batch. Default eta: 1.
 *
 * @throws TypeError or RangeError for an eta that is not positive.
 */
export function adamEta(options?: EtaOptions): StepRule {
  const eta = checkEta(options, 'adamEta') ?? 1
  return {
    start(problem) {
      const { outputs: C } = problem
      const n = statedExamples(problem, 'adamEta')
      const means = new Float64Array(n * C)
      const squares = new Float64Array(n * C)
      // 1 - 0.9^k and 1 - 0.999^k of each example.
      const corrections = new Float64Array(2 * n)
      return {
        state: { means, squares, corrections },
        // biome-ignore lint/correctness/useYield: nothing to wait for
        *weigh({ gradient, count, indices }, weights, linear) {
          const rows = batchIndices(indices, 'adamEta')
          for (let i = 0, k = 0; i < count; i++) {
            const row = rows[i]
            const first = (corrections[2 * row] = 1 - BETA1 * (1 - corrections[2 * row]))
            const second = (corrections[2 * row + 1] = 1 - BETA2 * (1 - corrections[2 * row + 1]))
            for (let c = 0, at = row * C; c < C; c++, k++, at++) {
              means[at] = BETA1 * means[at] + (1 - BETA1) * gradient[k]
              squares[at] = BETA2 * squares[at] + (1 - BETA2) * gradient[k] * gradient[k]
              linear[k] = means[at] / first
              weights[k] = (Math.sqrt(squares[at] / second) + 1e-8) / eta
            }
          }
          return undefined
        },
      }
    },
  }
}
