import {
  attentionRows,
  expPolynomial,
  LoraHead,
  loraGradients,
  monomials,
  normCondition,
  plan,
  sampledGradients,
} from '../src/index.ts'
import { drawn, type Rows, small } from './shared.ts'

const { head, batch } = small(1)
const long = small(1, { queries: 600 }).batch
const part = () => loraGradients(head, long, { maxIterations: 1 }).state!
const overflowing = {
  weights: head.weights,
  adapters: { V: { A: [[1e-200, 1e-200]], B: drawn(5, 1, 1e200, 1) } },
}
const huge = batch.target.map((row) => row.map((v) => v * 1e150))
const reverse = { method: 'reverse' } as const

test.each<[() => unknown, string | RegExp]>([
  [
    () => loraGradients({ ...head, weights: { ...head.weights, K: drawn(5, 4, 1, 1) } }, batch),
    'head.weights.K must be of shape [5, 3], got shape [5, 4]',
  ],
  [
    () => loraGradients(head, { ...batch, query: drawn(7, 4, 1, 1) }),
    'batch.query must be of shape [7, 5], got shape [7, 4]',
  ],
  [
    () => loraGradients(head, { ...batch, value: drawn(8, 5, 1, 1) }),
    'batch.value must be of shape [9, 5], got shape [8, 5]',
  ],
  [
    () => loraGradients(head, { ...batch, target: drawn(7, 3, 1, 1) }),
    'batch.target must be of shape [7, 2], got shape [7, 3]',
  ],
  [
    () => loraGradients(head, { ...batch, target: undefined }),
    'batch.target must be given, or batch.upstream, got neither',
  ],
  [
    () => loraGradients({ ...head, adapters: { Q: { A: drawn(4, 3, 1, 1), B: drawn(5, 4, 1, 1) } } }, batch),
    'head.adapters.Q.A must be of at most 3 rows, got a rank of 4',
  ],
  [
    () => loraGradients({ ...head, adapters: { Q: { A: drawn(2, 3, 1, 1), B: drawn(5, 1, 1, 1) } } }, batch),
    'head.adapters.Q.B must be of 2 columns',
  ],
  [
    () => loraGradients({ ...head, adapters: { q: head.adapters.Q } } as object as typeof head, batch),
    'did you mean Q?',
  ],
  [() => loraGradients({ ...head, beta: 0 }, batch), 'head.beta must be a positive number, got 0'],
  [
    () =>
      loraGradients(head, {
        ...batch,
        key: batch.key.map((row, t) => (t === 2 ? [...row.slice(0, 4), Number.NaN] : row)),
      }),
    'batch.key[2][4] must be a finite number, got NaN',
  ],
  [() => loraGradients(head, batch, { ...reverse, degree: 0 }), 'degree must be an integer between 1 and 60, got 0'],
  [() => loraGradients(head, batch, { ...reverse, samples: 8 }), 'samples must be an integer between 0 and 7, got 8'],
  [() => loraGradients(head, batch, { ...reverse, rows: [1, 1] }), 'rows must be different queries, got 1 twice'],
  [() => loraGradients(head, batch, { ...reverse, degrees: 3 } as object), 'did you mean degree?'],
  [
    () => loraGradients(head, { ...batch, mask: 'causal' }),
    'batch.mask must be absent unless there are as many keys as queries',
  ],
  [
    () => loraGradients(head, { query: batch.query, target: batch.target, mask: 'causal' }, reverse),
    "method must be 'exact' or 'auto' under a causal mask, got 'reverse'",
  ],
  [
    () => loraGradients(head, { ...batch, target: undefined, upstream: () => [[1]] }),
    'batch.upstream(output) must be of shape [7, 2], got shape [1, 1]',
  ],
  [
    () => loraGradients(head, { ...batch, target: undefined, upstream: () => drawn(7, 2, Number.NaN, 1) }),
    'batch.upstream(output)[0][0] must be a finite number, got NaN',
  ],
  [() => loraGradients(head, batch, { ...reverse, certify: true, samples: 2 }), 'certify must be false unless'],
  [() => loraGradients(head, long, { state: { ...part(), output: '' } }), 'state.output must be'],
  [
    () => loraGradients(head, { ...long, target: drawn(600, 2, 1, 99) }, { state: part() }),
    /loraGradients: state.inputs must be '[0-9a-f]{16}', of the same head and batch, got "[0-9a-f]{16}"/,
  ],
  [() => loraGradients({ ...head, beta: 0.3 }, long, { state: part() }), 'state.inputs must be'],
  [() => loraGradients(head, { ...batch, keys: batch.key } as object as typeof batch), 'did you mean key?'],
  [() => loraGradients({ ...head, adapter: {} } as object as typeof head, batch), 'did you mean adapters?'],
  [
    () => loraGradients(head, { ...batch, upstream: batch.target }),
    'batch.target must be absent beside batch.upstream, got both',
  ],
  [
    () => loraGradients(head, batch, { ...reverse, polynomial: { coefficients: [1] } }),
    'loraGradients: polynomial.coefficients must be of length 2 to 61, got length 1',
  ],
  [
    () => normCondition(head, { ...batch, mask: 'causal', key: batch.query, value: batch.query } as typeof batch),
    'normCondition: batch.mask must be absent: the polynomial sees all keys',
  ],
  [
    () => attentionRows(head, { ...batch, mask: 'causal', key: batch.query, value: batch.query } as typeof batch, [0]),
    'attentionRows: batch.mask must be absent',
  ],
  [() => plan(head, 10, { tokens: drawn(4, 3, 1, 1) }), 'plan: tokens must be of shape [4, 5], got shape [4, 3]'],
  [
    () => sampledGradients(overflowing, { ...batch, target: huge }),
    'sampledGradients: batch must be of finite gradients, got an overflow',
  ],
  [
    () => sampledGradients(head, batch, { samples: 0 }),
    'sampledGradients: samples must be an integer between 1 and 7, got 0',
  ],
  [() => plan(head, 0), 'plan: length must be an integer of at least 1, got 0'],
  [
    () => normCondition(head, { query: batch.query, key: drawn(3, 2, 1, 1) }),
    'normCondition: batch.key must be of shape',
  ],
  [() => monomials(64, 4), '200000 monomials in 64 variables, got 4: 814385 monomials'],
  [() => expPolynomial({ kind: 'minimax', range: 20, degree: 2 }), 'expPolynomial: degree must be large enough'],
  [() => new LoraHead(head, { rank: 2 }), 'LoraHead: options.rank must be absent for a head with adapters'],
  [
    () => new LoraHead({ weights: head.weights }, { rank: 4 }),
    'LoraHead: options.rank must be an integer between 1 and 3, got 4',
  ],
])('wrong argument %# is refused by name', (call, message) => {
  expect(call).toThrow(message)
})

test('more than 200,000 features are refused with their number', () => {
  const wide = { weights: { Q: drawn(64, 64, 0.01, 1), K: drawn(64, 64, 0.01, 2), V: drawn(64, 2, 0.1, 3) } }
  const tokens = { query: drawn(4, 64, 1, 4), target: drawn(4, 2, 1, 5) }
  expect(() => loraGradients(wide, tokens, { ...reverse, degree: 4 })).toThrow('814385 monomials')
})

test('the chained method is refused where its sums would take gigabytes', () => {
  const wide = { weights: { Q: drawn(64, 64, 0.01, 1), K: drawn(64, 64, 0.01, 2), V: drawn(64, 64, 0.1, 3) } }
  const tokens = { query: drawn(4, 64, 1, 4), target: drawn(4, 64, 1, 5) }
  expect(() => loraGradients(wide, tokens, { method: 'chained' })).toThrow(
    "loraGradients: degree must be small enough for at most 33554432 sums by 'chained', or the method 'reverse' or 'exact', got 47905 features x 4225 columns",
  )
})

test('adapters whose gradients overflow are out of range, not silent', () => {
  for (const method of ['exact', 'reverse'] as const) {
    const answer = loraGradients(overflowing, { ...batch, target: huge }, { method })
    expect([answer.status, answer.verdict]).toEqual(['diverged', 'out-of-range'])
    expect(answer.message).toContain('the gradients overflow')
  }
})

test('without adapters there are gradients of the weights only', () => {
  const answer = loraGradients({ weights: head.weights }, batch)
  expect(answer.gradients).toEqual({})
  expect(answer.weightGradients.Q.shape).toEqual([5, 3])
})

test('sampled gradients see a causal mask', () => {
  const tokens = { query: drawn(8, 5, 1, 6), target: drawn(8, 2, 1, 7), mask: 'causal' as const }
  const all = Array.from({ length: 8 }, (_, j) => j)
  const [exact, sampled] = [loraGradients(head, tokens), sampledGradients(head, tokens, { rows: all })]
  exact.weightGradients.K.data.forEach((v, i) => void expect(sampled.weightGradients.K.data[i]).toBeCloseTo(v, 12))
})

test('the plan: below the threshold a degree and its length, above it exact gradients', () => {
  const wide = (scale: number) => ({
    weights: { Q: drawn(16, 8, scale, 1), K: drawn(16, 8, scale, 2), V: drawn(16, 8, 1, 3) },
  })
  const [calm, loud] = [plan(wide(0.1), 4096), plan(wide(2), 4096)]
  expect([calm.regime, calm.recommended]).toEqual(['below', 1])
  expect(calm.sentence).toMatch(
    /^Below the threshold .* asymptotic: the theory has no constant.*, reverse of degree 1 with 9 features .* pays from 10 tokens on/,
  )
  expect([loud.regime, loud.recommended]).toEqual(['between', undefined])
  expect(loud.sentence).toContain('take exact gradients, or sampledGradients')
  // With h = h_V = 8, reverse pays from about k_1 tokens on, chained from 5.5 k_1.
  for (const { features, crossover } of calm.degrees) {
    expect(crossover.reverse / features).toBeCloseTo(1.03, 0)
    expect(Math.abs(crossover.chained / features - 5.5)).toBeLessThan(0.2)
  }
  const few: Rows = drawn(30, 16, 1, 9)
  expect(plan(wide(0.1), 10, { tokens: few, tolerance: 0.001 }).sentence).toContain('on your tokens')
  expect(plan(wide(0.1), 100, { tokens: few, tolerance: 0.001 }).recommended).toBeUndefined()
})
