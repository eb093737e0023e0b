import { type BilevelProblem, solveLower } from '@opt/bilevel'

/** The probability that a row with a wrong label has a smaller score than another one. */
export function detection(scores: ArrayLike<number>, wrong: Set<number>): number {
  let wins = 0
  for (const i of wrong)
    for (let j = 0; j < scores.length; j++)
      if (!wrong.has(j)) wins += scores[i] < scores[j] ? 1 : scores[i] === scores[j] ? 0.5 : 0
  return wins / (wrong.size * (scores.length - wrong.size))
}

/** Phi(x), and the lower level's solution there. */
export function exactFit(problem: BilevelProblem, x: Float64Array, y0: Float64Array): { phi: number; y: Float64Array } {
  const { y } = solveLower(problem.lower, x, y0, { tolerance: 1e-8, history: false })
  return { phi: problem.upper.value(x, y), y }
}

/** Share of rows whose class has the largest score; weights are features x classes, row-major. */
export function accuracy(weights: Float64Array, inputs: ArrayLike<number>[], labels: ArrayLike<number>): number {
  const classes = weights.length / inputs[0].length
  const right = inputs.filter((row, i) => {
    const scores = new Float64Array(classes)
    for (let j = 0; j < row.length; j++)
      for (let c = 0; c < classes; c++) scores[c] += row[j] * weights[j * classes + c]
    return scores.indexOf(scores.reduce((a, b) => Math.max(a, b))) === labels[i]
  })
  return right.length / inputs.length
}

export const percent = (value: number): string => `${(100 * value).toFixed(1)} %`
export const least = (values: number[]): number => Math.min(...values)
export const most = (values: number[]): number => Math.max(...values)
/** The smallest and the largest value. */
export const span = (values: number[]): string => `${least(values).toFixed(3)} to ${most(values).toFixed(3)}`
