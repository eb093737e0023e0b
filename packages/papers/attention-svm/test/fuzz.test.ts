import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'
import { draw } from './cases.ts'

const { tokens, queries, labels, select, v } = draw(1, 2, 3, 2)
const base = () => [
  [0.5, -0.25],
  [0.125, 1],
]
const own = () => ({ tokens: structuredClone(tokens), queries: structuredClone(queries) })
const training = (head: api.Head) => ({ ...own(), labels: [...labels], head, loss: 'logistic' })
const problem = (more: object) => ({ ...own(), base: base(), margin: 0.5, ...more })

const state = () =>
  api.attentionSVM(problem({ select: [...select], norm: 'nuclear', softness: 2 }) as never, { maxIterations: 2 }).state
const ascentState = () =>
  api.attentionSVM(problem({ select: [...select], softness: 2 }) as never, { maxIterations: 2 }).state
/** What the margins of queries without rivals are, and the norms of zero gradients in logarithms. */
const nonFinite = 'Infinity for the margin of a query with one token'
const custom = (): api.Head => ({
  value: (u) => u[0] - u[1],
  gradient: (_, out) => {
    out[0] = 1
    out[1] = -1
  },
})

const headMethods = {
  value: {
    args: () => [Float64Array.of(1, 2)],
    fixed: ['0'],
    says: ['linearHead', 'reluHead', 'quadraticHead'],
    nonFinite: 'beyond the range of doubles',
  },
  gradient: { args: () => [Float64Array.of(1, 2), new Float64Array(2)], writes: ['1'], fixed: ['0', '1'] },
}

fuzz(
  { ...api, soft: api.attentionSVM, sets: api.attentionSVM },
  {
    attentionSVM: {
      args: () => [
        problem({ select: [...select], norm: 'nuclear', softness: 2 }),
        { tolerance: 1e-3, maxIterations: 30, resume: state() },
      ],
      nonFinite,
      open: ['0'],
    },
    soft: {
      args: () => [problem({ select: [...select], softness: 2 }), { maxIterations: 30, resume: ascentState() }],
      says: ['attentionSVM'],
      nonFinite,
    },
    sets: {
      args: () => [problem({ relevant: [[0, 1], [2]], norm: 'frobenius' }), { maxIterations: 30 }],
      says: ['attentionSVM'],
      nonFinite,
    },
    selection: () => [{ ...own(), W: base() }],
    auditAttention: {
      args: () => [
        {
          ...own(),
          W: base(),
          scores: [
            [1, 2, 3],
            [3, 2, 1],
          ],
        },
        { threshold: 0.01, relevant: [[0, 1], [2]], norm: 'frobenius' },
      ],
      says: ['attentionSVM'],
      nonFinite,
    },
    tokenScores: () => [{ tokens: structuredClone(tokens), labels: [...labels], v: [...v] }],
    optimalTokens: () => [
      [
        [1, 2],
        [3, 1, 2],
      ],
    ],
    isLocallyOptimal: () => [
      {
        scores: [
          [1, 2],
          [3, 1, 2],
        ],
        select: [1, 0],
        support: [[0], [1, 2]],
      },
    ],
    optimalMixture: () => [[1, 2, 1.5], 0.5],
    fromProjections: () => [base(), base(), { scale: 0.5 }],
    linearHead: {
      args: () => [[1, -2]],
      methods: headMethods,
    },
    reluHead: {
      args: () => [base(), [1, -1]],
      methods: headMethods,
    },
    quadraticHead: {
      args: () => [[1, -2], 0.5],
      methods: headMethods,
    },
    attentionGradient: { args: () => [training(custom()), base()], nonFinite: 'the logarithm of a gradient 0' },
    trainAttention: {
      args: () => [
        training(api.linearHead(v)),
        {
          parameterization: 'KQ',
          rank: 2,
          initial: { K: base(), Q: base() },
          learningRate: 0.1,
          regularization: 1e-3,
          seed: 1,
          maxIterations: 3,
        },
      ],
      budgets: ['1.rank'],
      nonFinite: 'the logarithm of a gradient 0',
    },
    regularizationPath: {
      args: () => [training(api.linearHead(v)), { radii: [1, 2], norm: 'nuclear', steps: 3 }],
      budgets: ['1.steps', '1.radii'],
    },
  },
)
