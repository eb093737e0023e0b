import type { ExperimentContext } from '@opt/core'
import type { Classification } from '@opt/datasets'
import { logisticDescent, margin, normalizedDescent } from '../index.ts'
import { pairData } from './pairs.ts'

/**
 * What the steps after separation do for the margin, and what the loss shows on the way: digits 3
 * and 9.
 */
export async function afterSeparation(context: ExperimentContext, digits: Classification): Promise<void> {
  await context.progress(0.92, 'steps after separation')
  const data = pairData(digits, 3, 9)
  const { margin: mu } = margin(data)
  const reached = (solve: typeof logisticDescent, stepSize: number) => {
    const options = { stepSize, stopWhenSolved: false, maxIterations: 3000, history: false }
    return solve(data, options).marginLower / mu
  }
  const normalized = [0.1, 1, 10].map((stepSize) => reached(normalizedDescent, stepSize))
  const plain = [0.3, 10, 1000].map((stepSize) => reached(logisticDescent, stepSize))
  const shown = (values: number[]) => values.map((value) => (value > 0 ? value.toFixed(2) : 'not separated')).join(', ')
  context.claim({
    claim:
      'Normalised descent that goes on for 3000 steps reaches 0.8 of the largest margin of 3-9, at steps 0.1, 1, 10',
    paper: '',
    ours: `${shown(normalized)}; LR+GD ${shown(plain)} at 0.3, 10, 1000`,
    pass: normalized.every((share) => share >= 0.8),
  })
  const small = logisticDescent(data, { stepSize: context.scale === 'quick' ? 1 : 0.1 })
  const large = logisticDescent(data, { stepSize: 1e4 })
  const most = Math.max(...large.history.map(({ loss }) => loss))
  context.note(
    `Digits 3 and 9: LR+GD with step ${context.scale === 'quick' ? 1 : 0.1} has loss ${small.loss.toPrecision(3)} when it separates at step ${small.iterations}; step 1e4 passes through a loss of ${most.toPrecision(3)} and separates at step ${large.iterations}.`,
  )
  const curves = [
    ['LR+GD, step 1', logisticDescent(data, { stepSize: 1 })],
    ['LR+GD, step 1e4', large],
    ['normalised, step 1', normalizedDescent(data)],
  ] as const
  context.figure({
    kind: 'line',
    title: 'Digits 3 and 9: misclassified examples until all are on their side',
    x: { label: 'step', scale: 'log' },
    y: { label: 'misclassified' },
    series: curves.map(([label, { history }]) => ({
      label,
      x: history.map(({ iteration }) => iteration),
      y: history.map(({ misclassified }) => misclassified),
    })),
  })
  context.figure({
    kind: 'line',
    title: 'Digits 3 and 9: the loss on the way',
    x: { label: 'step', scale: 'log' },
    y: { label: 'mean logistic loss', scale: 'log' },
    series: curves.map(([label, { history }]) => ({
      label,
      x: history.map(({ iteration }) => iteration),
      y: history.map(({ loss }) => Math.max(1e-6, loss)),
    })),
  })
}
