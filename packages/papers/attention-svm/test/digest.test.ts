import { digest } from '@opt/testing'
import * as api from '../src/index.ts'
import { draw } from './cases.ts'

test('the bits of all answers are the same in every engine', () => {
  const bits = digest((say) => {
    const { tokens, queries, labels, select, v } = draw(5, 4, 3, 5)
    for (const norm of ['frobenius', 'nuclear'] as const)
      say(api.attentionSVM({ tokens, queries, select, norm }, { maxIterations: 200 }))
    say(api.attentionSVM({ tokens, queries, select, softness: 2 }, { maxIterations: 50 }))
    const heads = [
      api.linearHead(v),
      api.quadraticHead(v, 0.5),
      api.reluHead([Array.from(v), [1, -1, 0, 2, 0.5]], [1, -1]),
    ]
    for (const head of heads)
      for (const loss of ['logistic', 'exponential'] as const) {
        const problem = { tokens, queries, labels, head, loss }
        for (const parameterization of ['W', 'KQ'] as const)
          say(api.trainAttention(problem, { parameterization, learningRate: 0.1, seed: 1, maxIterations: 20 }))
        say(api.regularizationPath(problem, { radii: [1, 3], norm: 'nuclear', steps: 5 }))
      }
    const scores = api.tokenScores({ tokens, labels, v })
    const best = api.optimalTokens(scores)
    const W = Array.from({ length: 5 }, (_, i) => Array.from({ length: 5 }, (_, j) => (i * 7 + j * 3) % 5))
    say([scores, best, api.optimalMixture([1, 2, 1.5], 0.5), api.selection({ tokens, queries, W })])
    say(api.auditAttention({ tokens, queries, W, scores }))
  })
  expect(bits).toBe('68157407d6eef490')
})
