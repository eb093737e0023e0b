import { random } from '@opt/core'
import { near } from '@opt/testing'
import fc from 'fast-check'
import ndarray from 'ndarray'
import {
  type AttentionBatch,
  type AttentionHead,
  attentionRows,
  expPolynomial,
  LoraHead,
  loraGradients,
  monomials,
  sampledGradients,
} from '../src/index.ts'
import { formula, lossOf, output } from './brute-force.ts'
import { drawn, type Rows, small } from './shared.ts'

const roles = ['Q', 'K', 'V'] as const
const flat = (x: Rows) => x.flat()
const sizes = fc.record({
  queries: fc.integer({ min: 1, max: 9 }),
  keys: fc.integer({ min: 1, max: 9 }),
  d: fc.integer({ min: 2, max: 5 }),
  h: fc.integer({ min: 2, max: 4 }),
  hv: fc.integer({ min: 2, max: 4 }),
  rank: fc.integer({ min: 1, max: 2 }),
  scale: fc.double({ min: 0, max: 0.6, noNaN: true }),
})
const METHODS = ['exact', 'chained', 'reverse'] as const
const seeds = fc.integer({ min: 0, max: 1e6 })

/** Central differences of a loss over all entries of the adapters. */
function differences(head: ReturnType<typeof small>['head'], loss: (head: AttentionHead) => number) {
  const step = 1e-5
  return roles.flatMap((role) =>
    (['A', 'B'] as const).flatMap((part) =>
      head.adapters[role][part].flatMap((row, i) =>
        row.map((_, j) => {
          const moved = (by: number) => {
            const copy = structuredClone(head)
            copy.adapters[role][part][i][j] += by
            return loss(copy)
          }
          return (moved(step) - moved(-step)) / (2 * step)
        }),
      ),
    ),
  )
}

const allOf = (gradients: ReturnType<typeof loraGradients>['gradients']) =>
  roles.flatMap((role) => (['A', 'B'] as const).flatMap((part) => Array.from(gradients[role]![part].data)))

test('exact gradients are those of finite differences, also under a causal mask', () => {
  for (const [seed, mask] of [
    [1, undefined],
    [2, 'causal'],
  ] as const) {
    const { head, batch } = small(seed, { queries: 7, keys: 7 })
    const masked: AttentionBatch = { ...batch, mask }
    const answer = loraGradients(head, masked)
    near(answer.output.data, flat(output(head, masked).O), { absolute: 1e-13 })
    near(
      allOf(answer.gradients),
      differences(head, (at) => lossOf(output(at, masked).O, batch.target)),
      { absolute: 1e-8 },
    )
  }
})

test('exact gradients for any loss: a function of the whole output', () => {
  const { head, batch } = small(3)
  const value = (O: Rows) => Math.exp(lossOf(O, batch.target) / 10)
  const upstream = ({ data }: { data: Float64Array }) => {
    const O = batch.target.map((row, j) => row.map((_, c) => data[j * row.length + c]))
    return O.map((row, j) => row.map((o, c) => (value(O) * (o - batch.target[j][c])) / 10))
  }
  const answer = loraGradients(head, { ...batch, target: undefined, upstream })
  near(
    allOf(answer.gradients),
    differences(head, (at) => value(output(at, batch).O)),
    { absolute: 1e-7 },
  )
})

test('the reverse gradient is that of the polynomial head, by finite differences', () => {
  for (const degree of [1, 2, 3, 5]) {
    const { head, batch } = small(degree)
    const { coefficients } = expPolynomial({ range: 1, degree })
    // The mean of the keys counts as a constant.
    const K = output(head, batch).K
    const mean = K[0].map((_, c) => K.reduce((sum, k) => sum + k[c], 0) / K.length)
    const answer = loraGradients(head, batch, { method: 'reverse', degree })
    near(answer.output.data, flat(output(head, batch, coefficients).O), { absolute: 1e-12 })
    near(
      allOf(answer.gradients),
      differences(head, (at) => lossOf(output(at, batch, coefficients, mean).O, batch.target)),
      { absolute: 1e-7 },
    )
  }
})

test('1000 problems: exact and chained are the formula with L x L arrays, reverse its output; given arrays stay as they are', () => {
  fc.assert(
    fc.property(
      seeds,
      sizes,
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom(...METHODS),
      (seed, size, degree, method) => {
        const { head, batch } = small(seed, size)
        const before = JSON.stringify([head, batch])
        const check = (method: 'exact' | 'chained' | 'reverse') => {
          const { coefficients } = expPolynomial({ range: 1, degree })
          const answer = loraGradients(head, batch, { method, degree })
          const { F, O } = output(head, batch, method === 'exact' ? undefined : coefficients)
          if (answer.verdict === 'out-of-range') return expect(method).not.toBe('exact')
          near(answer.output.data, flat(O), { absolute: 1e-9, ofLargest: 1e-9, label: method })
          const G = O.map((row, j) => row.map((o, c) => o - batch.target[j][c]))
          const expected = formula(head, batch, F, G)
          for (const role of method === 'reverse' ? [] : roles)
            near(answer.weightGradients[role].data, flat(expected[role]), {
              absolute: 1e-8,
              ofLargest: 1e-8,
              label: `${method} ${role}`,
            })
        }
        check(method)
        expect(JSON.stringify([head, batch])).toBe(before)
      },
    ),
    { numRuns: 1000 },
  )
})

test('200 problems: certificates hold, and all rows correct to the exact gradient', () => {
  let finite = 0
  fc.assert(
    fc.property(
      seeds,
      sizes,
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom('reverse' as const, 'chained' as const),
      (seed, size, degree, method) => {
        const { head, batch } = small(seed, size)
        const exact = loraGradients(head, batch)
        const { certificate, ...answer } = loraGradients(head, batch, { method, degree, certify: true })
        if (answer.verdict === 'out-of-range') return
        if (certificate!.finite) {
          finite++
          const error = (x: Float64Array, y: Float64Array) =>
            x.reduce((most, v, i) => Math.max(most, Math.abs(v - y[i])), 0)
          const slack = 1e-12
          expect(error(answer.output.data, exact.output.data)).toBeLessThanOrEqual(certificate!.output! + slack)
          for (const role of roles) {
            const bounds = certificate!.gradients![role]
            expect(error(answer.weightGradients[role].data, exact.weightGradients[role].data)).toBeLessThanOrEqual(
              bounds.W + slack,
            )
            for (const part of ['A', 'B'] as const)
              expect(error(answer.gradients[role]![part].data, exact.gradients[role]![part].data)).toBeLessThanOrEqual(
                bounds[part]! + slack,
              )
          }
        }
        const rows = batch.query.map((_, j) => j)
        const corrected = loraGradients(head, batch, { method, degree, rows, tolerance: 1e300 })
        const scale = Math.max(1, ...allOf(answer.gradients).map(Math.abs))
        if (corrected.verdict === 'approximate') {
          near(allOf(corrected.gradients), allOf(exact.gradients), { absolute: 1e-9 * scale })
          expect(corrected.standardError).toBe(0)
          near(corrected.sampledLoss!, exact.loss!, { absolute: 1e-10, relative: 1e-10 })
        }
        near(allOf(sampledGradients(head, batch, { rows }).gradients), allOf(exact.gradients), {
          absolute: 1e-9 * scale,
        })
      },
    ),
    { numRuns: 200 },
  )
  expect(finite).toBeGreaterThan(60)
})

test('corrections and plain samples are unbiased: the mean over all pairs of queries is the exact gradient', () => {
  const { head, batch } = small(4, { queries: 5 })
  const exact = allOf(loraGradients(head, batch).gradients)
  const pairs = [0, 1, 2, 3, 4].flatMap((i) => [0, 1, 2, 3, 4].filter((j) => j > i).map((j) => [i, j]))
  const mean = (gradients: number[][]) =>
    gradients[0].map((_, k) => gradients.reduce((sum, g) => sum + g[k], 0) / gradients.length)
  near(mean(pairs.map((rows) => allOf(sampledGradients(head, batch, { rows }).gradients))), exact, { absolute: 1e-12 })
  const separable = (O: { data: Float64Array; shape: number[] }, rows: Int32Array) =>
    Array.from(rows, (query, i) => Array.from(O.data.subarray(2 * i, 2 * i + 2), (o, c) => o - batch.target[query][c]))
  for (const loss of [batch, { ...batch, target: undefined, upstream: separable }]) {
    const corrected = pairs.map((rows) =>
      allOf(loraGradients(head, loss, { method: 'reverse', degree: 1, rows, tolerance: 1e9 }).gradients),
    )
    near(mean(corrected), exact, { absolute: 1e-12 })
    near(mean(pairs.map((rows) => allOf(sampledGradients(head, loss, { rows }).gradients))), exact, { absolute: 1e-12 })
  }
})

test('queries are drawn uniformly: 400 samples of 2 of 5', () => {
  const { head, batch } = small(4, { queries: 5 })
  const rng = random(1)
  const counts = new Float64Array(5)
  for (let i = 0; i < 400; i++)
    for (const row of sampledGradients(head, batch, { samples: 2, random: rng }).rows) counts[row]++
  // Binomial(400, 0.4): a deviation of 9.8.
  for (const count of counts) expect(Math.abs(count - 160)).toBeLessThan(45)
})

test('the standard error is that of the drawn sum: its mean square over all pairs is the variance', () => {
  const { head, batch } = small(5, { queries: 6 })
  const one = { weights: head.weights, adapters: { V: head.adapters.V }, alpha: 3 }
  // Only W_V of one role counts when the others' gradients are zero: queries of zero weight.
  const still = { ...one, weights: { ...one.weights, Q: head.weights.Q, K: head.weights.K } }
  const exact = loraGradients(still, batch).weightGradients
  const indices = [0, 1, 2, 3, 4, 5]
  const pairs = indices.flatMap((i) => indices.filter((j) => j > i).map((j) => [i, j]))
  // The largest of three ratios: for each pair at least that of V.
  let [squares, variance] = [0, 0]
  for (const rows of pairs) {
    const answer = sampledGradients(still, batch, { rows })
    const size = Math.sqrt(answer.weightGradients.V.data.reduce((sum, v) => sum + v * v, 0))
    squares += (answer.standardError * size) ** 2 / pairs.length
    variance += answer.weightGradients.V.data.reduce((sum, v, i) => sum + (v - exact.V.data[i]) ** 2, 0) / pairs.length
  }
  expect(squares).toBeGreaterThan(0.999 * variance)
})

test('equal keys need no polynomial: degree 1 is exact', () => {
  const { head, batch } = small(6)
  const same = { ...batch, key: batch.key.map(() => batch.key[0]) }
  const [exact, reverse] = [loraGradients(head, same), loraGradients(head, same, { method: 'reverse', degree: 1 })]
  expect(reverse.range).toBeLessThan(1e-14)
  near(allOf(reverse.gradients), allOf(exact.gradients), { absolute: 1e-13 })
})

test('one query and one key: attention is 1, queries and keys have no gradient', () => {
  const { head, batch } = small(7, { queries: 1, keys: 1 })
  for (const method of ['exact', 'reverse', 'chained'] as const) {
    const { weightGradients } = loraGradients(head, batch, { method })
    near(weightGradients.Q.data, new Array(15).fill(0), { absolute: 1e-13 })
    near(weightGradients.K.data, new Array(15).fill(0), { absolute: 1e-13 })
  }
})

test('the guard: auto climbs as far as the estimated error requires, and says so', () => {
  const batch = { query: drawn(60, 5, 1, 1), target: drawn(60, 2, 1, 2) }
  const at = (scale: number) => ({ ...small(8, { scale }).head })
  const verdicts = [0.1, 0.3, 3].map((scale) => {
    const head = at(scale)
    const answer = loraGradients(head, batch, { method: 'auto', tolerance: 0.3 })
    const exact = allOf(loraGradients(head, batch).gradients)
    if (answer.method === 'exact') near(allOf(answer.gradients), exact, { absolute: 0 })
    else expect(answer.estimate).toBeLessThanOrEqual(0.3)
    return [answer.method, answer.degree, answer.verdict, answer.level]
  })
  expect(verdicts).toEqual([
    ['reverse', 1, 'approximate', 0],
    ['reverse', 3, 'approximate', 1],
    ['exact', undefined, 'went-back', 2],
  ])
  expect(loraGradients(at(0.3), batch, { method: 'auto', tolerance: 0.3 }).message).toMatch(
    /reverse of degree 1: estimated error .* above 0.3; approximate gradients by reverse of degree 3/,
  )
  const { message, status } = loraGradients(at(3), batch, { method: 'auto', tolerance: 0.3 })
  expect(status).toBe('completed')
  expect(message).toMatch(/reverse of degree 3.*; went back to exact$/)
})

test('a denominator that is not positive is never silent', () => {
  const { head, batch } = small(9, { scale: 4 })
  const alone = loraGradients(head, batch, { method: 'reverse', degree: 3 })
  expect([alone.status, alone.verdict]).toEqual(['diverged', 'out-of-range'])
  expect(alone.message).toMatch(/the denominator of query \d+ is -/)
  expect(alone.gradients.Q!.A.data.every(Number.isNaN)).toBe(true)
  const guarded = loraGradients(head, batch, { method: 'reverse', degree: 3, samples: 2 })
  expect([guarded.status, guarded.verdict, guarded.method]).toEqual(['completed', 'went-back', 'exact'])
  expect(guarded.message).toMatch(/denominator.*went back to exact/)
})

test('where no minimax polynomial is of use, the guard goes back to exact', () => {
  const { head, batch } = small(3, { scale: 6 })
  const options = { method: 'reverse', polynomial: 'minimax', degree: 2 } as const
  const alone = loraGradients(head, batch, options)
  expect([alone.status, alone.verdict]).toEqual(['diverged', 'out-of-range'])
  expect(alone.message).toContain('reverse of degree 2: no minimax polynomial has an error below 1 on [-')
  const guarded = loraGradients(head, batch, { ...options, samples: 2 })
  expect([guarded.status, guarded.verdict, guarded.method]).toEqual(['completed', 'went-back', 'exact'])
  expect(guarded.gradients).toEqual(loraGradients(head, batch).gradients)
  expect(() => attentionRows(head, batch, [0], { polynomial: 'minimax', degree: 2 })).toThrow(
    'attentionRows: degree must be large enough for an error below 1 on [-',
  )
})

test('wild scales: a right answer or a named refusal', () => {
  const { head, batch } = small(10)
  const scaled = (factor: number) => ({ ...batch, query: batch.query.map((row) => row.map((v) => v * factor)) })
  for (const factor of [1e-300, 1e-30, 1e30, 1e150]) {
    const answer = loraGradients(head, scaled(factor))
    expect(answer.output.data.every(Number.isFinite)).toBe(true)
    expect(['exact', 'out-of-range']).toContain(answer.verdict)
  }
  expect(() => loraGradients(head, scaled(1e308))).toThrow(/^loraGradients: (batch.query|head.beta)/)
  const far = loraGradients(head, scaled(1e100), { method: 'reverse' })
  expect(far.verdict).toBe('out-of-range')
})

test('arrays of any kind: strided and reversed ndarrays, frozen rows', () => {
  const { head, batch } = small(11)
  const expected = loraGradients(head, batch)
  const reversed = ndarray(Float64Array.from(batch.query.flat().reverse()), [7, 5], [-5, -1], 34)
  const frozen = Object.freeze(batch.key.map((row) => Object.freeze(row))) as Rows
  const answer = loraGradients(head, { ...batch, query: reversed, key: frozen })
  expect(answer.gradients).toEqual(expected.gradients)
})

test('monomials: their number, and the multinomial theorem', () => {
  for (const [h, g] of [
    [1, 6],
    [3, 4],
    [8, 3],
  ]) {
    const { count, order, multinomial } = monomials(h, g)
    for (let level = 0; level <= g; level++)
      expect(multinomial.reduce((sum, m, a) => sum + (order[a] === level ? m : 0), 0)).toBeCloseTo(h ** level, 6)
    expect(count).toBe(order.length)
  }
  expect([4, 8, 16].map((h) => [1, 2, 3, 4, 5].map((g) => monomials(h, g).count))).toEqual([
    [5, 15, 35, 70, 126],
    [9, 45, 165, 495, 1287],
    [17, 153, 969, 4845, 20349],
  ])
})

test('a head that is trained: gradients in the order of the parameters, merged weights, saved state', () => {
  const { head, batch } = small(12)
  const lora = new LoraHead(head)
  const { flat: gradient, gradients } = lora.gradients(batch, { method: 'exact' })
  near(gradient, allOf(gradients), { absolute: 0 })
  near(
    gradient,
    differences(head, (at) => lossOf(output(at, batch).O, batch.target)),
    { absolute: 1e-8 },
  )
  near(lora.forward(batch).data, flat(output(head, batch).O), { absolute: 1e-13 })
  near(lora.forward({ ...batch }).data, loraGradients({ weights: lora.merge(), beta: head.beta }, batch).output.data, {
    absolute: 1e-13,
  })
  expect(head.adapters.Q.A).toEqual(small(12).head.adapters.Q.A)

  const tokens = { query: drawn(40, 5, 1, 3), target: drawn(40, 2, 1, 4) }
  const run = (from: LoraHead, steps: number) => {
    for (let step = 0; step < steps; step++) {
      const { flat: g } = from.gradients(tokens, { tolerance: 0.05 })
      g.forEach((v, i) => void (from.parameters[i] -= 0.02 * v))
    }
    return from
  }
  const make = () => new LoraHead({ weights: head.weights }, { rank: 2, adapt: ['Q', 'K', 'V'], random: random(5) })
  const unbroken = run(make(), 25).state()
  const saved = JSON.parse(JSON.stringify(run(make(), 12).state()))
  expect(run(make().load(saved), 13).state()).toEqual(unbroken)
})

test('exact gradients that are interrupted go on to the same bits, with every kind of loss', () => {
  const { head, batch } = small(13, { queries: 1100, keys: 300 })
  const upstream = ({ data }: { data: Float64Array }) =>
    batch.target.map((row, j) => row.map((y, c) => data[2 * j + c] - y))
  for (const given of [batch, { ...batch, target: undefined, upstream }]) {
    const whole = loraGradients(head, given)
    for (const stopAt of [1, 2, 4]) {
      const part = loraGradients(head, given, { maxIterations: stopAt })
      if (part.verdict === 'exact') continue
      expect([part.status, part.verdict]).toEqual(['max-iterations', 'unfinished'])
      expect(part.gradients.Q!.A.data.every(Number.isNaN)).toBe(true)
      const rest = loraGradients(head, given, { state: JSON.parse(JSON.stringify(part.state)) })
      expect(rest.gradients).toEqual(whole.gradients)
      expect(rest.output).toEqual(whole.output)
    }
  }
  const controller = new AbortController()
  const seen: number[] = []
  const aborted = loraGradients(head, batch, {
    signal: controller.signal,
    onProgress: ({ fraction }) => {
      seen.push(fraction)
      if (seen.length === 2) controller.abort()
    },
  })
  expect(aborted.status).toBe('aborted')
  expect(seen.length).toBe(2)
  expect(seen[0]).toBeGreaterThan(0)
  expect(seen[1]).toBeGreaterThan(seen[0])
})

test.each([
  ['exact', 0],
  ['reverse', 0],
  ['chained', 0],
  ['auto', 0],
  ['auto', 1e9],
  ['sampled', 0],
] as const)('memory grows with the length, not with its square: %s, tolerance %s', (method, tolerance) => {
  const { head } = small(14)
  const batch = { query: drawn(2048, 5, 1, 1), target: drawn(2048, 2, 1, 2) }
  const bytes = largestAllocation(() => {
    if (method === 'sampled') sampledGradients(head, batch)
    else loraGradients(head, batch, { method, degree: 2, ...(method === 'auto' && { tolerance }) })
  })
  // Blocks of logits of at most 2 MB each, whatever the length; an array of 2048 x 2048 would take 34 MB.
  expect(bytes).toBeGreaterThan(0)
  expect(bytes).toBeLessThanOrEqual(12e6)
})

/** Returns the bytes of the largest array of doubles or memory of kernels that a call makes. */
function largestAllocation(call: () => void): number {
  let most = 0
  const { Memory } = WebAssembly
  const Doubles = globalThis.Float64Array
  WebAssembly.Memory = class extends Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      super(descriptor)
      most = Math.max(most, this.buffer.byteLength)
    }
  }
  globalThis.Float64Array = new Proxy(Doubles, {
    construct(target, args: [number]) {
      const made = Reflect.construct(target, args) as Float64Array
      if (typeof args[0] === 'number') most = Math.max(most, made.byteLength)
      return made
    },
  })
  try {
    call()
  } finally {
    WebAssembly.Memory = Memory
    globalThis.Float64Array = Doubles
  }
  return most
}
