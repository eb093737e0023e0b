import {
  type AdAdaGradOptions,
  AdaGradNorm,
  adadagrad,
  type BatchStatistics,
  type FullStatistics,
  type Oracle,
  statisticsOf,
} from '@opt/adadagrad'
import { type ControlValues, cos, type Demo, exp, type Figure, type Frame, log, random, sin } from '@opt/core'
import { pointSeries } from '@opt/core/experiment'

const COUNT = 400
const STEPS = 300
const CIRCLE = 60

type Point = [number, number]

/** The plane of the points is the square from -3 to 3. */
const HALF_SIDE = 3
const place = (share: number) => HALF_SIDE * (2 * share - 1)

/** Points around two centres with labels +-1, some of them wrong, and the point (x, y) of each with a constant. */
function points(centres: Point[], noise: number) {
  const rng = random(3)
  return Array.from({ length: COUNT }, (_, i) => {
    const label = i % 2 ? 1 : -1
    const [u, v] = centres[i % 2]
    const z = [place(u) + rng.normal(), place(v) + rng.normal(), 1]
    return { z, label: rng.uniform() < noise ? -label : label }
  })
}

interface Problem extends Oracle {
  /** The statistics of the last batch, and the gradients of its examples in the first two weights. */
  last: FullStatistics
  rows: number[][]
  data: ReturnType<typeof points>
  full(w: ArrayLike<number>): FullStatistics & { loss: number }
}

/** Logistic regression with two weights and a constant. */
function logistic(data: ReturnType<typeof points>): Problem {
  const gradients = (w: ArrayLike<number>, indices: ArrayLike<number>) => {
    let loss = 0
    const rows = Array.from(indices, (i) => {
      const { z, label } = data[i]
      const margin = label * (w[0] * z[0] + w[1] * z[1] + w[2])
      loss += Math.max(-margin, 0) + log(1 + exp(-Math.abs(margin)))
      const weight = -label / (1 + exp(margin))
      return z.map((v) => weight * v)
    })
    return { rows, loss: loss / indices.length }
  }
  const all = Int32Array.from({ length: COUNT }, (_, i) => i)
  const problem: Problem = {
    count: COUNT,
    data,
    last: statisticsOf([[0, 0, 0]]),
    rows: [],
    evaluate(w, indices) {
      const { rows, loss } = gradients(w, indices)
      problem.rows = rows
      problem.last = statisticsOf(rows)
      return { loss, gradient: problem.last.mean, statistics: problem.last as BatchStatistics }
    },
    full(w) {
      const { rows, loss } = gradients(w, all)
      return { ...statisticsOf(rows), loss }
    },
  }
  return problem
}

interface Runner {
  label: string
  problem: Problem
  steps: Iterator<{ batchSize: number; suggested: number | undefined; examples: number }, unknown>
  w: Float64Array
  sizes: number[]
  norms: number[]
  examples: number
  suggested: number | undefined
}

function runner(label: string, data: ReturnType<typeof points>, options: AdAdaGradOptions): Runner {
  const problem = logistic(data)
  const one: Runner = {
    label,
    problem,
    w: new Float64Array(3),
    sizes: [],
    norms: [],
    examples: 0,
    suggested: undefined,
    steps: [][Symbol.iterator](),
  }
  one.steps = adadagrad.steps(problem, one.w, {
    ...options,
    maxIterations: STEPS,
    history: false,
    optimizer(x, learningRate) {
      one.w = x
      return new AdaGradNorm(x, { learningRate })
    },
  })
  return one
}

function* run(values: ControlValues): Generator<Frame, void, void> {
  const data = points(values.centres as Point[], values.noise as number)
  const common = { learningRate: 2, seed: 1 }
  const test = { test: values.test as 'norm', eta: values.eta as number, theta: values.eta as number }
  const growing = runner('growing', data, { ...common, ...test, nu: test.eta })
  const runners = [
    growing,
    runner('fixed 8', data, { ...common, initial: 8, max: 8 }),
    runner('fixed 64', data, { ...common, initial: 64, max: 64 }),
  ]
  for (let t = 1; t <= STEPS; t++) {
    for (const one of runners) {
      const { value, done } = one.steps.next()
      if (done) return
      const { batchSize, suggested, examples } = value as { batchSize: number; suggested?: number; examples: number }
      one.sizes.push(batchSize)
      one.norms.push(Math.sqrt(one.problem.full(one.w).squaredNorm))
      one.examples = examples
      one.suggested = suggested
    }
    if (t > 20 && t % 5 !== 0) continue
    yield {
      figures: [
        plane(growing),
        cloud(growing, test.eta),
        curves('The batch size', 'examples', runners, 'sizes'),
        curves('The full gradient', 'norm', runners, 'norms'),
      ],
      readout: readout(growing),
      progress: t / STEPS,
    }
  }
}

function readout({ sizes, suggested, norms, examples, problem: { last } }: Runner): [string, string][] {
  const noise = Math.sqrt(last.varianceSum / last.count / last.squaredNorm)
  return [
    ['batch size', `${sizes.at(-1)} of ${COUNT}`],
    ['the test asks for', suggested === undefined ? 'nothing: these are all examples' : suggested.toPrecision(3)],
    ['noise / signal of the batch', noise.toPrecision(2)],
    ['norm of the full gradient', norms.at(-1)!.toExponential(1)],
    ['examples processed', String(examples)],
  ]
}

function plane({ problem: { data }, w }: Runner): Figure {
  const ofClass = (label: number, name: string) =>
    pointSeries(
      name,
      data.filter((point) => point.label === label).map(({ z }) => z),
    )
  return {
    kind: 'scatter',
    title: 'The points',
    caption: 'Some have the wrong label: their gradients do not vanish where the others’ do.',
    x: { label: 'x' },
    y: { label: 'y' },
    series: [ofClass(1, 'class 1'), ofClass(-1, 'class 2'), boundary(w)],
  }
}

/** The line w_1 x + w_2 y + w_3 = 0 within the square. */
function boundary([a, b, c]: ArrayLike<number> & Iterable<number>) {
  const square = a * a + b * b
  const line = { label: 'boundary', x: [] as number[], y: [] as number[] }
  if (square === 0) return line
  const length = Math.sqrt(square)
  for (let k = -CIRCLE; k <= CIRCLE; k++) {
    const along = (1.5 * HALF_SIDE * k) / CIRCLE / length
    const [x, y] = [(-a * c) / square - b * along, (-b * c) / square + a * along]
    if (Math.max(Math.abs(x), Math.abs(y)) > HALF_SIDE) continue
    line.x.push(x)
    line.y.push(y)
  }
  return line
}

function cloud({ problem: { rows, last } }: Runner, eta: number): Figure {
  const [a, b] = last.mean
  const round = (label: string, [u, v]: [number, number], radius: number) => ({
    label,
    x: Array.from({ length: CIRCLE + 1 }, (_, k) => u + radius * cos((2 * Math.PI * k) / CIRCLE)),
    y: Array.from({ length: CIRCLE + 1 }, (_, k) => v + radius * sin((2 * Math.PI * k) / CIRCLE)),
  })
  return {
    kind: 'scatter',
    title: 'The gradients of the batch',
    caption:
      'One dot per example, in two of the three weights. The batch grows while the ring of its noise, sqrt(V / b), is wider than the ring of its tolerance, eta |g|; both are around the mean.',
    x: { label: 'weight 1' },
    y: { label: 'weight 2' },
    series: [
      pointSeries('examples', rows),
      round('noise', [a, b], Math.sqrt(last.varianceSum / last.count)),
      round('tolerance', [a, b], eta * Math.sqrt(last.squaredNorm)),
    ],
  }
}

function curves(title: string, label: string, runners: Runner[], field: 'sizes' | 'norms'): Figure {
  return {
    kind: 'line',
    title,
    x: { label: 'step', scale: 'log' },
    y: { label, scale: 'log' },
    series: runners.map((one) => ({ label: one.label, x: one[field].map((_, t) => t + 1), y: one[field] })),
  }
}

const demo: Demo = {
  title: 'A batch that grows when its gradient is too noisy',
  intro:
    'Logistic regression on 400 points. Drag the two centres, make the test stricter (smaller eta) or the labels worse, and watch when the batch grows, and where batches of 8 and 64 get stuck.',
  controls: [
    {
      kind: 'points',
      name: 'centres',
      label: 'centres of the classes',
      value: [
        [1 / 3, 0.4],
        [2 / 3, 0.6],
      ],
    },
    { kind: 'choice', name: 'test', label: 'test', options: ['norm', 'innerProduct', 'augmented'], value: 'norm' },
    { kind: 'range', name: 'eta', label: 'tolerance eta', min: 0.1, max: 2, log: true, value: 0.9 },
    { kind: 'range', name: 'noise', label: 'wrong labels', min: 0, max: 0.4, step: 0.05, value: 0.2 },
  ],
  run,
  code: ({ test, eta, centres }) => `import { adadagrad, networkOracle } from '@opt/adadagrad'
import { random } from '@opt/core'
import { mlp } from '@opt/nn'

// Your rows and classes
const rng = random(3)
const centres = [${(centres as Point[]).map((centre) => `[${centre.map((share) => place(share).toFixed(2)).join(', ')}]`).join(', ')}]
const labels = Array.from({ length: 400 }, (_, i) => i % 2)
const inputs = labels.map((label) => centres[label].map((centre) => rng.normal(centre)))
const network = mlp({ sizes: [2, 2], batch: inputs.length })
const oracle = networkOracle(network, inputs, labels)
const { x, history } = adadagrad(oracle, network.parameters, {
  optimizer: 'adagrad-norm',
  learningRate: 2,
  test: '${test}',
  ${test === 'norm' ? `eta: ${eta}` : `theta: ${eta}, nu: ${eta}`},
  maxIterations: ${STEPS},
})
console.log(history.map(({ batchSize }) => batchSize).join(' '))`,
}
export default demo
