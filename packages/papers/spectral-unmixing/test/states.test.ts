import { constant, data, hoyer, learned, scene, unmix } from '../src/index.ts'

const { Y, rows, columns } = scene({ size: 4, bands: 21, endmembers: 3, badBands: 2, random: 5 })
const saved = <T>(state: T): T => JSON.parse(JSON.stringify(state))

test.each([learned(), constant(0.5), hoyer(), data({ rows, columns })])(
  'a run with guidance %j goes on to the same bits',
  (guidance) => {
    for (const loss of ['l21', 'frobenius'] as const) {
      const whole = unmix(Y, 3, { guidance, loss, maxIterations: 40, tolerance: 0 })
      for (const first of [1, 9, 10, 11, 39]) {
        const part = unmix(Y, 3, { guidance, loss, maxIterations: first, tolerance: 0 })
        const rest = unmix(Y, 3, { resume: saved(part.state), maxIterations: 40 - first, tolerance: 0 })
        expect(rest.endmembers.data).toEqual(whole.endmembers.data)
        expect(rest.abundances.data).toEqual(whole.abundances.data)
        expect(rest.state).toEqual(whole.state)
        expect([...part.history, ...rest.history].map(({ error, objective }) => [error, objective])).toEqual(
          whole.history.map(({ error, objective }) => [error, objective]),
        )
      }
    }
  },
)

test('an aborted run has a state that goes on', async () => {
  const controller = new AbortController()
  const whole = unmix(Y, 3, { maxIterations: 30, tolerance: 0 })
  const part = await unmix.async(Y, 3, {
    maxIterations: 30,
    tolerance: 0,
    signal: controller.signal,
    onProgress: ({ iteration }) => iteration === 7 && controller.abort(),
  })
  expect([part.status, part.state.iteration]).toEqual(['aborted', 7])
  const rest = unmix(Y, 3, { resume: saved(part.state), maxIterations: 23, tolerance: 0 })
  expect(rest.state).toEqual(whole.state)
})

test('states that no run can have saved, or of another problem, are refused by name', () => {
  const { state } = unmix(Y, 3, { maxIterations: 12 })
  const bad = (change: object) => () => unmix(Y, 3, { resume: { ...saved(state), ...change } })
  expect(bad({ bands: 20 })).toThrow('unmix: resume.bands must be 21, that of the arguments, got 20')
  expect(bad({ loss: 'l1' })).toThrow('unmix: resume.loss must be')
  expect(bad({ guidance: { kind: 'x' } })).toThrow('unmix: guidance.kind must be')
  expect(bad({ spectra: 'AAAA' })).toThrow('unmix: resume.spectra must be base64 of')
  expect(bad({ abundances: state.map })).toThrow('unmix: resume.abundances must be base64 of')
  expect(bad({ map: state.map.replace(/^.{40}/, 'A'.repeat(20) + '/'.repeat(20)) })).toThrow(
    'unmix: resume.map must be',
  )
  expect(bad({ objectives: [1] })).toThrow('unmix: resume.objectives must be of length 11, got length 1')
  expect(bad({ objectives: null })).toThrow('unmix: resume.objectives must be an array')
  expect(bad({ sparsity: -1 })).toThrow('unmix: resume.sparsity must be')
  expect(bad({ iteration: 0.5 })).toThrow('unmix: resume.iteration must be')
  expect(() => unmix(Y, 2, { resume: state })).toThrow('unmix: resume.endmembers must be 2')
  expect(() => unmix(Y, 3, { resume: state, sparsity: 2 })).toThrow('unmix: sparsity must be left out')
  expect(() => unmix(Y, 3, { resume: 3 as never })).toThrow('unmix: resume must be')
})
