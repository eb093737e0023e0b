import { type ExperimentContext, random } from '@opt/core'
import { median } from '@opt/core/experiment'
import { bounds, dataset, logisticDescent, margin, normalizedDescent, perceptron, separableInstance } from '../index.ts'

/**
 * Random data with a margin: the limit of large steps, the bounds, and where normalisation does not
 * pay.
 */
export async function randomData(context: ExperimentContext): Promise<void> {
  await context.progress(0.6, 'random data')
  const many = { quick: 10, standard: 40, full: 200 }[context.scale]
  const rng = random(context.seed)
  const gaps: number[][] = [[], [], []]
  const steps = { batch: [] as number[], normalized: [] as number[] }
  let [runs, within] = [0, 0]
  for (let k = 0; k < many; k++) {
    const n = k % 2 === 0 ? 500 : rng.integer(2, 60)
    const instance = separableInstance(rng, { n, d: rng.integer(2, 20), margin: 0.02 + 0.1 * rng.uniform() })
    const data = dataset({ ...instance, intercept: false })
    const { marginLower } = margin(data)
    const limits = { history: false, maxIterations: 1e6 }
    for (const stepSize of [0.5, 10, 1e4, Infinity]) {
      const bound = bounds({ n, radius: data.radius, margin: marginLower, stepSize })
      const plain = logisticDescent(data, { ...limits, stepSize }).iterations
      const normalized = normalizedDescent(data, { ...limits, stepSize }).iterations
      const { mistakes } = perceptron(data, limits)
      const held = [
        plain <= Math.ceil(bound.gradientDescent),
        normalized <= Math.ceil(bound.normalized),
        mistakes <= bound.perceptron,
        bound.smallStep === undefined || plain <= Math.ceil(bound.smallStep),
      ]
      runs += held.length
      within += held.filter(Boolean).length
      if (stepSize === Infinity && n === 500) {
        steps.batch.push(plain)
        steps.normalized.push(normalized)
      }
    }
    const path = (stepSize: number, maxIterations: number) =>
      logisticDescent(data, { stepSize, maxIterations, stopWhenSolved: false, history: false }).theta
    for (const [s, stepSize] of [1e2, 1e4, 1e8].entries()) {
      let gap = 0
      for (let t = 1; t <= 6; t++) {
        const limit = path(Infinity, t)
        path(stepSize, t).forEach((v, j) => (gap = Math.max(gap, Math.abs(v / stepSize - limit[j]))))
      }
      gaps[s].push(gap)
    }
  }
  context.claim({
    claim: `Bounds hold on ${many} random data sets x steps 0.5, 10, 1e4 and infinity`,
    paper: '',
    ours: `${within} of ${runs}`,
    pass: within === runs,
  })
  context.claim({
    claim:
      'theta/step tends to the batch perceptron: over 6 steps within 1e-6 of it at 1e8, and nearer than at 100 (medians)',
    paper: 'LR+GD reduces to the perceptron as the step grows',
    ours: `${gaps.map((gap) => median(gap).toExponential(1)).join(', ')} at 1e2, 1e4, 1e8`,
    pass: median(gaps[2]) <= 1e-6 && median(gaps[2]) < median(gaps[0]),
  })
  context.note(
    `On symmetric random data the normalised descent is slower: medians of ${median(steps.batch)} steps of the batch perceptron and ${median(steps.normalized)} of the normalised one (n = 500).`,
  )
}
