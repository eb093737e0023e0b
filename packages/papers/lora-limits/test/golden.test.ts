import { golden, near } from '@opt/testing'
import { attentionRows, expPolynomial, loraGradients, normCondition } from '../src/index.ts'

type Rows = number[][]
const flat = (x: Rows) => x.flat()

interface Case {
  inputs: { query: Rows; key?: Rows; value?: Rows }
  weights: { Q: Rows; K: Rows; V: Rows }
  adapters: Record<string, { A: Rows; B: Rows }>
  alpha: number
  beta: number
  target?: Rows
  upstream?: Rows
}

const headOf = ({ weights, adapters, alpha, beta }: Case) => ({ weights, adapters, alpha, beta })
const batchOf = ({ inputs, target, upstream }: Case) => ({ ...inputs, target, upstream })

function sameGradients(
  actual: ReturnType<typeof loraGradients>['gradients'],
  expected: Case['adapters'],
  label: string,
) {
  expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort())
  // Of the largest entry of all: saturated logits leave rounding only in some.
  const absolute =
    1e-10 *
    Math.max(
      ...Object.values(expected)
        .flatMap(({ A, B }) => [...flat(A), ...flat(B)])
        .map(Math.abs),
    )
  for (const [role, { A, B }] of Object.entries(expected)) {
    const { A: dA, B: dB } = actual[role as 'Q']!
    near(dA.data, flat(A), { absolute, label: `${label}: ${role}.A` })
    near(dB.data, flat(B), { absolute, label: `${label}: ${role}.B` })
  }
}

test.each([0, 1, 2, 3, 4])('exact gradients, case %i', (k) => {
  const { cases } = golden(import.meta.url, 'gradients.json')
  const expected = cases[k]
  for (const upstream of ['as given', 'function']) {
    const given = batchOf(expected)
    const { target } = given
    const asFunction = target
      ? (O: { data: Float64Array }) =>
          target.map((row: number[], j: number) => row.map((y, c) => O.data[j * row.length + c] - y))
      : () => given.upstream!
    const batch = upstream === 'function' ? { ...given, target: undefined, upstream: asFunction } : given
    const answer = loraGradients(headOf(expected), batch, { inputGradients: true })
    expect([answer.status, answer.verdict, answer.method]).toEqual(['completed', 'exact', 'exact'])
    near(answer.output.data, flat(expected.output), { ofLargest: 1e-10, label: 'output' })
    if (batch.target) near(answer.loss!, expected.value, { relative: 1e-10, label: 'loss' })
    else expect(answer.loss).toBeUndefined()
    sameGradients(answer.gradients, expected.gradients, upstream)
    const all = (parts: Record<string, Rows>) => Object.keys(parts).flatMap((role) => flat(parts[role]))
    const ours = (parts: Record<string, { data: ArrayLike<number> }>, like: object) =>
      Object.keys(like).flatMap((role) => Array.from(parts[role].data))
    const tolerance = { ofLargest: 1e-10, label: upstream }
    near(ours(answer.weightGradients, expected.weightGradients), all(expected.weightGradients), tolerance)
    near(ours(answer.inputGradients!, expected.inputGradients), all(expected.inputGradients), tolerance)
  }
})

test.each([0, 1])('approximate gradients, certificates and corrections, problem %i', (k) => {
  const problem = golden(import.meta.url, 'approximate.json').cases[k]
  const [head, batch] = [headOf(problem), batchOf(problem)]
  const exact = loraGradients(head, batch)
  near(exact.output.data, flat(problem.exact.output), { ofLargest: 1e-10, label: 'exact output' })
  sameGradients(exact.gradients, problem.exact.gradients, 'exact')
  const norms = normCondition(head, batch)
  for (const [name, value] of Object.entries<number>(problem.norms))
    near(norms[name as 'range'], value, { relative: 1e-12, label: name })
  const queries = batch.query.map((_: number[], j: number) => j)
  for (const run of problem.runs) {
    const label = `${run.name} ${run.method}`
    const options = { method: run.method, polynomial: { coefficients: run.coefficients } }
    const answer = loraGradients(head, batch, { ...options, certify: true })
    expect(answer.verdict).toBe('approximate')
    expect(answer.features).toBe(run.features)
    near(answer.output.data, flat(run.output), { ofLargest: 1e-10, label })
    sameGradients(answer.gradients, run.gradients, label)
    near(
      attentionRows(head, batch, queries, options.polynomial && { polynomial: options.polynomial }).denominators,
      run.denominators,
      {
        relative: 1e-10,
        label,
      },
    )
    const { certificate } = answer
    const { range, delta, deltaPrime, finite, output } = run.certificate
    near([certificate!.range, certificate!.delta, certificate!.deltaPrime], [range, delta, deltaPrime], {
      relative: 1e-9,
      label,
    })
    expect(certificate!.finite).toBe(finite)
    near(certificate!.output!, output, { relative: 1e-9, label })
    for (const role of ['Q', 'K', 'V'] as const)
      for (const part of ['W', 'A', 'B'] as const)
        near(certificate!.gradients![role][part]!, run.certificate[part + role], {
          relative: 1e-9,
          label: `${label} ${part}${role}`,
        })
    if (run.correction) {
      const { rows, gradients, estimate } = run.correction
      const corrected = loraGradients(head, batch, { ...options, rows, tolerance: 1e9 })
      expect([...corrected.rows!]).toEqual(rows)
      sameGradients(corrected.gradients, gradients, `${label}, corrected`)
      near(corrected.estimate!, estimate, { relative: 1e-9, label: `${label}, estimate` })
    }
  }
})

test('polynomials', () => {
  const { taylor, minimax } = golden(import.meta.url, 'polynomials.json')
  for (const { range, degree, delta } of taylor)
    near(expPolynomial({ range, degree }).delta, delta, { relative: 1e-12, label: `taylor ${range} ${degree}` })
  for (const { range, degree, error, coefficients } of minimax) {
    if (error >= 0.999) {
      expect(() => expPolynomial({ kind: 'minimax', range, degree })).toThrow('expPolynomial: degree')
      continue
    }
    const ours = expPolynomial({ kind: 'minimax', range, degree })
    expect(Math.max(ours.delta, ours.deltaPrime) / error).toBeLessThan(1.01)
    expect(ours.coefficients.length).toBe(coefficients.length)
  }
})
