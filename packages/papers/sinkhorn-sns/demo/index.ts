import type { ControlValues, Demo, Figure, Frame } from '@opt/core'
import { gridPoints, pairwiseCost, scaled, sinkhorn, sinkhornNewton } from '@opt/sinkhorn-sns'

const BARS = 64
const SINKHORN_CAP = 20_000

const bumps = (centres: [at: number, width: number, height: number][]): number[] =>
  Array.from({ length: BARS }, (_, i) => {
    const t = (i + 0.5) / BARS
    return centres.reduce((sum, [at, width, height]) => sum + height / (1 + ((t - at) / width) ** 4), 0.02)
  })

const normalised = (bars: number[]): Float64Array => {
  const total = bars.reduce((sum, v) => sum + v, 0)
  return Float64Array.from(bars, (v) => v / total)
}

interface Curve {
  x: number[]
  y: number[]
}

function frame(plan: { data: Float64Array } | null, sns: Curve, plain: Curve, readout: Frame['readout']): Frame {
  const figures: Figure[] = [
    {
      kind: 'line',
      title: 'L1 error of the marginals',
      x: { label: 'iteration', scale: 'log' },
      y: { label: 'error', scale: 'log' },
      series: [
        { label: 'Sinkhorn', ...plain },
        { label: 'SNS', ...sns },
      ],
    },
  ]
  if (plan) {
    const most = plan.data.reduce((high, p) => Math.max(high, p), 0)
    const data = plan.data.map((p) => 255 * Math.sqrt(p / most))
    figures.unshift({
      kind: 'heatmap',
      title: 'The plan: mass from row i to column j',
      image: { width: BARS, height: BARS, channels: 1, data },
    })
  }
  return { figures, readout }
}

function* run(values: ControlValues): Generator<Frame, void, void> {
  const a = normalised(values.from as number[])
  const b = normalised(values.to as number[])
  const points = gridPoints(BARS, 1)
  const cost = scaled(pairwiseCost(points, points, values.cost === 'distance' ? 'cityblock' : 'sqeuclidean'))
  const options = { epsilon: values.epsilon as number, tolerance: 1e-9 }
  const sns: Curve = { x: [], y: [] }
  const plain: Curve = { x: [], y: [] }

  const steps = sinkhornNewton.steps(cost, a, b, options)
  let next = steps.next()
  for (; !next.done; next = steps.next()) {
    sns.x.push(next.value.iteration)
    sns.y.push(Math.max(next.value.levelError, 1e-16))
  }
  const solution = next.value
  const plan = solution.plan()
  const readout: Frame['readout'] = [
    ['SNS', `${solution.sinkhornIterations} + ${solution.newtonIterations} iterations, ${solution.status}`],
    ['transport cost', solution.cost.toPrecision(8)],
  ]
  yield frame(plan, sns, plain, readout)

  let shown = performance.now()
  const crawl = sinkhorn.steps(cost, a, b, { ...options, maxIterations: SINKHORN_CAP, history: false })
  for (let step = crawl.next(); !step.done; step = crawl.next()) {
    const { iteration, error } = step.value
    if (iteration < 50 || iteration % 20 === 0) {
      plain.x.push(iteration)
      plain.y.push(Math.max(error, 1e-16))
    }
    if (performance.now() - shown < 60) continue
    shown = performance.now()
    yield frame(plan, sns, plain, [
      ...readout,
      ['Sinkhorn', `${iteration} iterations, error ${error.toExponential(1)}`],
    ])
  }
  const reached = plain.x.at(-1) ?? 0
  yield frame(plan, sns, plain, [
    ...readout,
    ['Sinkhorn', `${reached >= SINKHORN_CAP ? 'gave up after' : 'done after'} ${reached} iterations`],
  ])
}

const list = (values: number[]) => `[${values.map((v) => Number(v.toFixed(3))).join(', ')}]`

const demo: Demo = {
  title: 'Sinkhorn crawls, Newton falls off a cliff',
  intro:
    'Drag the bars of the two histograms and turn epsilon down. The plan sharpens, Sinkhorn slows down a thousandfold, SNS hardly notices.',
  controls: [
    {
      kind: 'histogram',
      name: 'from',
      label: 'from',
      value: bumps([
        [0.25, 0.08, 1],
        [0.7, 0.1, 0.6],
      ]),
    },
    {
      kind: 'histogram',
      name: 'to',
      label: 'to',
      value: bumps([
        [0.5, 0.18, 1],
        [0.9, 0.04, 0.5],
      ]),
    },
    { kind: 'range', name: 'epsilon', label: 'epsilon', min: 1e-4, max: 1, log: true, value: 1e-3 },
    {
      kind: 'choice',
      name: 'cost',
      label: 'cost',
      options: ['squared distance', 'distance'],
      value: 'squared distance',
    },
  ],
  run,
  code: ({
    from,
    to,
    epsilon,
    cost,
  }) => `import { gridPoints, pairwiseCost, scaled, sinkhornNewton } from '@opt/sinkhorn-sns'

const normalised = (bars) => bars.map((v) => v / bars.reduce((s, w) => s + w, 0))
const from = normalised(${list(from as number[])})
const to = normalised(${list(to as number[])})
const points = gridPoints(${BARS}, 1)
const cost = scaled(pairwiseCost(points, points, '${cost === 'distance' ? 'cityblock' : 'sqeuclidean'}'))
const solution = sinkhornNewton(cost, from, to, { epsilon: ${epsilon} })
console.log(solution.message, solution.cost)
`,
}
export default demo
