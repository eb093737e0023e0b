import { type ControlValues, type Demo, type Figure, type Frame, type Image, type Matrix, random } from '@opt/core'
import {
  constant,
  decompose,
  geometric,
  gradientDescent,
  lossProportional,
  quantile,
  type StepRule,
  subgm,
  syntheticProblem,
} from '@opt/robust-subgm'
import ndarray from 'ndarray'

const STEPS = 150
const PER_FRAME = 3

const RULES: Record<string, () => StepRule> = {
  quantile: () => quantile(),
  geometric: () => geometric({ decay: 0.97 }),
  'constant 0.03': () => constant(0.03),
  'loss (the theory wants no outliers)': () => lossProportional(),
}

/** Grey for 0, white and black for the largest entry of the truth and its opposite. */
function picture(label: string, { data, shape: [d] }: Matrix, largest: number): Image {
  return {
    width: d,
    height: d,
    channels: 1,
    label,
    data: data.map((v) => Math.max(0, Math.min(255, 127.5 + (127.5 * v) / largest))),
  }
}

const product = (U: Float64Array, d: number): Matrix => {
  const r = U.length / d
  const data = new Float64Array(d * d)
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++) for (let k = 0; k < r; k++) data[i * d + j] += U[i * r + k] * U[j * r + k]
  return ndarray(data, [d, d])
}

/** The factors of a descent, one after another. */
function* factors(
  solve: typeof subgm,
  problem: ReturnType<typeof syntheticProblem>,
  rank: number,
  alpha: number,
  rule: StepRule,
) {
  let factor = new Float64Array(0)
  const stepSize: StepRule = (state) => {
    factor = state.factor.slice() as Float64Array<ArrayBuffer>
    return rule(state)
  }
  const options = { rank, alpha, stepSize, tolerance: 0, maxIterations: STEPS, history: false }
  for (const { error } of solve.steps(problem.measurements, problem.y, options)) {
    if (Number.isNaN(error)) return
    yield factor
  }
}

function* run(values: ControlValues): Generator<Frame, void, void> {
  const [d, r, m] = [values.d, values.r, values.m] as number[]
  const rank = Math.min(d, values.width as number)
  const corruption = (values.p as number) / 100
  const outlierScale = values.outliers as number
  const problem = syntheticProblem({
    size: d,
    rank: Math.min(r, d),
    count: m,
    corruption,
    outlierScale,
    random: random(values.seed as number),
  })
  const { truth } = problem
  const largest = truth.data.reduce((most, v) => Math.max(most, Math.abs(v)), 0)
  const alpha = values.alpha as number
  const ours = factors(subgm, problem, rank, alpha, RULES[values.rule as string]())
  // A step that the squares survive shrinks with the outliers.
  const squares = constant(0.1 / Math.max(1, corruption * outlierScale))
  const baseline = factors(gradientDescent, problem, rank, alpha, squares)
  const curves: Record<string, number[]> = { error: [], signal: [], aligned: [], hidden: [], l2: [] }
  let phase = 'learning the directions'
  for (let t = 1; t <= STEPS; t++) {
    const [next, other] = [ours.next(), baseline.next()]
    if (next.done) break
    const U = next.value
    const parts = decompose(ndarray(U, [d, rank]), truth)
    const floor = 1e-16
    curves.error.push(Math.max(parts.error, floor))
    curves.signal.push(Math.max(parts.smallestSignal, floor))
    curves.aligned.push(Math.max(parts.alignedResidual, floor))
    curves.hidden.push(Math.max(parts.hiddenResidual, floor))
    if (!other.done) curves.l2.push(Math.max(decompose(ndarray(other.value, [d, rank]), truth).error, floor))
    if (parts.residual > 0.5 * parts.error) phase = 'at the floor, which alpha sets'
    else if (parts.error < 0.1) phase = 'converging'
    else if (parts.smallestSignal > 0.1) phase = 'filling them'
    else phase = 'learning the directions'
    if (t % PER_FRAME !== 0 && t !== STEPS) continue
    const X = product(U, d)
    const difference = ndarray(
      X.data.map((v, i) => v - truth.data[i]),
      [d, d],
    )
    const series = (label: string, name: string, dashed = false) => {
      return { label, dashed, x: curves[name].map((_, i) => i), y: [...curves[name]] }
    }
    const figures: Figure[] = [
      {
        kind: 'images',
        title: 'The matrix, and what is found of it',
        images: [
          picture('true X', truth, largest),
          picture("U U' now", X, largest),
          picture('difference', difference, largest),
        ],
      },
      {
        kind: 'line',
        title: 'Error and its parts',
        caption:
          'The signal is learned while the error is flat; then the error falls to a floor that the hidden part sets.',
        x: { label: 'iteration' },
        y: { label: 'Frobenius norm', scale: 'log' },
        series: [
          series('error', 'error'),
          series('weakest signal', 'signal'),
          series('aligned residual', 'aligned'),
          series('hidden residual', 'hidden'),
          series('least squares instead', 'l2', true),
        ],
      },
    ]
    yield {
      figures,
      readout: [
        ['iteration', String(t)],
        ['error', parts.error.toExponential(1)],
        ['phase', phase],
        ['wrong measurements', `${problem.corrupted.length} of ${m}`],
      ],
      progress: t / STEPS,
    }
  }
}

const demo: Demo = {
  title: 'A matrix from measurements that lie',
  intro:
    'A share of the measurements is grossly wrong. Drag their size to a million: nothing changes, while least squares is lost. Drag the scale of the start up: the floor rises. Drag the width: nothing changes.',
  controls: [
    { kind: 'range', name: 'outliers', label: 'size of the outliers', min: 1, max: 1e6, log: true, value: 10 },
    { kind: 'range', name: 'p', label: 'wrong measurements, %', min: 0, max: 40, step: 5, value: 20 },
    { kind: 'range', name: 'alpha', label: 'scale of the start', min: 1e-6, max: 1, log: true, value: 1e-5 },
    { kind: 'range', name: 'width', label: 'columns of the factor', min: 3, max: 20, step: 1, value: 20 },
    { kind: 'range', name: 'd', label: 'size of the matrix', min: 5, max: 20, step: 1, value: 20 },
    { kind: 'range', name: 'r', label: 'its rank', min: 1, max: 3, step: 1, value: 3 },
    { kind: 'range', name: 'm', label: 'measurements', min: 200, max: 2000, step: 100, value: 1000 },
    { kind: 'choice', name: 'rule', label: 'step sizes', options: Object.keys(RULES), value: 'quantile' },
    { kind: 'range', name: 'seed', label: 'seed', min: 0, max: 20, step: 1, value: 0 },
  ],
  run,
  code: ({ d, r, m, p, outliers, width, alpha }) => `import { random } from '@opt/core'
import { recover, subgm, syntheticProblem } from '@opt/robust-subgm'

const problem = syntheticProblem({
  size: ${d},
  rank: ${r},
  count: ${m},
  corruption: ${(p as number) / 100},
  outlierScale: ${outliers},
  random: random(0),
})
const { factor } = subgm(problem.measurements, problem.y, { rank: ${Math.min(d as number, width as number)}, alpha: ${alpha} })
console.log(factor.shape)
console.log(recover(problem).message) // no rank, no threshold, and down to rounding
`,
}
export default demo
