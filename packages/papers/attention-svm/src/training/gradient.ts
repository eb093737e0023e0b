import { calling, exp, log, type Matrix, type MatrixLike, matrix, nrm2, options as optionsOf } from '@opt/core'
import ndarray from 'ndarray'
import { Objective, TRAINING_PROBLEM, type TrainingProblem } from './objective.ts'

/** Answer of {@link attentionGradient}. */
export interface AttentionGradient {
  /** L(W). */
  value: number
  /** d x e, of norm 1: the gradient's direction, exact also where the gradient itself underflows; zeros where it is 0. */
  direction: Matrix
  /** Logarithm of the gradient's norm. */
  logNorm: number
  /** S, the largest log-probability of a token that is not its query's first. */
  logScale: number
  /** d x e: exp(logNorm) direction. */
  gradient: Matrix
  /** T_i softmax probabilities of each query. */
  probabilities: Float64Array[]
  logProbabilities: Float64Array[]
}

/**
 * Computes the loss of an attention head and its gradient in W, in the log domain: after saturation the direction is
 * exact where that of the usual formula has underflowed.
 *
 * @param W d x e.
 * @throws TypeError or RangeError that names the wrong argument.
 */
export function attentionGradient(problem: TrainingProblem, W: MatrixLike): AttentionGradient {
  return calling('attentionGradient', () => {
    const objective = new Objective(optionsOf(problem, 'problem', TRAINING_PROBLEM))
    const { d, e, n, starts } = objective.cases
    objective.evaluate(matrix(W, 'W', { rows: d, columns: e }).data)
    const length = nrm2(objective.G)
    const logNorm = objective.logScale + log(length)
    const size = exp(logNorm)
    const direction = objective.G.map((value) => (length > 0 ? value / length : 0))
    const split = (flat: Float64Array) => Array.from({ length: n }, (_, i) => flat.slice(starts[i], starts[i + 1]))
    return {
      value: objective.value,
      direction: ndarray(direction, [d, e]),
      logNorm: length > 0 ? logNorm : -Infinity,
      logScale: objective.logScale,
      gradient: ndarray(
        direction.map((value) => size * value),
        [d, e],
      ),
      probabilities: split(objective.probabilities),
      logProbabilities: split(objective.logProbabilities),
    }
  })
}
