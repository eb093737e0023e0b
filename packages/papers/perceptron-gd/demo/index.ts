import type { ControlValues, Demo, Figure, Frame } from '@opt/core'
import { pointSeries } from '@opt/core/experiment'
import {
  bounds,
  type DescentState,
  dataset,
  hardInstance,
  logisticDescent,
  margin,
  normalizedDescent,
} from '@opt/perceptron-gd'

type Point = [number, number]
const PLUS: Point[] = [
  [0.62, 0.8],
  [0.75, 0.62],
  [0.88, 0.9],
  [0.93, 0.55],
  [0.58, 0.6],
]
const MINUS: Point[] = [
  [0.2, 0.3],
  [0.35, 0.12],
  [0.45, 0.4],
  [0.12, 0.55],
  [0.3, 0.52],
]
const MOST = 20_000

/** Where theta'(x, y, 1) is 0 in the square [low, high]^2, as dots. */
function boundary([a, b]: Float64Array, c: number, low: number, high: number): number[][] {
  const dots = Array.from({ length: 81 }, (_, k) => low + ((high - low) * k) / 80)
  const steep = Math.abs(b) < Math.abs(a)
  return dots
    .map((t) => (steep ? [-(b * t + c) / a, t] : [t, -(a * t + c) / b]))
    .filter(([x, y]) => x >= low && x <= high && y >= low && y <= high)
}

function* run({
  source,
  plus,
  minus,
  copies,
  step,
  perceptron,
  normalized,
}: ControlValues): Generator<Frame, void, void> {
  const hard = source === 'hard instance'
  const own = {
    features: [...(plus as Point[]), ...(minus as Point[])],
    labels: [...(plus as Point[]).map(() => 1), ...(minus as Point[]).map(() => -1)],
  }
  const instance = hardInstance({ n: copies as number, h: 0.0613 })
  const data = dataset(hard ? { ...instance, intercept: false } : own)
  const { marginLower, marginUpper } = margin(data)
  const stepSize = perceptron ? Infinity : (step as number)
  const separable = marginLower > 0
  const bound = separable && bounds({ n: data.n, radius: data.radius, margin: marginLower, stepSize })
  const solve = normalized ? normalizedDescent : logisticDescent
  const [low, high] = hard ? [-0.2, 1.2] : [0, 1]
  const clouds = hard
    ? [
        { label: `${data.n - 1} copies`, x: [1], y: [0] },
        { label: 'the other class', x: [0.0613], y: [-0.0613] },
      ]
    : [pointSeries('first class', plus as Point[]), pointSeries('second class', minus as Point[])]
  const curves: { x: number[]; loss: number[]; wrong: number[] } = { x: [], loss: [], wrong: [] }
  let [steps, resume] = [0, undefined as DescentState | undefined]
  for (;;) {
    const answer = solve(data, { stepSize, maxIterations: Math.ceil(0.3 * steps + 0.1), history: false, resume })
    steps += answer.iterations
    resume = answer.state
    curves.x.push(Math.max(1, steps))
    curves.loss.push(Math.max(1e-9, answer.loss))
    curves.wrong.push(answer.misclassified)
    const line = (title: string, label: string, y: number[], scale: 'linear' | 'log'): Figure => ({
      kind: 'line',
      title,
      x: { label: 'step', scale: 'log' },
      y: { label, scale },
      series: [{ label, x: [...curves.x], y: [...y] }],
    })
    const ended = answer.status !== 'max-iterations' || steps >= MOST
    const most = bound && (normalized ? bound.normalized : bound.gradientDescent)
    yield {
      figures: [
        {
          kind: 'scatter',
          title: 'Data and plane',
          x: { label: 'x' },
          y: { label: 'y' },
          series: [...clouds, pointSeries('plane', boundary(answer.theta, answer.intercept, low, high))],
        },
        line('The loss', 'mean logistic loss', curves.loss, 'log'),
        line('Misclassified points', 'misclassified', curves.wrong, 'linear'),
      ],
      readout: [
        ['steps', String(steps)],
        ['misclassified', `${answer.misclassified} of ${data.n}`],
        ['steps at most', most ? Math.ceil(most).toLocaleString('en') : 'no plane separates these points'],
        ['largest margin', separable ? `${marginLower.toFixed(4)} to ${marginUpper.toFixed(4)}` : 'none'],
      ],
      progress: ended ? 1 : Math.min(0.99, Math.log(steps) / Math.log(MOST)),
    }
    if (ended) return
  }
}

const demo: Demo = {
  title: 'From logistic regression to the perceptron',
  intro:
    'Raise the step size: the loss goes up and the points are separated sooner; at infinity it is the perceptron. On the hard instance only the normalised descent does not slow down with the number of copies.',
  controls: [
    { kind: 'choice', name: 'source', label: 'data', options: ['my points', 'hard instance'], value: 'my points' },
    { kind: 'points', name: 'plus', label: 'first class', value: PLUS },
    { kind: 'points', name: 'minus', label: 'second class', value: MINUS },
    {
      kind: 'range',
      name: 'copies',
      label: 'examples of the hard instance',
      min: 3,
      max: 1000,
      step: 1,
      log: true,
      value: 200,
    },
    { kind: 'range', name: 'step', label: 'step size', min: 0.01, max: 1e6, log: true, value: 1 },
    { kind: 'toggle', name: 'perceptron', label: 'infinite step', value: false },
    { kind: 'toggle', name: 'normalized', label: 'normalised', value: false },
  ],
  run,
  code: ({ source, plus, minus, copies, step, perceptron, normalized }) => {
    const solve = normalized ? 'normalizedDescent' : 'logisticDescent'
    const data =
      source === 'hard instance'
        ? `dataset({ ...hardInstance({ n: ${copies}, h: 0.0613 }), intercept: false })`
        : `dataset({
  features: ${JSON.stringify([...(plus as Point[]), ...(minus as Point[])])},
  labels: ${JSON.stringify([...(plus as Point[]).map(() => 1), ...(minus as Point[]).map(() => -1)])},
})`
    return `import { dataset, ${source === 'hard instance' ? 'hardInstance, ' : ''}${solve} } from '@opt/perceptron-gd'

const data = ${data}
const { message, theta, intercept, marginLower } = ${solve}(data, { stepSize: ${perceptron ? 'Infinity' : step} })
console.log(message)
console.log(theta, intercept, marginLower)
`
  },
}
export default demo
