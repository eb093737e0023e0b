import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import { digest } from '@opt/testing'
import * as api from '../src/index.ts'

// Made with Node 20; Node 24 gives the same.
test('the bits of the theory are the same in every engine', () => {
  const bits = digest((say) => {
    for (const width of [0.3, 1, 5]) {
      say(api.spike({ lambda: 3, width }))
      say(api.additive({ nodes: [0, 0.3, 1], masses: [0.5, 0.25, 0.25], width, lambda: 3 }))
      say(api.multiplicative({ nodes: [0.1, 0.7], counts: [100, 20], batch: 30 * width, lambda: 3 }))
      say(api.scaleRate(width, { from: 3, to: 70, lambda: 3, trace: 20, count: 100, momentum: 0.9 }))
      say([api.polyak(3, width / 2), api.meanSquareRate({ lambda: 3, variance: width, momentum: 0.3 })])
    }
  })
  expect(bits).toBe('661f7205fbd17925')
})

test('so are those of what is measured', () => {
  const rng = random(1)
  const inputs = Float64Array.from({ length: 240 }, () => rng.normal())
  const targets = Int32Array.from({ length: 80 }, () => rng.integer(0, 3))
  const network = mlp({ sizes: [3, 7, 3], activation: 'tanh', seed: 1 })
  const products = { network, inputs, targets }
  const bits = digest((say) => {
    for (const { highest, standardError } of api.measuredSharpness(products, { batches: [5, 20], repeats: 3 }).sizes)
      say([highest, standardError])
    for (const rule of ['stochastic', 'batch', 'polyak', 'cauchy'] as const) {
      const learner = new api.RateLearner({ products, batch: 8, rule, decay: api.lateDecay(50) })
      say([Array.from({ length: 50 }, (_, step) => learner.schedule(step)), learner.state().random])
    }
    const product = (v: Float64Array) => network.hvp(inputs, targets, v)
    say(api.lanczosStep(product, network.gradient(inputs, targets), { rate: 0.1, damping: 0.2 }))
  })
  expect(bits).toBe('9a1ae4d71f6d76af')
})
