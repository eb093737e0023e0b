import { random } from '@opt/core'
import fc from 'fast-check'
import { Matrix, SingularValueDecomposition } from 'ml-matrix'
import ndarray from 'ndarray'
import { type AttentionSVMProblem, type AttentionSVMSolution, attentionSVM } from '../src/index.ts'
import { dot, draw, gaussian, score } from './cases.ts'

const seeds = fc.integer({ min: 0, max: 1e9 })
const singularValues = (W: Float64Array, rows: number, columns: number) =>
  new SingularValueDecomposition(Matrix.from1DArray(rows, columns, W), { autoTranspose: true }).diagonal

/** Small problems: a base half of the time, few dimensions often enough for infeasible ones. */
function problemOf(seed: number) {
  const rng = random(seed)
  const [n, T, d, e] = [rng.integer(1, 4), rng.integer(2, 5), rng.integer(1, 5), rng.integer(1, 4)]
  const { tokens, queries, select } = draw(rng.integer(0, 1e9), n, T, d, e)
  const base = Array.from({ length: d }, () => gaussian(rng, e))
  const margin = rng.uniform(0.1, 2)
  return { tokens, queries, select, margin, ...(rng.uniform() < 0.5 && { base }), d, e }
}
type Small = ReturnType<typeof problemOf>
const asked = ({ d: _d, e: _e, ...problem }: Small): AttentionSVMProblem => problem

/** A*(l) of the caller's data, and l'h. */
function proof({ tokens, queries, select, margin, base, d, e }: Small, { dual }: AttentionSVMSolution) {
  const adjoint = new Float64Array(d * e)
  const W0 = Float64Array.from(
    (base ?? Array.from({ length: d }, () => new Float64Array(e))).flatMap((row) => [...row]),
  )
  let gain = 0
  let size = 0
  for (const { query, token, weight } of dual) {
    const delta = tokens[query][select[query]].map((value, j) => value - tokens[query][token][j])
    gain += weight * (margin - score(W0, delta, queries[query]))
    const norms = Math.sqrt(dot(delta, delta) * dot(queries[query], queries[query]))
    size += Math.abs(weight) * norms
    for (let i = 0; i < d; i++) for (let j = 0; j < e; j++) adjoint[i * e + j] += weight * delta[i] * queries[query][j]
  }
  return { adjoint, gain, size }
}

/** The least norm by trying every set of active rows; Infinity where none is feasible. */
function bruteForce({ tokens, queries, select, margin, base, d, e }: Small): number {
  const rows = tokens.flatMap((list, i) =>
    list.flatMap((x, t) => {
      if (t === select[i]) return []
      const delta = list[select[i]].map((value, j) => value - x[j])
      const row = Array.from(delta).flatMap((a) => Array.from(queries[i], (b) => a * b))
      const done = base
        ? dot(
            row,
            base.flatMap((line) => [...line]),
          )
        : 0
      return [{ row, h: margin - done }]
    }),
  )
  let best = rows.every(({ h }) => h <= 0) ? 0 : Infinity
  for (let subset = 1; subset < 1 << rows.length; subset++) {
    const active = rows.filter((_, k) => (subset >> k) & 1)
    if (active.length > d * e) continue
    const A = new Matrix(active.map(({ row }) => row))
    const G = A.mmul(A.transpose())
    const svd = new SingularValueDecomposition(G)
    if (svd.diagonal.at(-1)! < 1e-9 * svd.diagonal[0]) continue
    const l = svd.solve(Matrix.columnVector(active.map(({ h }) => h))).to1DArray()
    if (l.some((value) => value < -1e-9)) continue
    const W = A.transpose().mmul(Matrix.columnVector(l)).to1DArray()
    if (rows.every(({ row, h }) => dot(row, W) >= h - 1e-7)) best = Math.min(best, Math.sqrt(dot(W, W)))
  }
  return best
}

test('the exact active set is the best of all sets of active rows', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const problem = problemOf(seed)
      if (problem.tokens.length * (problem.tokens[0].length - 1) > 6) return
      const expected = bruteForce(problem)
      const { status, norm } = attentionSVM(asked(problem))
      if (expected > 1e3) return // nearly infeasible: brute force is no judge
      expect(status).toBe('converged')
      expect(Math.abs(norm - expected)).toBeLessThanOrEqual(1e-7 * Math.max(1, expected))
    }),
    { numRuns: 300 },
  )
})

test("'converged' and 'infeasible' are recomputed from the answers", () => {
  let infeasible = 0
  fc.assert(
    fc.property(seeds, fc.constantFrom('frobenius', 'nuclear'), (seed, norm) => {
      const problem = problemOf(seed)
      const { d, e, tokens, queries, select, margin } = problem
      const answer = attentionSVM({ ...asked(problem), norm }, { tolerance: 1e-6, maxIterations: 5000 })
      const { adjoint, gain, size } = proof(problem, answer)
      if (answer.status === 'infeasible') {
        infeasible++
        expect(gain).toBeGreaterThan(0)
        // Any W has gain <= <A*(l), W>: it would have to be gigantic.
        expect(Math.sqrt(dot(adjoint, adjoint))).toBeLessThan(1e-4 * size)
        return
      }
      const values = singularValues(answer.update.data, d, e)
      const length = norm === 'frobenius' ? Math.sqrt(dot(values, values)) : values.reduce((a, b) => a + b, 0)
      expect(Math.abs(answer.norm - length)).toBeLessThanOrEqual(1e-9 * (1 + length))
      const W = answer.W.data
      queries.forEach((z, i) => {
        const rivals = tokens[i].filter((_, t) => t !== select[i])
        const own = Math.min(
          ...rivals.map((x) =>
            score(
              W,
              tokens[i][select[i]].map((v, j) => v - x[j]),
              z,
            ),
          ),
        )
        expect(Math.abs(own - answer.margins[i])).toBeLessThanOrEqual(1e-9 * (1 + Math.abs(own)))
        expect(own).toBeGreaterThanOrEqual(margin - 1e-8 * (1 + length))
      })
      if (answer.status !== 'converged') return
      const dual = singularValues(adjoint, d, e)
      const bound = norm === 'frobenius' ? Math.sqrt(dot(dual, dual)) : Math.max(...dual)
      if (length > 0) {
        expect(Math.abs(gain / bound - answer.lower)).toBeLessThanOrEqual(1e-7 * length)
        expect(length - answer.lower).toBeLessThanOrEqual(1.1e-6 * length)
        expect(answer.lower).toBeLessThanOrEqual(length * (1 + 1e-12))
      }
      for (const { weight } of answer.dual) expect(weight).toBeGreaterThanOrEqual(0)
      // update = K Q' with |K|^2 = |Q|^2 = |update|_*
      const [K, Q] = [answer.K.data, answer.Q.data]
      const nuclear = values.reduce((a, b) => a + b, 0)
      expect(Math.abs(dot(K, K) - nuclear) + Math.abs(dot(Q, Q) - nuclear)).toBeLessThanOrEqual(1e-8 * (1 + nuclear))
      for (let i = 0; i < d; i++)
        for (let j = 0; j < e; j++) {
          let sum = 0
          for (let k = 0; k < answer.rank; k++) sum += answer.K.get(i, k) * answer.Q.get(j, k)
          expect(Math.abs(sum - answer.update.get(i, j))).toBeLessThanOrEqual(1e-8 * (1 + nuclear))
        }
    }),
    { numRuns: 300 },
  )
  expect(infeasible).toBeGreaterThan(10)
})

test('soft margins: both bounds, monotone in the price, and the hard margin beyond it', () => {
  fc.assert(
    fc.property(seeds, fc.constantFrom('frobenius', 'nuclear'), (seed, norm) => {
      const problem = { ...asked(problemOf(seed)), norm } as AttentionSVMProblem
      const options = { tolerance: 1e-5, maxIterations: 3000, history: false }
      const [cheap, dear] = [0.1, 0.5].map((softness) => attentionSVM({ ...problem, softness }, options))
      const { margin = 1 } = problem
      for (const [softness, answer] of [
        [0.1, cheap],
        [0.5, dear],
      ] as const) {
        const missing = answer.dual.reduce((sum, row) => sum + Math.max(0, margin - row.margin), 0)
        const size = norm === 'frobenius' ? (answer.norm * answer.norm) / 2 : answer.norm
        expect(Math.abs(answer.objective - size - softness * missing)).toBeLessThanOrEqual(
          1e-9 * (1 + answer.objective),
        )
        expect(answer.lower).toBeLessThanOrEqual(answer.objective * (1 + 1e-9))
        if (answer.status === 'converged')
          expect(answer.objective - answer.lower).toBeLessThanOrEqual(1.1e-5 * answer.objective + 1e-12)
        for (const { weight } of answer.dual) expect(weight).toBeLessThanOrEqual(softness * (1 + 1e-12))
      }
      expect(cheap.lower).toBeLessThanOrEqual(dear.objective * (1 + 1e-9))
      const hard = attentionSVM(problem, options)
      if (hard.status !== 'converged') return
      const most = Math.max(...hard.dual.map(({ weight }) => weight))
      const equal = attentionSVM({ ...problem, softness: 2 * most + 1 }, { ...options, tolerance: 1e-4 })
      if (equal.status === 'converged') {
        const value = norm === 'frobenius' ? (hard.norm * hard.norm) / 2 : hard.norm
        expect(Math.abs(equal.objective - value)).toBeLessThanOrEqual(3e-4 * value + 1e-12)
      }
    }),
    { numRuns: 120 },
  )
})

test('one query: both norms have the same answer, of rank one', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const { tokens, queries, select } = draw(seed, 1, 4, 5)
      const [frobenius, nuclear] = (['frobenius', 'nuclear'] as const).map((norm) =>
        attentionSVM({ tokens, queries, select, norm }),
      )
      if (frobenius.status === 'infeasible') return
      expect([frobenius.rank, nuclear.rank]).toEqual([1, 1])
      expect(Math.abs(frobenius.norm - nuclear.norm)).toBeLessThanOrEqual(2e-6 * frobenius.norm)
    }),
    { numRuns: 100 },
  )
})

test('every choice is feasible where d >= max(T - 1, n), self-attention included', () => {
  fc.assert(
    fc.property(seeds, fc.boolean(), (seed, self) => {
      const { tokens, queries, select } = draw(seed, 3, 4, 4)
      const own = self ? tokens.map(([first]) => first) : queries
      expect(attentionSVM({ tokens, queries: own, select }, { history: false }).status).not.toBe('infeasible')
    }),
    { numRuns: 300 },
  )
})

test('W scales inversely with tokens and queries, at any scale, to a few bits', () => {
  for (const norm of ['frobenius', 'nuclear'] as const)
    for (const softness of [undefined, 0.5])
      for (const [s, t] of [
        [1e-150, 1e3],
        [1e150, 1e-150],
        [3e-7, 5e8],
      ]) {
        const { tokens, queries, select } = draw(3, 3, 4, 5)
        // Soft: |W|^2 / 2 + C sum has the units of W squared.
        const unit = softness === undefined ? 1 : norm === 'frobenius' ? s * t * (s * t) : s * t
        if (unit === 0 || unit === Infinity) continue
        const options = { tolerance: 1e-8 }
        const answer = attentionSVM({ tokens, queries, select, norm, softness }, options)
        const scaled = attentionSVM(
          {
            tokens: tokens.map((list) => list.map((x) => x.map((v) => v * s))),
            queries: queries.map((z) => z.map((v) => v * t)),
            select,
            norm,
            softness: softness === undefined ? undefined : softness / unit,
          },
          options,
        )
        expect(scaled.status).toBe('converged')
        answer.update.data.forEach((value, k) =>
          expect(Math.abs(scaled.update.data[k] * s * t - value)).toBeLessThanOrEqual(1e-6 * answer.norm),
        )
      }
})

test('strided, reversed and frozen data give the same bits, and are not changed', () => {
  const { tokens, queries, select } = draw(4, 2, 3, 4)
  const expected = attentionSVM({ tokens, queries, select })
  const flat = tokens.flatMap((list) => list.flatMap((x) => [...x]))
  const reversed = ndarray(Float64Array.from(flat).reverse(), [2, 3, 4], [-12, -4, -1], 23)
  const wide = ndarray(new Float64Array(2 * 8), [2, 4], [8, 2])
  queries.forEach((z, i) => z.forEach((value, j) => wide.set(i, j, value)))
  const frozen = Object.freeze(tokens.map((list) => Object.freeze(list.map((x) => Object.freeze([...x])))))
  for (const other of [reversed, frozen])
    expect(attentionSVM({ tokens: other, queries: wide, select }).update.data).toEqual(expected.update.data)
})

test('lists of different lengths, one token alone, and nothing to do', () => {
  const { tokens, queries, select } = draw(5, 3, 4, 4)
  const ragged = [tokens[0], tokens[1].slice(0, 1), tokens[2].slice(0, 2)]
  const choice = [select[0], 0, 1]
  const answer = attentionSVM({ tokens: ragged, queries, select: choice })
  expect([answer.status, answer.dual.length, answer.margins[1]]).toEqual(['converged', 4, Infinity])
  const again = attentionSVM({ tokens: ragged, queries, select: choice, base: answer.W, margin: 0.5, norm: 'nuclear' })
  expect([again.status, again.norm, again.rank]).toEqual(['converged', 0, 0])
  expect(again.update.data.every((value) => value === 0)).toBe(true)
  const alone = attentionSVM({ tokens: ragged.map((list) => list.slice(0, 1)), queries, select: [0, 0, 0] })
  expect([alone.status, alone.norm]).toEqual(['converged', 0])
})

test('equal tokens of different roles are named; a zero query is infeasible; equal relevant tokens are one', () => {
  const same = {
    tokens: [
      [
        [1, 2],
        [0, 1],
        [1, 2],
      ],
    ],
    queries: [[1, 1]],
  }
  const answer = attentionSVM({ ...same, select: [0] })
  expect(answer.status).toBe('infeasible')
  expect(answer.message).toContain('query 0 cannot tell its token 2 from the one to choose')
  expect(attentionSVM({ ...same, select: [0], softness: 1 }).status).toBe('converged')
  expect(attentionSVM({ ...same, relevant: [[0, 2]] }).status).toBe('converged')
  expect(
    attentionSVM({
      tokens: [
        [
          [1, 2],
          [0, 1],
        ],
      ],
      queries: [[0, 0]],
      select: [0],
    }).status,
  ).toBe('infeasible')
  // Equal scores within the pair and a margin along the same line contradict each other.
  expect(attentionSVM({ tokens: [[[0], [1], [2]]], queries: [[1]], relevant: [[0, 1]] }).status).toBe('infeasible')
})

test('a nearly infeasible problem says so', () => {
  const { status, message, norm } = attentionSVM({
    tokens: [
      [
        [1, 0],
        [0, 0],
        [1, 1e-4],
      ],
    ],
    queries: [[1, 0]],
    select: [0],
  })
  expect([status, norm > 5000]).toEqual(['converged', true])
  expect(message).toContain('nearly infeasible')
})

test('sets of relevant tokens in the nuclear norm, and soft: equal scores, and both bounds', () => {
  fc.assert(
    fc.property(
      seeds,
      fc.constantFrom('frobenius', 'nuclear'),
      fc.constantFrom(undefined, 0.5),
      (seed, norm, softness) => {
        const { tokens, queries } = draw(seed, 2, 4, 4)
        const relevant = [[0, 2], [1]]
        const answer = attentionSVM(
          { tokens, queries, relevant, norm, softness },
          { tolerance: 1e-5, maxIterations: 2000 },
        )
        if (answer.status === 'infeasible') return
        const equal = answer.dual.find(({ query, token }) => query === 0 && token === 2)!
        expect(Math.abs(equal.margin)).toBeLessThanOrEqual(1e-8 * (1 + answer.norm))
        expect(answer.lower).toBeLessThanOrEqual(answer.objective * (1 + 1e-9))
        expect(['converged', 'max-iterations']).toContain(answer.status)
      },
    ),
    { numRuns: 120 },
  )
})

test('more rows than entries: the factor in the entries gives the same certificates', () => {
  const { tokens, queries, select } = draw(6, 6, 6, 3)
  const answer = attentionSVM({ tokens, queries, select, norm: 'nuclear', softness: 0.2 })
  expect(answer.status).toBe('converged')
  expect(answer.objective - answer.lower).toBeLessThanOrEqual(1e-6 * answer.objective)
})

test('a large hard margin goes by coordinate ascent, to the same certificate', () => {
  const rng = random(8)
  const { tokens, queries } = draw(9, 58, 28, 42)
  const head = Array.from({ length: 42 }, () => gaussian(rng, 42))
  const select = tokens.map((list, i) => {
    const scores = list.map((x) => score(Float64Array.from(head.flatMap((row) => [...row])), x, queries[i]))
    return scores.indexOf(Math.max(...scores))
  })
  const answer = attentionSVM({ tokens, queries, select }, { tolerance: 0.02, history: false })
  expect([answer.status, answer.state !== undefined]).toEqual(['converged', true])
  expect(Math.min(...answer.margins)).toBeGreaterThanOrEqual(1 - 1e-9)
  expect(answer.norm - answer.lower).toBeLessThanOrEqual(0.02 * answer.norm)
})
