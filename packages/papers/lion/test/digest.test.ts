import { digest, optimizerDigest } from '@opt/testing'
import * as api from '../src/index.ts'

const kernels = () => [
  api.l1(),
  api.squared(),
  api.relu(),
  api.linf(),
  api.deadzone(0.1),
  api.huber(0.1),
  api.pseudohuber(0.1),
  api.logcosh(0.1),
  api.logsumexp(0.1),
  api.lp(3),
  api.topk(2),
]

test('the bits of all answers are the same in every engine', () => {
  const theory = digest((say) => {
    const objective = {
      value: (x: Float64Array) => x.reduce((sum, v) => sum + (v - 1) * (v - 1), 0) / 2,
      gradient: (x: Float64Array, out: Float64Array) => x.forEach((v, i) => (out[i] = v - 1)),
    }
    const x = [0.5, -0.25, 0.1]
    for (const kernel of kernels()) {
      say(api.constrained(objective, x, { kernel, weightDecay: 2, maxIterations: 50 }))
      say(api.constraintViolation(x, { kernel, weightDecay: 1 }))
      say(api.kktResidual({ x, gradient: [0.2, 0.1, -0.3] }, { kernel, weightDecay: 1 }))
    }
    const kernel = api.pseudohuber(0.1)
    say(
      api.lionFlow(objective, x, { kernel, alpha: 1, gamma: 1, epsilon: 0.5, lambda: 1, duration: 1, stepSize: 0.02 }),
    )
    say(api.entryEnvelope(2, 20, { learningRate: 0.1, weightDecay: 1 }))
  })
  const lionK = [...kernels(), api.nuclear(6, 4), api.group21(6, 4)].map((kernel) =>
    optimizerDigest((parameters) => {
      const { weight } = parameters as { weight: never }
      const optimizer = new api.LionK({ weight }, { kernel, learningRate: 0.01, weightDecay: 0.1 })
      return {
        step: (gradients) => optimizer.step({ weight: (gradients as { weight: never }).weight }),
        state: () => optimizer.state(),
      }
    }),
  )
  expect([
    theory,
    optimizerDigest((parameters) => new api.Lion(parameters as never, { learningRate: 0.01, weightDecay: 0.1 })),
    lionK,
  ]).toEqual([
    'c3cfb784068f35ac',
    '46854fd3ab998fb5',
    [
      '818c87bbff68eddb',
      '6215bd73444fcd73',
      'f8762a9ef9e98739',
      '4ebfcf93c73bf751',
      '73ae7df6cd26e074',
      '0e30286947fca19e',
      'd6e49315cd7ae85e',
      '85ce95e99df2b529',
      'fb84d86dbeebb72f',
      'a9edc4d669997300',
      '40aaec4e72eabac9',
      'c764a1aed74a998c',
      '89aaac3e168010ae',
    ],
  ])
})
