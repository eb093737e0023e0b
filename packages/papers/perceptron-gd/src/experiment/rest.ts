import type { ExperimentContext } from '@opt/core'
import { type Classification, digits, divideFeatures } from '@opt/datasets'
import { type Dataset, dataset, LinearSeparator, logisticDescent, margin, normalizedDescent } from '../index.ts'

/** One digit against the rest: proofs where gradient steps leave the question open. */
export async function oneAgainstRest(context: ExperimentContext, { features, labels }: Classification): Promise<void> {
  const cap = { quick: 200, standard: 20_000, full: 20_000 }[context.scale]
  const rows: (string | number)[][] = []
  const found: string[] = []
  for (let digit = 0; digit < 10; digit++) {
    await context.progress(0.7 + 0.02 * digit, `digit ${digit} against the rest`)
    const data: Dataset = dataset({ features, labels: labels.map((label) => (label === digit ? 1 : -1)) })
    const { status, marginLower, marginUpper, iterations } = margin(data)
    const steps = (solve: typeof logisticDescent, stepSize: number) => {
      const answer = solve(data, { stepSize, maxIterations: cap, history: false })
      return answer.status === 'converged' ? answer.iterations : `> ${cap}`
    }
    found.push(status === 'infeasible' ? 'no' : marginLower > 0 ? 'yes' : '?')
    rows.push([
      digit,
      found[digit],
      status === 'infeasible' ? 0 : Number((0.5 * (marginLower + marginUpper)).toPrecision(4)),
      iterations,
      ...[1, 10, 1e4].map((stepSize) => steps(logisticDescent, stepSize)),
      ...[1, 10, 1e4].map((stepSize) => steps(normalizedDescent, stepSize)),
    ])
  }
  context.claim({
    claim: 'One digit against the rest: proven separable for all digits but 8 and 9, proven inseparable for these',
    paper: '',
    ours: found.map((word, digit) => `${digit} ${word}`).join(', '),
    pass: found.join('') === 'yesyesyesyesyesyesyesyesnono',
  })
  context.table({
    title: 'One digit against the rest (n = 1797): proof by the margin, and steps to separate',
    columns: ['digit', 'separable', 'margin', 'changes of support', 'LR 1', '10', '1e4', 'NLR 1', '10', '1e4'],
    rows,
  })
  const separator = new LinearSeparator({ maxIterations: 300 }).fit(features, labels)
  const predicted = separator.predict(features)
  const wrong = predicted.filter((label, i) => label !== labels[i]).length
  context.claim({
    claim:
      'Ten planes together: at most 5 % of the training digits are wrong, and the separator says that it does not separate',
    paper: '',
    ours: `${wrong} of ${labels.length} wrong, ${separator.status}`,
    pass: wrong <= 0.05 * labels.length && separator.status === 'inseparable',
  })
}

/** The digits with pixels from 0 to 1. */
export async function loadDigits(context: ExperimentContext): Promise<Classification> {
  const table = await digits({ folder: context.dataFolder })
  context.note(`Digits: ${table.source}; pixels / 16, a constant feature 1, all examples in the order of the file.`)
  return divideFeatures(table, 16)
}
