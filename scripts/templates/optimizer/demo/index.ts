import { __Class__ } from '@opt/__name__'
import type { ControlValues, Demo, Frame } from '@opt/core'
import { Adam } from '@opt/optimizers'

const STEPS = 200

function* run({ learningRate }: ControlValues): Generator<Frame, void, void> {
  const runners = Object.entries({ Adam, __Class__ }).map(([label, Optimizer]) => {
    const x = Float64Array.of(1, 2)
    return { label, x, optimizer: new Optimizer(x, { learningRate: learningRate as number }), y: [] as number[] }
  })
  const time: number[] = []
  for (let t = 0; t < STEPS; t++) {
    time.push(t)
    for (const { x, optimizer, y } of runners) {
      y.push(Math.max(0.5 * (x[0] * x[0] + 10 * x[1] * x[1]), 1e-30))
      optimizer.step(Float64Array.of(x[0], 10 * x[1]))
    }
    if (t % 10 !== 9) continue
    yield {
      figures: [
        {
          kind: 'line',
          title: 'Loss',
          x: { label: 'step' },
          y: { label: 'loss', scale: 'log' },
          series: runners.map(({ label, y }) => ({ label, x: time.slice(), y: y.slice() })),
        },
      ],
      readout: runners.map(({ label, y }) => [label, (y.at(-1) ?? 0).toExponential(1)]),
      progress: (t + 1) / STEPS,
    }
  }
}

const demo: Demo = {
  title: '__title__',
  intro: 'Move the step size.',
  controls: [{ kind: 'range', name: 'learningRate', label: 'learning rate', min: 1e-3, max: 1, log: true, value: 0.02 }],
  run,
  code: ({ learningRate }) => `import { __Class__ } from '@opt/__name__'

const x = Float64Array.of(1, 2)
const optimizer = new __Class__(x, { learningRate: ${learningRate} })
for (let t = 0; t < ${STEPS}; t++) optimizer.step(Float64Array.of(x[0], 10 * x[1]))
console.log(\`x = \${x}\`)
`,
}
export default demo
