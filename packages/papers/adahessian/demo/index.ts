import { AdaHessian } from '@opt/adahessian'
import { type ControlValues, cos, type Demo, exp, type Figure, type Frame, log, sin } from '@opt/core'
import { pointSeries } from '@opt/core/experiment'
import { Adam } from '@opt/optimizers'

const STEPS = 200

/** H of f = x'Hx / 2 in two variables: eigenvalues 1 and `condition`, turned by an angle. */
function hessian(values: ControlValues): [number, number, number] {
  const angle = ((values.angle as number) * Math.PI) / 180
  const [c, s] = [cos(angle), sin(angle)]
  const condition = values.condition as number
  return [condition * c * c + s * s, (condition - 1) * c * s, condition * s * s + c * c]
}

function* run(values: ControlValues): Generator<Frame, void, void> {
  const [a, b, d] = hessian(values)
  const times = ([x, y]: ArrayLike<number> & Iterable<number>) => Float64Array.of(a * x + b * y, b * x + d * y)
  const runners = [
    { label: 'AdaHessian', hessian: true, learningRate: values.adahessian as number },
    { label: 'Adam', hessian: false, learningRate: values.adam as number },
  ].map(({ label, hessian, learningRate }) => {
    const x = Float64Array.of(1, 1)
    const step = hessian
      ? bind(new AdaHessian(x, { learningRate }), times)
      : bind(new Adam(x, { learningRate }), undefined)
    return { label, x, step, path: [[1], [1]], loss: [] as number[] }
  })
  for (let t = 0; t <= STEPS; t++) {
    for (const { x, step, path, loss } of runners) {
      const g = times(x)
      loss.push(Math.max(0.5 * (x[0] * g[0] + x[1] * g[1]), 1e-30))
      step(g)
      path[0].push(x[0])
      path[1].push(x[1])
    }
    if (t % 5 === 0 || t === STEPS) yield frame(runners, [a, b, d], t)
  }
}

type Hvp = ((z: Float64Array) => Float64Array) | undefined
const bind = (optimizer: { step(g: Float64Array, hvp: Hvp): void }, hvp: Hvp) => (g: Float64Array) =>
  optimizer.step(g, hvp)

function frame(
  runners: { label: string; path: number[][]; loss: number[] }[],
  [a, b, d]: [number, number, number],
  t: number,
): Frame {
  // The level line of f through the start, or the largest that fits into the figure.
  const level = a + 2 * b + d
  const unit = Array.from({ length: 201 }, (_, i) => [cos((Math.PI * i) / 100), sin((Math.PI * i) / 100)])
  const radii = unit.map(([c, s]) => Math.sqrt(level / (a * c * c + 2 * b * c * s + d * s * s)))
  const fit = Math.min(1, 2 / Math.max(...radii))
  const ring = unit.map(([c, s], i) => [fit * radii[i] * c, fit * radii[i] * s])
  const paths: Figure = {
    kind: 'line',
    title: 'Paths, and a level line of f',
    x: { label: 'x1' },
    y: { label: 'x2' },
    series: [
      pointSeries('f', ring, { dashed: true }),
      ...runners.map(({ label, path }) => ({ label, x: path[0].slice(), y: path[1].slice() })),
    ],
  }
  const losses: Figure = {
    kind: 'line',
    title: 'f',
    x: { label: 'step' },
    y: { label: 'f', scale: 'log' },
    series: runners.map(({ label, loss }) => ({ label, x: loss.map((_, i) => i), y: loss.slice() })),
  }
  const digits = (v: number) => exp(Math.round(log(v) * 10) / 10).toExponential(1)
  return {
    figures: [paths, losses],
    readout: runners.map(({ label, loss }) => [label, `f = ${digits(loss.at(-1) ?? 1)} after ${t} steps`]),
    progress: t / STEPS,
  }
}

const demo: Demo = {
  title: 'The diagonal knows the scale, not the slant',
  intro:
    'Make the valley as narrow as you like: while it lies along an axis, AdaHessian is as fast, and at learning rate 1 it needs one step. Now turn the valley.',
  controls: [
    { kind: 'range', name: 'condition', label: 'condition', min: 1, max: 1e6, log: true, value: 1e3 },
    { kind: 'range', name: 'angle', label: 'angle of the valley, degrees', min: 0, max: 90, value: 0 },
    {
      kind: 'range',
      name: 'adahessian',
      label: 'learning rate, AdaHessian',
      min: 0.01,
      max: 3,
      log: true,
      value: 0.15,
    },
    { kind: 'range', name: 'adam', label: 'learning rate, Adam', min: 1e-3, max: 1, log: true, value: 0.1 },
  ],
  run,
  code: (values) => {
    const [a, b, d] = hessian(values)
    return `import { AdaHessian } from '@opt/adahessian'

const times = ([x, y]) => Float64Array.of(${a} * x + ${b} * y, ${b} * x + ${d} * y)
const x = Float64Array.of(1, 1)
const optimizer = new AdaHessian(x, { learningRate: ${values.adahessian} })
for (let t = 0; t < ${STEPS}; t++) optimizer.step(times(x), times)
console.log(\`x = \${x}\`)
`
  },
}
export default demo
