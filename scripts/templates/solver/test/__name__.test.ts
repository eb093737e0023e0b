import { runExperiment } from '@opt/core/experiment'
import { digest, playDemo } from '@opt/testing'
import fc from 'fast-check'
import demo from '../demo/index.ts'
import { experiment } from '../src/experiment.ts'
import { __camel__ } from '../src/index.ts'

describe('__camel__', () => {
  test('finds the minimum of a quadratic and does not change the start', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 1, maxLength: 8 }), (target) => {
        const start = target.map(() => 0)
        const { x, status } = __camel__((at) => at.map((v, i) => v - target[i]), start, { tolerance: 1e-9 })
        expect(status).toBe('converged')
        x.forEach((v, i) => expect(Math.abs(v - target[i])).toBeLessThan(1e-8))
        expect(start.every((v) => v === 0)).toBe(true)
      }),
    )
  })

  test('refuses wrong arguments by name', () => {
    expect(() => __camel__((x) => x, [1], { learningRate: 0 })).toThrow('__camel__: learningRate must be a positive number, got 0')
    expect(() => __camel__((x) => x, [Number.NaN])).toThrow('__camel__: x0[0] must be a finite number, got NaN')
    expect(() => __camel__(() => [1, 2], [1])).toThrow('__camel__: gradient must be of length 1, got length 2')
  })

  test('the bits of all answers are the same in every engine', () => {
    const bits = digest((say) => say(__camel__((x) => [x[0] - 1, 3 * x[1]], [0.1, 0.2], { maxIterations: 30 }).x))
    expect(bits).toBe('94b0d1cbacdaa147')
  })

  test('reproduces its claims', async () => {
    const { claims, complete } = await runExperiment(experiment, { scale: 'quick' })
    expect(complete).toBe(true)
    expect(claims.filter(({ pass }) => pass === false)).toEqual([])
  })

  test('the demo runs to its end', () => {
    const { values, last } = playDemo(demo)
    expect(last.figures.length).toBeGreaterThan(0)
    expect(demo.code(values)).toContain('@opt/__name__')
  })
})
