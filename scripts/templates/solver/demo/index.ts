import type { ControlValues, Demo, Frame } from '@opt/core'
import { pointSeries } from '@opt/core/experiment'
import { __camel__ } from '@opt/__name__'

function* run({ learningRate }: ControlValues): Generator<Frame, void, void> {
  const points: [iteration: number, error: number][] = []
  for (const { iteration, error } of __camel__.steps((at) => at, [1, 2], { learningRate: learningRate as number })) {
    points.push([iteration, error])
    yield {
      figures: [
        {
          kind: 'line',
          title: 'Error',
          x: { label: 'iteration' },
          y: { label: 'error', scale: 'log' },
          series: [pointSeries('error', points)],
        },
      ],
      readout: [['iteration', String(iteration)]],
    }
  }
}

const demo: Demo = {
  title: '__title__',
  intro: 'Move the step size.',
  controls: [{ kind: 'range', name: 'learningRate', label: 'step size', min: 0.01, max: 1, log: true, value: 0.1 }],
  run,
  code: ({ learningRate }) => `import { __camel__ } from '@opt/__name__'

const { x, message } = __camel__((x) => x, [1, 2], { learningRate: ${learningRate} })
console.log(message, x)
`,
}
export default demo
