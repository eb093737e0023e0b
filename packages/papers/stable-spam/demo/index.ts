import { type ControlValues, type Demo, type Frame, random } from '@opt/core'
import { Adam, clipByGlobalNormInPlace } from '@opt/optimizers'
import { StableSPAM } from '@opt/stable-spam'

const SIZE = 20
const STEPS = 600

/** Returns half the sum of c_i (x_i - 1)^2, with curvatures from 1 to 20, and writes a noisy gradient. */
function lossAt(x: Float64Array, g: Float64Array, noise: () => number): number {
  let loss = 0
  for (let i = 0; i < SIZE; i++) {
    const away = x[i] - 1
    loss += 0.5 * (i + 1) * away * away
    g[i] = (i + 1) * away + noise()
  }
  return loss
}

function* run(values: ControlValues): Generator<Frame, void, void> {
  const options = { learningRate: values.learningRate as number }
  const runners = ['Adam', 'Adam, norm clipped at 1', 'Stable-SPAM'].map((label, k) => {
    const x = new Float64Array(SIZE)
    const optimizer = k === 2 ? new StableSPAM(x, { ...options, resetEvery: 0 }) : new Adam(x, options)
    return { label, x, optimizer, g: new Float64Array(SIZE), loss: [] as number[], rng: random(1), clip: k === 1 }
  })
  const time: number[] = []
  for (let t = 1; t <= STEPS; t++) {
    time.push(t)
    const spiked = t % (values.every as number) === 0
    for (const { x, optimizer, g, loss, rng, clip } of runners) {
      loss.push(lossAt(x, g, () => 0.3 * rng.normal()))
      if (spiked) {
        const where = values.where === 'one entry' ? [t % SIZE] : g.keys()
        for (const i of where) g[i] = g[i] * (values.size as number)
      }
      if (clip) clipByGlobalNormInPlace(g, 1)
      optimizer.step(g)
    }
    if (t % 10 !== 0) continue
    yield {
      figures: [
        {
          kind: 'line',
          title: 'Loss',
          x: { label: 'step' },
          y: { label: 'loss', scale: 'log' },
          series: runners.map(({ label, loss, clip }) => ({ label, x: time.slice(), y: loss.slice(), dashed: clip })),
        },
      ],
      readout: runners.map(({ label, loss }) => [label, `loss ${(loss.at(-1) ?? 0).toPrecision(3)}`]),
      progress: t / STEPS,
    }
  }
}

const demo: Demo = {
  title: 'A spike in the gradient',
  intro:
    'Now and then the gradient is far too large. Make the spikes larger and rarer, in one entry or in all: each throws Adam back, but hardly Stable-SPAM, nor Adam with its norm clipped at a suitable bound.',
  controls: [
    { kind: 'range', name: 'size', label: 'size of a spike', min: 1, max: 1e5, log: true, value: 1000 },
    { kind: 'range', name: 'every', label: 'steps between spikes', min: 20, max: 300, step: 1, value: 200 },
    { kind: 'choice', name: 'where', label: 'where', options: ['all entries', 'one entry'], value: 'all entries' },
    { kind: 'range', name: 'learningRate', label: 'learning rate', min: 1e-3, max: 0.1, log: true, value: 0.02 },
  ],
  run,
  code: ({ size, every, where, learningRate }) => `import { random } from '@opt/core'
import { StableSPAM } from '@opt/stable-spam'

const rng = random(1)
const x = new Float64Array(${SIZE})
const optimizer = new StableSPAM(x, { learningRate: ${learningRate}, resetEvery: 0 })
for (let t = 1; t <= ${STEPS}; t++) {
  const gradient = x.map((v, i) => (i + 1) * (v - 1) + 0.3 * rng.normal())
  if (t % ${every} === 0) for (const i of ${where === 'one entry' ? `[t % ${SIZE}]` : 'x.keys()'}) gradient[i] *= ${size}
  if (t === ${STEPS}) console.log('loss', x.reduce((sum, v, i) => sum + 0.5 * (i + 1) * (v - 1) * (v - 1), 0))
  optimizer.step(gradient)
}
`,
}
export default demo
