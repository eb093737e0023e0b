import { random } from '@opt/core'
import { centralDifference, digest, near } from '@opt/testing'
import fc from 'fast-check'
import {
  attentionGradient,
  attentionSVM,
  auditAttention,
  fromProjections,
  type Head,
  isLocallyOptimal,
  type LossName,
  linearHead,
  optimalMixture,
  optimalTokens,
  quadraticHead,
  regularizationPath,
  reluHead,
  selection,
  tokenScores,
  trainAttention,
} from '../src/index.ts'
import { dot, draw, gaussian, score } from './cases.ts'

const seeds = fc.integer({ min: 0, max: 1e9 })
const LOSSES = ['logistic', 'exponential', 'linear', 'squared'] as const
const matrixOf = (W: Float64Array, e: number) =>
  Array.from({ length: W.length / e }, (_, i) => W.slice(i * e, (i + 1) * e))

function cosine(x: Float64Array, y: Float64Array): number {
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y))
}

function headOf(kind: string, seed: number, d: number): Head {
  const rng = random(seed)
  if (kind === 'linear') return linearHead(gaussian(rng, d))
  if (kind === 'relu')
    return reluHead(
      Array.from({ length: 3 }, () => gaussian(rng, d)),
      gaussian(rng, 3),
    )
  return quadraticHead(gaussian(rng, d), 0.3)
}

test('gradients of all heads and losses are those of finite differences', () => {
  fc.assert(
    fc.property(
      seeds,
      fc.constantFrom('linear', 'relu', 'quadratic'),
      fc.constantFrom<LossName>(...LOSSES),
      (seed, kind, loss) => {
        const { tokens, queries, labels } = draw(seed, 2, 3, 3, 2)
        const problem = { tokens, queries, labels, loss, head: headOf(kind, seed, 3) }
        const W = gaussian(random(seed + 1), 6).map((value) => value / 2)
        const { gradient, direction, logNorm, value } = attentionGradient(problem, matrixOf(W, 2))
        const valueAt = (W: Float64Array) => attentionGradient(problem, matrixOf(W, 2)).value
        const size = Math.max(...Array.from(gradient.data, Math.abs), Math.abs(value), 1)
        W.forEach((_, k) => {
          const slope = centralDifference(valueAt, W, k)
          // A kink of the ReLU may lie between.
          const kink = kind === 'relu' && Math.abs(slope - gradient.data[k]) < 0.5 * size
          if (!kink) expect(Math.abs(slope - gradient.data[k])).toBeLessThanOrEqual(2e-7 * size)
        })
        near(
          gradient.data,
          direction.data.map((entry) => Math.exp(logNorm) * entry),
          { relative: 1e-9 },
        )
        if (dot(gradient.data, gradient.data) > 0) near(dot(direction.data, direction.data), 1, { absolute: 1e-12 })
      },
    ),
    { numRuns: 240 },
  )
})

test('the log-domain direction is that of the plain formula, and goes on where it is 0', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const { tokens, queries, labels, v } = draw(seed, 3, 4, 3)
      const W = matrixOf(gaussian(random(seed + 1), 9), 3)
      const problem = { tokens, queries, labels, head: linearHead(v) }
      const { gradient, probabilities } = attentionGradient(problem, W)
      const plain = new Float64Array(9)
      queries.forEach((z, i) => {
        const s = probabilities[i]
        const g = tokens[i].map((x) => dot(x, v))
        const f = dot(s, g)
        const slope = -labels[i] / (1 + Math.exp(labels[i] * f)) / 3
        tokens[i].forEach((x, t) => {
          const weight = slope * s[t] * (g[t] - f)
          for (let j = 0; j < 3; j++) for (let k = 0; k < 3; k++) plain[3 * j + k] += weight * x[j] * z[k]
        })
      })
      near(gradient.data, plain, { absolute: 1e-14, ofLargest: 1e-9 })
      const large = attentionGradient(
        problem,
        W.map((row) => row.map((value) => 1e5 * value)),
      )
      expect(Number.isFinite(large.logNorm)).toBe(true)
      near(dot(large.direction.data, large.direction.data), 1, { absolute: 1e-12 })
    }),
    { numRuns: 150 },
  )
})

test('with two tokens a query, training turns to the SVM of the best ones', () => {
  let reached = 0
  for (let seed = 0; seed < 20; seed++) {
    const { tokens, queries, labels, v } = draw(seed, 3, 2, 5)
    const { W } = trainAttention(
      { tokens, queries, labels, head: linearHead(v) },
      { seed, maxIterations: 1500, history: false },
    )
    const select = optimalTokens(tokenScores({ tokens, labels, v }))
    // Tokens of nearly equal scores take longer than this.
    if (!selection({ W, tokens, queries }).selected.every((token, i) => token === select[i])) continue
    reached++
    expect(cosine(W.data, attentionSVM({ tokens, queries, select }).update.data)).toBeGreaterThan(0.95)
  }
  expect(reached).toBeGreaterThanOrEqual(18)
})

test('training keeps a choice exactly where it is locally optimal', () => {
  let [kept, lost] = [0, 0]
  for (let seed = 0; seed < 40; seed++) {
    const { tokens, queries, labels, v, select } = draw(seed, 3, 4, 5)
    const scores = tokenScores({ tokens, labels, v })
    const svm = attentionSVM({ tokens, queries, select })
    const W = svm.update.data.map((value) => (200 * value) / svm.norm)
    const end = trainAttention(
      { tokens, queries, labels, head: linearHead(v) },
      { initial: { W: matrixOf(W, 5) }, maxIterations: 3000, history: false },
    )
    const same = selection({ W: end.W, tokens, queries }).selected.every((token, i) => token === select[i])
    const isLocal = isLocallyOptimal({ scores, select, support: svm.support })
    if (isLocal) kept += Number(same)
    else lost += Number(!same)
    if (!isLocal) expect(same).toBe(false)
  }
  expect(kept).toBeGreaterThanOrEqual(1)
  expect(lost).toBeGreaterThan(20)
})

test('the regularisation paths tend to the SVMs of their norms', () => {
  const { tokens, queries, labels, v } = draw(2, 3, 4, 4)
  const unit = (x: Float64Array) => x.map((value) => value / Math.sqrt(dot(x, x)))
  const problem = {
    tokens: tokens.map((list) => list.map(unit)),
    queries: queries.map(unit),
    labels,
    head: linearHead(unit(v)),
  }
  for (const norm of ['frobenius', 'nuclear'] as const) {
    const { path, status } = regularizationPath(problem, { radii: [30, 100, 300], norm, steps: 1500 })
    expect(status).toBe('completed')
    const errors = path.map(({ W, selected, radius }) => {
      const svm = attentionSVM({ tokens: problem.tokens, queries: problem.queries, select: selected, norm })
      const { K, Q } = svm
      expect(dot(K.data, K.data) + dot(Q.data, Q.data)).toBeGreaterThan(0)
      expect(dot(W.data, W.data)).toBeLessThanOrEqual(radius * radius * (1 + 1e-12))
      return 1 - cosine(W.data, svm.update.data)
    })
    expect(errors[2]).toBeLessThan(3e-3)
    expect(errors[2]).toBeLessThan(errors[0])
    expect(path[2].loss).toBeLessThan(path[0].loss)
  }
})

test('a head of projections scores q times k', () => {
  const rng = random(3)
  const [Wq, Wk] = [5, 4].map((size) => Array.from({ length: 3 }, () => gaussian(rng, size)))
  const [z, x] = [gaussian(rng, 5), gaussian(rng, 4)]
  const [q, k] = [Wq.map((row) => dot(row, z)), Wk.map((row) => dot(row, x))]
  near(score(fromProjections(Wq, Wk).data, x, z), dot(q, k) / Math.sqrt(3), { relative: 1e-13 })
  near(score(fromProjections(Wq, Wk, { scale: 2 }).data, x, z), 2 * dot(q, k), { relative: 1e-13 })
})

test('the audit of an SVM finds itself', () => {
  for (const norm of ['frobenius', 'nuclear'] as const) {
    const { tokens, queries, labels, v, select } = draw(6, 3, 4, 5)
    const { update, support } = attentionSVM({ tokens, queries, select, norm })
    const W = matrixOf(
      update.data.map((value) => 50 * value),
      5,
    )
    const scores = tokenScores({ tokens, labels, v })
    const audit = auditAttention({ W, tokens, queries, scores }, { norm })
    expect([...audit.selected]).toEqual(select)
    expect(audit.support).toEqual(support)
    expect(audit.relevant).toEqual(select.map((token) => [token]))
    near([...audit.margins], [50, 50, 50], { relative: 1e-5 })
    near([audit.correlation, audit.perpCorrelation, audit.scale], [1, 1, 50], { relative: 1e-9 })
    expect(audit.locallyOptimal).toBe(isLocallyOptimal({ scores, select, support }))
  }
})

test('the best mixture is that of a fine search, and more tokens share as lambda grows', () => {
  fc.assert(
    fc.property(seeds, fc.double({ min: 0.05, max: 3, noNaN: true }), (seed, lambda) => {
      const scores = gaussian(random(seed), 3)
      const value = (s: ArrayLike<number>) => dot(s, scores) - lambda * dot(s, s)
      const best = optimalMixture(scores, lambda)
      near(
        best.reduce((sum, weight) => sum + weight, 0),
        1,
        { absolute: 1e-12 },
      )
      let most = -Infinity
      for (let a = 0; a <= 20; a++)
        for (let b = 0; a + b <= 20; b++) most = Math.max(most, value([a / 20, b / 20, (20 - a - b) / 20]))
      expect(most).toBeLessThanOrEqual(value(best) + 1e-12)
    }),
    { numRuns: 100 },
  )
  expect([...optimalMixture([1, 3, 2], 0)]).toEqual([0, 1, 0])
})

test('a run resumed from a saved state ends in the same bits', async () => {
  const { tokens, queries, select, labels, v } = draw(7, 4, 4, 5)
  for (const more of [{ norm: 'nuclear' }, { softness: 0.5 }, { norm: 'nuclear', softness: 0.5 }] as const) {
    const problem = { tokens, queries, select, ...more }
    const whole = attentionSVM(problem, { tolerance: 1e-9 })
    const first = attentionSVM(problem, { tolerance: 1e-9, maxIterations: 'norm' in more ? 31 : 7 })
    expect(first.status).toBe('max-iterations')
    const state = JSON.parse(JSON.stringify(first.state))
    const rest = await attentionSVM.async(problem, { tolerance: 1e-9, resume: state })
    expect([rest.status, rest.update.data]).toEqual([whole.status, whole.update.data])
    expect(rest.dual).toEqual(whole.dual)
    expect(() =>
      attentionSVM(
        { ...problem, tokens: tokens.slice(1), queries: queries.slice(1), select: select.slice(1) },
        { resume: state },
      ),
    ).toThrow('attentionSVM: resume.arrays.')
  }
  const problem = { tokens, queries, labels, head: linearHead(v) }
  const whole = trainAttention(problem, { parameterization: 'KQ', maxIterations: 40 })
  const half = trainAttention(problem, { parameterization: 'KQ', maxIterations: 20 })
  const rest = trainAttention(problem, { parameterization: 'KQ', maxIterations: 20, initial: { K: half.K, Q: half.Q } })
  expect(rest.W.data).toEqual(whole.W.data)
})

test('long work can be aborted and reports progress', async () => {
  const { tokens, queries, select } = draw(8, 5, 6, 6)
  const controller = new AbortController()
  const errors: number[] = []
  const answer = await attentionSVM.async(
    { tokens, queries, select, norm: 'nuclear' },
    {
      tolerance: 0,
      signal: controller.signal,
      onProgress: ({ iteration, error, upper, lower }) => {
        errors.push(error)
        if (upper !== undefined) expect(lower).toBeLessThanOrEqual(upper * (1 + 1e-12))
        if (iteration === 60) controller.abort()
      },
    },
  )
  expect(answer.status).toBe('aborted')
  expect(errors.at(-1)).toBeLessThan(errors[0])
  expect(Math.min(...answer.margins)).toBeGreaterThanOrEqual(1 - 1e-9)
})

test('steps go on at any learning rate, and end where the gradient is 0', () => {
  const { tokens, queries, labels, v } = draw(9, 3, 3, 3)
  const problem = { tokens, queries, labels, head: linearHead(v) }
  const { W } = trainAttention(problem, { learningRate: 1e6, maxIterations: 50 })
  expect(W.data.every(Number.isFinite)).toBe(true)
  const nothing = trainAttention({ ...problem, head: linearHead([0, 0, 0]) }, { maxIterations: 5 })
  expect([nothing.status, nothing.iterations]).toEqual(['completed', 1])
  expect(nothing.message).toContain('the gradient is 0')
})

test('the bits of all answers are the same in every engine', () => {
  const bits = digest((say) => {
    for (const seed of [1, 2]) {
      const { tokens, queries, labels, v, select } = draw(seed, 4, 5, 6)
      for (const norm of ['frobenius', 'nuclear'] as const) {
        say(attentionSVM({ tokens, queries, select, norm }))
        say(attentionSVM({ tokens, queries, select, norm, softness: 0.4 }))
        say(regularizationPath({ tokens, queries, labels, head: linearHead(v) }, { radii: [3, 9], norm, steps: 40 }))
      }
      say(attentionSVM({ tokens, queries, relevant: select.map((token) => [token, (token + 1) % 5]), norm: 'nuclear' }))
      for (const parameterization of ['W', 'KQ'] as const) {
        const head = headOf(seed === 1 ? 'relu' : 'quadratic', seed, 6)
        const trained = trainAttention({ tokens, queries, labels, head }, { parameterization, maxIterations: 200 })
        say(trained)
        say(auditAttention({ W: trained.W, tokens, queries, scores: tokenScores({ tokens, labels, v }) }))
      }
    }
  })
  expect(bits).toBe('41b43fe81ced4a9c')
})
