import type { ExperimentContext } from '@opt/core'
import { breastCancer, standardize } from '@opt/datasets'
import { armijoEta, exactSolve, gradientSteps, linearSmoothness } from '../index.ts'
import { adam, follow, LOOKS, type Method, objective, type Problem } from './logistic-regression.ts'
import { parameterSearch } from './parameter-search.ts'

/** Where it does not carry over: tumours, which a line nearly separates, so that the curvature fades. */
export async function nearlySeparable({ dataFolder, table, note }: ExperimentContext): Promise<void> {
  const { features: raw, labels } = await breastCancer({ folder: dataFolder })
  const { features: scaled } = standardize(raw)
  const [count, columns] = scaled.shape
  const inputs = Array.from({ length: count }, (_, i) => {
    const row = new Float64Array(columns + 1).fill(1)
    row.set(scaled.data.subarray(i * columns, (i + 1) * columns))
    return row
  })
  const problem: Problem = {
    name: 'breast cancer',
    inputs,
    labels: Float64Array.from(labels, (label) => (label > 0 ? 1 : 0)),
    features: columns + 1,
  }
  const h = objective(problem)
  const scratch = new Float64Array(columns + 1)
  const beta = linearSmoothness(inputs, { eta: 4, features: columns + 1 })
  const descent = (times: number, name: string): Method => ({
    name,
    steps: 1,
    inner: gradientSteps({ stepSize: times / beta }),
  })
  const methods: Method[] = [
    descent(1, 'gradient descent, 1/L'),
    descent(10, 'gradient descent, 10/L'),
    { name: 'gradient descent, Armijo', steps: 1, inner: parameterSearch((theta) => h(theta, scratch), 0.5) },
    adam(0.1),
    { name: 'surrogate, exact', steps: 1, inner: exactSolve() },
    { name: 'surrogate, exact, Armijo eta', steps: 1, inner: exactSolve(), rule: armijoEta() },
  ]
  const losses = methods.map((method) => {
    const history = follow(problem, method)
    return LOOKS.map((look) => history[look].objective!.toPrecision(3))
  })
  table({
    title: `A: ${count} tumours, standardised, nearly separable: the loss`,
    columns: ['method', ...LOOKS.map((look) => `${look} gradients`)],
    rows: methods.map(({ name }, k) => [name, ...losses[k]]),
  })
  note(
    'What does not carry over: on nearly separable data, where the curvature fades, 1/L is timid. There exact surrogates have no lead after 50 gradients.',
  )
}
