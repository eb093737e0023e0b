import type { ControlValues, Demo, Frame } from '@opt/core'
import { diff2 } from '@opt/diff2'

function* run({ learningRate }: ControlValues): Generator<Frame, void, void> {
  const x: number[] = []
  const y: number[] = []
  for (const { iteration, error } of diff2.steps((at) => at, [1, 2], { learningRate: learningRate as number })) {
    x.push(iteration)
    y.push(error)
    yield {
      figures: [
        {
          kind: 'line',
          title: 'Error',
          x: { label: 'iteration' },
          y: { label: 'error', scale: 'log' },
          series: [{ label: 'error', x: [...x], y: [...y] }],
        },
      ],
      readout: [['iteration', String(iteration)]],
    }
  }
}

const demo: Demo = {
  title: 'DIFF2: Differential Private Optimization via Gradient Differences for Nonconvex Distributed Learning',
  intro: 'Move the step size.',
  controls: [{ kind: 'range', name: 'learningRate', label: 'step size', min: 0.01, max: 1, log: true, value: 0.1 }],
  run,
  code: ({ learningRate }) => `import { diff2 } from '@opt/diff2'

const { x, message } = diff2((x) => x, [1, 2], { learningRate: ${learningRate} })
console.log(message, x)
`,
}
export default demo
