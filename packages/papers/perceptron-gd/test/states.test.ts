import { random } from '@opt/core'
import { dataset, logisticDescent, margin, normalizedDescent, perceptron, separableInstance } from '../src/index.ts'

const data = () => dataset({ ...separableInstance(random(4), { n: 80, d: 12, margin: 0.005 }), intercept: false })
const saved = <T>(state: T): T => JSON.parse(JSON.stringify(state))

test.each([
  ['logisticDescent', logisticDescent, { stepSize: 3 }],
  ['logisticDescent, perceptron', logisticDescent, { stepSize: Infinity, tie: 1 }],
  ['normalizedDescent', normalizedDescent, { stepSize: 0.5 }],
  [
    'normalizedDescent, past separation',
    normalizedDescent,
    { stepSize: 1e5, stopWhenSolved: false, maxIterations: 300 },
  ],
] as const)('%s goes on from a saved state to the same bits', (_, solve, options) => {
  const whole = solve(data(), options)
  for (const at of [1, 7, 20]) {
    const first = solve(data(), { ...options, maxIterations: at })
    expect(first.iterations).toBe(at)
    const left = 'maxIterations' in options ? options.maxIterations - at : undefined
    const rest = solve(data(), { ...options, ...(left && { maxIterations: left }), resume: saved(first.state) })
    expect(rest.iterations).toBe(whole.iterations - at)
    expect(rest.state).toEqual(whole.state)
    expect(rest.theta).toEqual(whole.theta)
    expect(rest.best).toEqual(whole.best)
    expect([rest.marginLower, rest.marginUpper]).toEqual([whole.marginLower, whole.marginUpper])
  }
})

test('so do the perceptron and the margin', () => {
  const passes = perceptron(data())
  const some = perceptron(data(), { maxIterations: 2 })
  const more = perceptron(data(), { resume: saved(some.state) })
  expect(more.theta).toEqual(passes.theta)
  expect([more.iterations + 2, more.mistakes + some.mistakes]).toEqual([passes.iterations, passes.mistakes])

  const whole = margin(data())
  for (const at of [1, 5, 9]) {
    const first = margin(data(), { maxIterations: at })
    const rest = margin(data(), { resume: saved(first.state) })
    expect([rest.marginLower, rest.marginUpper]).toEqual([whole.marginLower, whole.marginUpper])
    expect(rest.theta).toEqual(whole.theta)
    expect(rest.weights).toEqual(whole.weights)
  }
})

test('a run can be aborted, and tells how far it came', async () => {
  const controller = new AbortController()
  const onProgress = ({ iteration }: { iteration: number }) => iteration === 5 && controller.abort()
  const stopped = await logisticDescent.async(data(), { stepSize: 0.5, signal: controller.signal, onProgress })
  expect([stopped.status, stopped.iterations]).toEqual(['aborted', 5])
  const rest = logisticDescent(data(), { stepSize: 0.5, resume: stopped.state })
  expect(rest.theta).toEqual(logisticDescent(data(), { stepSize: 0.5 }).theta)
})

test('two runs over the same data do not disturb each other', () => {
  const shared = data()
  const [a, b] = [logisticDescent.steps(shared, { stepSize: 2 }), normalizedDescent.steps(shared, { stepSize: 5 })]
  let [p, q] = [a.next(), b.next()]
  while (!(p.done && q.done)) {
    if (!p.done) p = a.next()
    if (!q.done) q = b.next()
  }
  expect(p.value).toEqual(logisticDescent(data(), { stepSize: 2 }))
  expect(q.value).toEqual(normalizedDescent(data(), { stepSize: 5 }))
})

test('states of other runs are refused', () => {
  const { state } = logisticDescent(data(), { stepSize: 2, maxIterations: 3 })
  const resume = saved(state)
  expect(() => normalizedDescent(data(), { stepSize: 2, resume })).toThrow(
    'normalizedDescent: resume.solver must be \'normalizedDescent\', got "logisticDescent"',
  )
  expect(() => logisticDescent(data(), { stepSize: 3, resume })).toThrow(
    'logisticDescent: stepSize must be 2 as in the saved run, got 3',
  )
  expect(() => logisticDescent(data(), { stepSize: 2, tie: 1, resume })).toThrow('tie must be 0.5 as in the saved run')
  expect(() => logisticDescent(data(), { stepSize: 2, resume, start: { theta: new Float64Array(12) } })).toThrow(
    'start must be left out beside resume',
  )
  const other = dataset({ features: [[1, 2]], labels: [1] })
  expect(() => logisticDescent(other, { stepSize: 2, resume })).toThrow(/^logisticDescent: resume.position/)
  expect(() => margin(other, { resume: margin(data(), { maxIterations: 4 }).state })).toThrow(/^margin: resume/)
})
