import { AdamP, SGDP } from '@opt/adamp'
import { type ControlValues, type Demo, type Frame, random } from '@opt/core'
import { Adam, SGD } from '@opt/optimizers'
import ndarray from 'ndarray'

const STEPS = 400

/**
 * f(w) = 1 - cos(angle between w and straight up), which only the direction of w changes, and its
 * gradient with noise.
 */
function gradientAt([a, b]: Float64Array, noise: number, g: Float64Array): number {
  const length = Math.sqrt(a * a + b * b)
  const turn = (-a / length + noise) / length
  g[0] = (-b / length) * -turn
  g[1] = (a / length) * -turn
  return 1 - b / length
}

interface Walk {
  label: string
  path: { x: number[]; y: number[] }
  norm: number[]
  loss: number[]
}

function* run(values: ControlValues): Generator<Frame, void, void> {
  const options = { learningRate: values.learningRate as number }
  const momentum = values.momentum as number
  const adam = values.family === 'Adam'
  const walkers = [false, true].map((projected) => {
    const w = ndarray(Float64Array.of(1, 0.05), [1, 2])
    const optimizer = adam
      ? new (projected ? AdamP : Adam)(w, { ...options, beta1: momentum })
      : new (projected ? SGDP : SGD)(w, { ...options, momentum })
    const label = `${adam ? 'Adam' : 'SGD'}${projected ? 'P' : ''}`
    const walk: Walk = { label, path: { x: [1], y: [0.05] }, norm: [1], loss: [1] }
    return { w, optimizer, walk, g: new Float64Array(2), rng: random(1) }
  })
  const time = [0]
  for (let t = 1; t <= STEPS; t++) {
    for (const { w, optimizer, walk, g, rng } of walkers) {
      const loss = gradientAt(w.data, (values.noise as number) * rng.normal(), g)
      optimizer.step(g)
      walk.path.x.push(w.data[0])
      walk.path.y.push(w.data[1])
      walk.norm.push(Math.sqrt(w.data[0] * w.data[0] + w.data[1] * w.data[1]))
      walk.loss.push(Math.max(loss, 1e-12))
    }
    time.push(t)
    if (t % 8 === 0 || t === STEPS)
      yield frame(
        time.slice(),
        walkers.map(({ walk }) => walk),
        t / STEPS,
      )
  }
}

function frame(x: number[], walks: Walk[], progress: number): Frame {
  return {
    figures: [
      {
        kind: 'line',
        title: 'The weight',
        x: { label: 'w1' },
        y: { label: 'w2' },
        series: walks.map(({ label, path }) => ({ label, x: path.x.slice(), y: path.y.slice() })),
      },
      {
        kind: 'line',
        title: 'Its norm',
        x: { label: 'step' },
        y: { label: '|w|' },
        series: walks.map(({ label, norm }) => ({ label, x, y: norm.slice() })),
      },
      {
        kind: 'line',
        title: 'Loss',
        x: { label: 'step' },
        y: { label: 'loss', scale: 'log' },
        series: walks.map(({ label, loss }) => ({ label, x, y: loss.slice() })),
      },
    ],
    readout: walks.map(({ label, norm, loss }) => [
      label,
      `|w| ${(norm.at(-1) ?? 1).toFixed(2)}, loss ${(loss.at(-1) ?? 1).toExponential(1)}`,
    ]),
    progress,
  }
}

const demo: Demo = {
  title: 'Momentum inflates a weight of which only the direction counts',
  intro:
    'Only the direction of this weight counts, as before a normalisation layer. Turn the momentum up: the plain optimizer spirals outwards and its steps turn the weight less and less; the projected one stays.',
  controls: [
    { kind: 'choice', name: 'family', label: 'optimizer', options: ['SGD', 'Adam'], value: 'SGD' },
    { kind: 'range', name: 'learningRate', label: 'learning rate', min: 0.005, max: 0.5, log: true, value: 0.1 },
    { kind: 'range', name: 'momentum', label: 'momentum', min: 0, max: 0.98, value: 0.9 },
    { kind: 'range', name: 'noise', label: 'noise in the gradient', min: 0, max: 2, value: 0.5 },
  ],
  run,
  code: ({ family, learningRate, momentum, noise }) => {
    const ours = family === 'Adam' ? 'AdamP' : 'SGDP'
    const rate = family === 'Adam' ? 'beta1' : 'momentum'
    return `import { ${ours} } from '@opt/adamp'
import { random } from '@opt/core'
import ndarray from 'ndarray'

const rng = random(1)
const w = ndarray(Float64Array.of(1, 0.05), [1, 2])
const norm = () => Math.sqrt(w.data[0] * w.data[0] + w.data[1] * w.data[1])
const optimizer = new ${ours}(w, { learningRate: ${learningRate}, ${rate}: ${momentum} })
for (let t = 0; t < ${STEPS}; t++) {
  const [a, b] = w.data.map((v) => v / norm()) // f = 1 - b
  const turn = (${noise} * rng.normal() - a) / norm()
  optimizer.step(Float64Array.of(b * turn, -a * turn))
}
console.log(\`|w| = \${norm()}\`)
`
  },
}
export default demo
