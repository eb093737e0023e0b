import { golden, near } from '@opt/testing'
import {
  attentionGradient,
  attentionSVM,
  auditAttention,
  isLocallyOptimal,
  type LossName,
  linearHead,
  optimalMixture,
  optimalTokens,
  quadraticHead,
  reluHead,
  tokenScores,
  trainAttention,
} from '../src/index.ts'
import { dot } from './cases.ts'

type Rows = number[][]

interface Svm {
  tokens: Rows[]
  queries: Rows
  select: number[]
  margin: number
  base?: Rows
  rows: [number, number][]
  feasible: boolean
  frobenius: { W: Rows; norm: number; dual: number[]; slack: number[] }
  nuclear: { W: Rows; norm: number; lower: number; rank: number }
  softFrobenius?: { C: number; W: Rows; objective: number }
  softNuclear?: { C: number; W: Rows; objective: number; lower: number }
}
const svms = golden<{ cases: Svm[] }>(import.meta.url, 'svm.json').cases

describe.each(svms.map((one, k) => [k, one] as const))('SVM %d', (_, one) => {
  const { tokens, queries, select, margin, base } = one
  const problem = { tokens, queries, select, margin, base }

  test('the Frobenius SVM is that of Clarabel', () => {
    const answer = attentionSVM(problem)
    expect(answer.dual.map(({ query, token }) => [query, token])).toEqual(one.rows)
    expect(answer.status).toBe(one.feasible ? 'converged' : 'infeasible')
    if (!one.feasible) return
    near(answer.update.data, one.frobenius.W.flat(), { absolute: 1e-8 })
    near(answer.norm, one.frobenius.norm, { relative: 1e-10 })
    near(answer.lower, one.frobenius.norm, { relative: 1e-10 })
    near(
      answer.dual.map(({ weight }) => weight),
      one.frobenius.dual,
      { absolute: 1e-7 },
    )
    near(
      answer.dual.map((row) => row.margin - margin),
      one.frobenius.slack,
      { absolute: 1e-8 },
    )
  })

  if (!one.feasible)
    test('the nuclear SVM is infeasible, too', () => {
      expect(attentionSVM({ ...problem, norm: 'nuclear' }).status).toBe('infeasible')
    })
  else
    test('the nuclear SVM is that of Clarabel', () => {
      const answer = attentionSVM({ ...problem, norm: 'nuclear' }, { tolerance: 1e-9 })
      expect([answer.status, answer.rank]).toEqual(['converged', one.nuclear.rank])
      near([answer.norm, answer.lower], [one.nuclear.norm, one.nuclear.norm], { relative: 1e-8 })
      near(answer.update.data, one.nuclear.W.flat(), { absolute: 1e-5 })
    })

  if (one.softFrobenius)
    test('the soft SVMs are those of Clarabel', () => {
      const { C, W, objective } = one.softFrobenius!
      const frobenius = attentionSVM({ ...problem, softness: C }, { tolerance: 1e-12 })
      near(frobenius.objective, objective, { relative: 1e-9 })
      near(frobenius.update.data, W.flat(), { absolute: 1e-7 })
      const nuclear = attentionSVM({ ...problem, softness: one.softNuclear!.C, norm: 'nuclear' }, { tolerance: 1e-9 })
      near([nuclear.objective, nuclear.lower], [one.softNuclear!.objective, one.softNuclear!.objective], {
        relative: 1e-8,
      })
      near(nuclear.update.data, one.softNuclear!.W.flat(), { absolute: 1e-5 })
    })
})

interface General {
  cases: {
    tokens: Rows[]
    queries: Rows
    relevant: number[][]
    W: Rows
    norm: number
    probe: Rows
    finite: Rows
    scale: number
    perpCorrelation: number
    correlation: number
  }[]
  quadratic: { tokens: Rows; v: number[]; optimum: number[]; lambda: number }[]
}
const general = golden<General>(import.meta.url, 'general.json')

test.each(general.cases.map((one) => [one.relevant, one] as const))('sets of relevant tokens %j', (relevant, one) => {
  const { tokens, queries, probe } = one
  const svm = attentionSVM({ tokens, queries, relevant })
  near(svm.update.data, one.W.flat(), { absolute: 1e-8 })
  near(svm.norm, one.norm, { relative: 1e-8 })
  const audit = auditAttention({ W: probe, tokens, queries }, { relevant })
  near(audit.finite.data, one.finite.flat(), { absolute: 1e-9 })
  near([audit.scale, audit.perpCorrelation, audit.correlation], [one.scale, one.perpCorrelation, one.correlation], {
    absolute: 1e-9,
  })
  expect(audit.relevant).toEqual(relevant)
})

test.each(general.quadratic)(
  'the best weights of a quadratic head, lambda $lambda',
  ({ tokens, v, lambda, optimum }) => {
    near(
      optimalMixture(
        tokens.map((x) => dot(x, v)),
        lambda,
      ),
      optimum,
      { absolute: 1e-12 },
    )
  },
)

interface Gradient {
  tokens: Rows[]
  queries: Rows
  labels: number[]
  W: Rows
  loss: LossName
  head: { kind: string; v: number[]; V: Rows; a: number[]; lambda: number }
  value: number
  probabilities: Rows
  logProbabilities: Rows
  logScale: number
  logNorm: number
  direction: Rows
  gradient?: Rows
}
const gradients = golden<{ cases: Gradient[] }>(import.meta.url, 'gradients.json').cases

test.each(gradients.map((one) => [one.head.kind, one.loss, Math.round(one.logScale), one] as const))(
  'the gradient of a %s head, %s loss, S about %d',
  (kind, loss, _, { tokens, queries, labels, W, head: { v, V, a, lambda }, ...one }) => {
    const head = kind === 'linear' ? linearHead(v) : kind === 'relu' ? reluHead(V, a) : quadraticHead(v, lambda)
    const answer = attentionGradient({ tokens, queries, labels, head, loss }, W)
    near(answer.value, one.value, { absolute: 1e-11, relative: 1e-11 })
    near(answer.probabilities, one.probabilities, { absolute: 1e-11 })
    near(answer.logProbabilities, one.logProbabilities, { absolute: 1e-11, relative: 1e-10 })
    near([answer.logScale, answer.logNorm], [one.logScale, one.logNorm], { relative: 1e-10 })
    near(answer.direction.data, one.direction.flat(), { absolute: 1e-11 })
    if (one.gradient) near(answer.gradient.data, one.gradient.flat(), { absolute: 1e-11 })
  },
)

interface Training {
  tokens: Rows[]
  queries: Rows
  labels: number[]
  v: number[]
  parameterization: 'W' | 'KQ'
  learningRate: number
  iterations: number
  every: number
  regularization: number
  initialW?: Rows
  initialK?: Rows
  initialQ?: Rows
  W: Rows[]
}
const trainings = golden<{ cases: Training[] }>(import.meta.url, 'training.json').cases

test.each(trainings.map((one) => [one.parameterization, one.regularization, one] as const))(
  'training of %s with regularization %d holds 1e-8',
  (parameterization, regularization, { tokens, queries, labels, v, every, learningRate, W, ...one }) => {
    const problem = { tokens, queries, labels, head: linearHead(v) }
    let initial: object = one.initialW ? { W: one.initialW } : { K: one.initialK, Q: one.initialQ }
    for (const [k, expected] of W.entries()) {
      const options = { parameterization, regularization, learningRate, initial, maxIterations: every }
      const answer = trainAttention(problem, options)
      near(answer.W.data, expected.flat(), { absolute: 1e-8, label: `W after ${(k + 1) * every} steps` })
      initial = parameterization === 'W' ? { W: answer.W } : { K: answer.K, Q: answer.Q }
    }
    expect(W.length * every).toBe(one.iterations)
  },
)

interface Choice {
  tokens: Rows[]
  queries: Rows
  labels: number[]
  v: number[]
  scores: Rows
  optimal: number[]
  select: number[]
  support: number[][]
  locallyOptimal: boolean
}

test.each(golden<{ cases: Choice[] }>(import.meta.url, 'selection.json').cases.map((one, k) => [k, one] as const))(
  'scores, support and local optimality of choice %d',
  (_, { tokens, queries, labels, v, select, ...one }) => {
    const scores = tokenScores({ tokens, labels, v })
    near(scores, one.scores, { absolute: 1e-14 })
    expect([...optimalTokens(scores)]).toEqual(one.optimal)
    const { support } = attentionSVM({ tokens, queries, select })
    expect(support).toEqual(one.support)
    expect(isLocallyOptimal({ scores, select, support })).toBe(one.locallyOptimal)
  },
)
