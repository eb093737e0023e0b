import { runExperiment } from '@opt/core/experiment'
import { constant } from '@opt/optimizers'
import { conformance } from '@opt/optimizers/conformance'
import demo from '../demo/index.ts'
import { experiment } from '../src/experiment.ts'
import { __Class__ } from '../src/index.ts'

describe('__Class__ conforms', () => {
  const checks = conformance((p, o) => new __Class__(p, o), {
    quadratic: { learningRate: constant(0.05), steps: 1000, tolerance: 1e-12 },
    rosenbrock: { learningRate: constant(5e-4), steps: 10000, tolerance: 1e-6 },
  })
  for (const { name, check } of checks) test(name, check)
})

test('two steps written out (the official code’s trajectories, in test/golden, take this place)', () => {
  const x = Float64Array.of(1, -2)
  const optimizer = new __Class__(x, { learningRate: 0.1, momentum: 0.5, weightDecay: 0.2 })
  optimizer.step(Float64Array.of(1, 0))
  optimizer.step(Float64Array.of(1, 1))
  const wanted = [(1 * 0.98 - 0.1) * 0.98 - 0.15, -2 * 0.98 * 0.98 - 0.1]
  wanted.forEach((v, i) => expect(x[i]).toBeCloseTo(v, 14))
})

test.each(['learningRate', 'momentum', 'weightDecay'])('a bad %s is refused by name', (name) => {
  for (const value of [-1, Number.NaN, '1', Infinity])
    expect(() => new __Class__(new Float64Array(2), { [name]: value })).toThrow(new RegExp(`^__Class__: ${name} must be`))
})

test('the claims hold at small scale', async () => {
  const { claims, complete } = await runExperiment(experiment, { scale: 'quick' })
  expect(complete).toBe(true)
  expect(claims.filter(({ pass }) => pass === false)).toEqual([])
})

test('the demo runs', () => {
  const controls = Object.fromEntries(demo.controls.map(({ name, value }) => [name, value]))
  expect([...demo.run(controls)].at(-1)?.figures).toHaveLength(1)
})
