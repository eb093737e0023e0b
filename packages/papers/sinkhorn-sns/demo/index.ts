import type { ControlValues, Demo, Figure, Frame } from '@opt/core'
import { random } from '@opt/core'
import { gridPoints, pairwiseCost, scaled, sinkhorn, sinkhornNewton } from '@opt/sinkhorn-sns'

const BARS = 64
const SINKHORN_CAP = 100_000
const CLOUD = 160
const MOVES = 90

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

/** The plan, and as many of its largest entries as the sparsest Newton step kept in the Hessian. */
function plans(data: Float64Array, kept: number): Figure[] {
  const order = Float64Array.from(data).sort().reverse()
  const picture = (title: string, paint: (p: number) => number): Figure => ({
    kind: 'heatmap',
    title,
    image: { width: BARS, height: BARS, channels: 1, data: data.map(paint) },
  })
  const threshold = order[Math.min(kept, order.length) - 1]
  return [
    picture('The plan: mass from row i to column j', (p) => 255 * Math.sqrt(p / order[0])),
    picture(`Kept in the sparsest Hessian: ${kept < data.length ? `${kept} of` : 'all'} ${data.length} entries`, (p) =>
      p >= threshold ? 255 : 60 * Math.sqrt(p / order[0]),
    ),
  ]
}

const errors = (plain: Curve, sns: Curve): Figure => ({
  kind: 'line',
  title: 'L1 error of the marginals',
  x: { label: 'iteration', scale: 'log' },
  y: { label: 'error', scale: 'log' },
  series: [
    { label: 'Sinkhorn', ...plain },
    { label: 'SNS', ...sns },
  ],
})

function* histograms(values: ControlValues): Generator<Frame, void, void> {
  const a = normalised(values.from as number[])
  const b = normalised(values.to as number[])
  const points = gridPoints(BARS, 1)
  const cost = scaled(pairwiseCost(points, points, metric(values)))
  const options = { epsilon: values.epsilon as number, tolerance: 1e-9 }
  const sns: Curve = { x: [], y: [] }
  const plain: Curve = { x: [], y: [] }

  let start = performance.now()
  const solution = sinkhornNewton(cost, a, b, options)
  const milliseconds = performance.now() - start
  for (const { iteration, levelError } of solution.history) {
    sns.x.push(iteration)
    sns.y.push(Math.max(levelError, 1e-16))
  }
  const kept = solution.history.reduce((least, report) => Math.min(least, report.kept ?? least), BARS * BARS)
  const pictures = plans(solution.plan().data, kept)
  const { sinkhornIterations, newtonIterations, status } = solution
  const readout: Frame['readout'] = [
    ['SNS', `${sinkhornIterations} + ${newtonIterations} iterations, ${milliseconds.toFixed(1)} ms, ${status}`],
    ['transport cost', solution.cost.toPrecision(8)],
  ]
  const frame = (progress: string): Frame => ({
    figures: [...pictures, errors(plain, sns)],
    readout: progress ? [...readout, ['Sinkhorn', progress]] : readout,
  })
  yield frame('')

  start = performance.now()
  let shown = start
  let last = { iteration: 0, error: Infinity }
  const crawl = sinkhorn.steps(cost, a, b, { ...options, maxIterations: SINKHORN_CAP, history: false })
  for (let step = crawl.next(); !step.done; step = crawl.next()) {
    last = step.value
    if (last.iteration < 50 || last.iteration % 20 === 0 || last.error <= options.tolerance) {
      plain.x.push(last.iteration)
      plain.y.push(Math.max(last.error, 1e-16))
    }
    if (performance.now() - shown < 60) continue
    shown = performance.now()
    yield frame(`${last.iteration} iterations, error ${last.error.toExponential(1)}`)
  }
  const time = `${(performance.now() - start).toFixed(0)} ms`
  yield frame(
    `${last.error <= options.tolerance ? 'done after' : 'gave up after'} ${last.iteration} iterations, ${time}`,
  )
}

/** Moves a Gaussian cloud onto a ring, each point to where the plan sends it on average. */
function* clouds(values: ControlValues): Generator<Frame, void, void> {
  const rng = random(1)
  const from = Array.from({ length: CLOUD }, () => [0.18 * rng.normal(), 0.18 * rng.normal()])
  const to = Array.from({ length: CLOUD }, () => {
    const [x, y, r] = [rng.normal(), rng.normal(), rng.uniform(0.75, 0.9)]
    const norm = Math.sqrt(x * x + y * y)
    return [(r * x) / norm, (r * y) / norm]
  })
  const masses = new Float64Array(CLOUD).fill(1 / CLOUD)
  const cost = scaled(pairwiseCost(from, to, metric(values)))
  const {
    plan,
    iterations,
    status,
    cost: paid,
  } = sinkhornNewton(cost, masses, masses, { epsilon: values.epsilon as number })
  const P = plan().data
  const aim = from.map((_, i) =>
    [0, 1].map((k) => to.reduce((sum, point, j) => sum + CLOUD * P[i * CLOUD + j] * point[k], 0)),
  )
  for (let move = 0; move <= MOVES; move++) {
    const t = move / MOVES
    const at = from.map((point, i) => point.map((v, k) => (1 - t) * v + t * aim[i][k]))
    const column = (points: number[][], k: number) => points.map((point) => point[k])
    yield {
      figures: [
        {
          kind: 'scatter',
          title: 'From a cloud to a ring, along the plan',
          x: { label: 'x' },
          y: { label: 'y' },
          series: [
            { label: 'target', x: column(to, 0), y: column(to, 1) },
            { label: 'moving', x: column(at, 0), y: column(at, 1) },
          ],
        },
      ],
      readout: [
        ['SNS', `${iterations} iterations, ${status}`],
        ['transport cost', paid.toPrecision(8)],
      ],
      progress: t,
    }
  }
}

const metric = ({ cost }: ControlValues) => (cost === 'distance' ? 'cityblock' : 'sqeuclidean')

const run = (values: ControlValues): Generator<Frame, void, void> =>
  values.show === 'point clouds' ? clouds(values) : histograms(values)

const list = (values: number[]) => `[${values.map((v) => Number(v.toFixed(3))).join(', ')}]`

const histogramCode = (
  values: ControlValues,
) => `import { gridPoints, pairwiseCost, scaled, sinkhornNewton } from '@opt/sinkhorn-sns'

const normalised = (bars) => bars.map((v) => v / bars.reduce((s, w) => s + w, 0))
const from = normalised(${list(values.from as number[])})
const to = normalised(${list(values.to as number[])})
const points = gridPoints(${BARS}, 1)
const cost = scaled(pairwiseCost(points, points, '${metric(values)}'))
const { message, cost: paid } = sinkhornNewton(cost, from, to, { epsilon: ${values.epsilon} })
console.log(message)
console.log(paid)
`

const cloudCode = (values: ControlValues) => `import { random } from '@opt/core'
import { pairwiseCost, scaled, sinkhornNewton } from '@opt/sinkhorn-sns'

const rng = random(1)
const from = Array.from({ length: ${CLOUD} }, () => [0.18 * rng.normal(), 0.18 * rng.normal()])
const to = Array.from({ length: ${CLOUD} }, () => {
  const [x, y, r] = [rng.normal(), rng.normal(), rng.uniform(0.75, 0.9)]
  return [x, y].map((v) => (r * v) / Math.sqrt(x * x + y * y))
})
const masses = new Float64Array(${CLOUD}).fill(1 / ${CLOUD})
const cost = scaled(pairwiseCost(from, to, '${metric(values)}'))
const { message, cost: paid } = sinkhornNewton(cost, masses, masses, { epsilon: ${values.epsilon} })
console.log(message)
console.log(paid)
`

const demo: Demo = {
  title: 'Sinkhorn crawls, Newton falls off a cliff',
  intro:
    'Drag the bars of the two histograms and turn epsilon down. The plan sharpens, Sinkhorn slows down a thousandfold, SNS hardly notices. Or watch a cloud of points move along its plan: with a large epsilon they all go to the middle.',
  controls: [
    { kind: 'choice', name: 'show', label: 'show', options: ['histograms', 'point clouds'], value: 'histograms' },
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
    { kind: 'range', name: 'epsilon', label: 'epsilon', min: 1e-4, max: 1, log: true, value: 3e-4 },
    {
      kind: 'choice',
      name: 'cost',
      label: 'cost',
      options: ['squared distance', 'distance'],
      value: 'squared distance',
    },
  ],
  run,
  code: (values) => (values.show === 'point clouds' ? cloudCode(values) : histogramCode(values)),
}
export default demo
