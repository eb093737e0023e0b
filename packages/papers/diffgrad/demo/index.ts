import type { ControlValues, Demo, Figure, Frame } from '@opt/core'
import { DiffGrad, landscapes } from '@opt/diffgrad'
import { Adam } from '@opt/optimizers'

const STEPS = 299
const GRID = Array.from({ length: 301 }, (_, i) => -1.6 + (3.2 * i) / 300)

function* run(values: ControlValues): Generator<Frame, void, void> {
  const { value, derivative, name } = landscapes.find((one) => one.name === values.landscape) ?? landscapes[0]
  const rate = values.learningRate as number
  const options = { beta1: values.beta1 as number }
  const walkers = [
    { label: 'Adam', make: Adam, learningRate: rate },
    { label: 'diffGrad', make: DiffGrad, learningRate: rate },
    { label: 'Adam, half the rate', make: Adam, learningRate: rate / 2 },
  ].map(({ label, make: Optimizer, learningRate }) => {
    const x = Float64Array.of(values.start as number)
    return { label, x, optimizer: new Optimizer(x, { ...options, learningRate }), path: [x[0]] }
  })
  const time = [0]
  for (let t = 1; t <= STEPS; t++) {
    time.push(t)
    for (const { x, optimizer, path } of walkers) {
      optimizer.step(Float64Array.of(derivative(x[0])))
      path.push(x[0])
    }
    if (t % 6 !== 0 && t !== STEPS) continue
    const curve: Figure = {
      kind: 'line',
      title: name,
      x: { label: 'x' },
      y: { label: 'f' },
      series: [
        { label: 'f', x: GRID, y: GRID.map(value), dashed: true },
        ...walkers.map(({ label, path }) => {
          const recent = path.slice(-12)
          return { label, x: recent, y: recent.map(value) }
        }),
      ],
    }
    const paths: Figure = {
      kind: 'line',
      title: 'Where each is',
      x: { label: 'step' },
      y: { label: 'x' },
      series: walkers.map(({ label, path }) => ({ label, x: time.slice(), y: path.slice() })),
    }
    yield {
      figures: [curve, paths],
      readout: walkers.map(({ label, x }) => [label, `x = ${x[0].toFixed(3)}, f = ${value(x[0]).toFixed(3)}`]),
      progress: t / STEPS,
    }
  }
}

const demo: Demo = {
  title: 'Friction, or only a smaller step?',
  intro:
    'Adam overshoots the better minimum, diffGrad does not. Now look at Adam at half the rate, and at diffGrad when you double its rate.',
  controls: [
    { kind: 'choice', name: 'landscape', label: 'function', options: landscapes.map(({ name }) => name), value: 'F1' },
    { kind: 'range', name: 'start', label: 'start', min: -1.6, max: -0.4, value: -1 },
    { kind: 'range', name: 'learningRate', label: 'learning rate', min: 0.01, max: 0.5, log: true, value: 0.1 },
    { kind: 'range', name: 'beta1', label: 'beta1', min: 0, max: 0.99, value: 0.95 },
  ],
  run,
  code: ({ landscape, start, learningRate, beta1 }) => `import { DiffGrad, landscapes } from '@opt/diffgrad'

const { value, derivative } = landscapes.find(({ name }) => name === '${landscape}')
const x = Float64Array.of(${start})
const optimizer = new DiffGrad(x, { learningRate: ${learningRate}, beta1: ${beta1} })
for (let t = 0; t < ${STEPS}; t++) optimizer.step(Float64Array.of(derivative(x[0])))
console.log(\`x = \${x[0]}, f = \${value(x[0])}\`)
`,
}
export default demo
