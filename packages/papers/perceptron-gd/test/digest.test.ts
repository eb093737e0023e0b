import { random } from '@opt/core'
import { digest } from '@opt/testing'
import {
  bounds,
  dataset,
  hardInstance,
  LinearSeparator,
  logisticDescent,
  margin,
  normalizedDescent,
  perceptron,
  separableInstance,
} from '../src/index.ts'

/** The same in every engine: Node 20 and 24 give these bits. */
test('the bits of all answers are the same in every engine', () => {
  const bits = digest((say) => {
    const rng = random(7)
    const wide = separableInstance(rng, { n: 70, d: 33, margin: 0.03 })
    for (const data of [
      dataset(wide),
      dataset({ ...separableInstance(rng, { n: 41, d: 5, margin: 0.05 }), intercept: false }),
      dataset({ ...hardInstance({ n: 30, h: 0.0613 }), intercept: false }),
    ]) {
      for (const stepSize of [0.3, 7, 1e4, Infinity]) {
        say(logisticDescent(data, { stepSize, maxIterations: 200 }))
        say(normalizedDescent(data, { stepSize, maxIterations: 200, stopWhenSolved: false }))
      }
      const proof = margin(data)
      say([perceptron(data), proof])
      say(bounds({ n: data.n, radius: data.radius, margin: proof.marginLower, stepSize: 0.2 }))
    }
    for (const method of ['normalized', 'logistic', 'perceptron', 'margin'] as const) {
      const separator = new LinearSeparator({ method }).fit(wide.features, wide.labels)
      say([separator.state(), separator.decision(wide.features).data])
    }
  })
  expect(bits).toBe('5d3954f89e372d55')
})
