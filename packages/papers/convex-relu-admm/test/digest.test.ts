import { random } from '@opt/core'
import { digest } from '@opt/testing'
import {
  adversarialAccuracy,
  ConvexReluNetwork,
  type ConvexReluOptions,
  convexRelu,
  enumeratePatterns,
  pgd,
  sampledConvex,
  samplePatterns,
  thickPatterns,
} from '../src/index.ts'

const hash = (values: unknown[]) => digest((say) => say(values))

const rng = random(3)
const X = Array.from({ length: 40 }, () => [rng.normal(), rng.normal(), rng.normal(), 1])
const y = X.map(([a, b]) => (a * b > 0 ? 1 : -1))
const perturbed = [true, true, true, false]
const patterns = samplePatterns(X, { count: 9, random: random(1) })
const thick = thickPatterns(X, { count: 4, random: random(2), perturbed, candidates: 500 })
const solve = (options: Omit<ConvexReluOptions, 'patterns'>) =>
  convexRelu(X, y, { patterns, beta: 0.1, maxIterations: 35, ...options })

test('the bits of ADMM are the same in every engine', () => {
  const bits = [
    solve({ form: 'rows' }),
    solve({ form: 'dense', relaxation: 1, gamma: 0.3, rho: 0.7 }),
    solve({ loss: 'hinge', reduction: 'mean', measureEvery: 3 }),
    solve({ loss: 'bce', form: 'dense' }),
    solve({ loss: 'bce', method: 'rbcd' }),
    solve({ method: 'rbcd', step: 'armijo', blockSize: 3, random: random(4) }),
  ].map(({ state, weights, history }) => hash([state, weights.v.data, weights.w.data, history]))
  expect(bits).toEqual([
    'b9428699f14b1ed9',
    '584976311cfe53dd',
    '4780bafc951b8441',
    'd60067bade5896bb',
    '2efe6a2e0809dde2',
    '14bb17482b3de402',
  ])
})

test('the bits of robust training, sampled programs, patterns and attacks are the same in every engine', () => {
  const robust = (['squared', 'hinge', 'bce'] as const).map((loss) =>
    convexRelu(X, y, { patterns: thick, loss, beta: 0.1, epsilon: 0.02, perturbed, maxIterations: 25 }),
  )
  const { network } = robust[1]
  const attack = { epsilon: 0.3, perturbed, random: random(5) }
  const sampled = (['fista', 'coordinate-descent', 'split'] as const).map((method) =>
    sampledConvex(X, y, { count: 30, random: random(1), beta: 0.1, method, maxIterations: 40 }),
  )
  const estimator = new ConvexReluNetwork({ loss: 'bce', patterns: 8, maxIterations: 30 }).fit(X, y)
  expect([
    hash(robust.map(({ state, history }) => [state, history])),
    hash(sampled.map(({ alpha, history }) => [alpha, history])),
    hash([patterns, thick, enumeratePatterns(X.slice(0, 9))]),
    hash([pgd(network, X, y, attack).data, adversarialAccuracy(network, X, y, attack)]),
    hash([estimator.toJSON()]),
  ]).toEqual(['d39c47893e113b44', 'ce3fc55d3e7d070c', 'cbf157f24949a3ee', 'b46571770501542f', 'f55653c7bef1de77'])
})
