import { decodeFloats } from '@opt/core'
import { problemA, startOfA, type Weights } from '@opt/optimizers/conformance'
import { golden, type Numbers, near } from '@opt/testing'
import { DiffGrad, landscapes } from '../src/index.ts'

interface Case {
  name: string
  options: { lr?: number; weight_decay?: number; eps?: number; betas?: [number, number] }
  losses: number[]
  trajectory: { step: number; params: Record<string, Numbers> }[]
  finalState: Record<string, Record<string, Numbers>>
}
interface Run {
  function: string
  optimizer: string
  x: number[]
}

const { cases, oneDimensional } = golden<{ cases: Case[]; oneDimensional: { runs: Run[] } }>(
  import.meta.url,
  'diffgrad.json',
)
const STATE: Record<string, string> = { exp_avg: 'mean', exp_avg_sq: 'meanSquare', previous_grad: 'previous' }

/** Throws unless all numbers are within 1e-10, relative above 1. */
const close = (actual: Numbers, expected: Numbers, label: string) =>
  near(actual, expected, { absolute: 1e-10, relative: 1e-10, label })

describe('trajectories of the official code, v2, to 1e-10', () => {
  test('all cases are there', () => expect(cases).toHaveLength(4))

  test.each(cases.map((one) => [one.name, one] as const))('%s', (_, { options, losses, trajectory, finalState }) => {
    const { lr: learningRate, weight_decay: l2, eps: epsilon, betas = [] } = options
    const [beta1, beta2] = betas
    const weights: Weights = startOfA()
    const optimizer = new DiffGrad(weights, { learningRate, l2, epsilon, beta1, beta2 })
    for (let t = 0; t < 100; t++) {
      const { value, gradient } = problemA(weights)
      close(value, losses[t], `losses[${t}]`)
      optimizer.step(gradient)
      const there = trajectory.find(({ step }) => step === t + 1)
      for (const [name, values] of Object.entries(there?.params ?? {}))
        close(weights[name], values, `${name} after ${t + 1}`)
    }
    close(problemA(weights).value, losses[100], 'losses[100]')
    for (const { name, arrays } of optimizer.state().parameters)
      for (const [key, values] of Object.entries(finalState[name]))
        if (key !== 'step')
          close(
            decodeFloats(arrays[STATE[key]], Float64Array, weights[name].length, key),
            [values].flat(2),
            `${name}.${key}`,
          )
  })
})

describe("the paper's functions of one variable", () => {
  const runs = oneDimensional.runs.filter(({ optimizer }) => optimizer === 'diffgrad')

  test.each(runs.map((run) => [run.function, run] as const))('%s: the path of the notebook to 1e-10', (name, { x }) => {
    const { derivative } = landscapes.find((landscape) => landscape.name === name) as (typeof landscapes)[0]
    const at = Float64Array.of(-1)
    // The notebook adds its epsilon to the corrected root, which takes another epsilon of ours in every step.
    const make = (t: number) =>
      new DiffGrad(at, { learningRate: 0.1, beta1: 0.95, epsilon: 1e-8 * Math.sqrt(1 - 0.999 ** t) })
    let state = make(1).state()
    for (let t = 1; t < x.length; t++) {
      const optimizer = make(t)
      optimizer.load(state)
      optimizer.step(Float64Array.of(derivative(at[0])))
      state = optimizer.state()
      close(at[0], x[t], `x[${t}]`)
    }
    expect(x).toHaveLength(300)
  })

  test.each(landscapes.map((one) => [one.name, one] as const))('%s: the derivative is that of the value', (_, one) => {
    for (let x = -1.55; x < 1.5; x += 0.0671) {
      const slope = (one.value(x + 1e-6) - one.value(x - 1e-6)) / 2e-6
      expect(one.derivative(x)).toBeCloseTo(slope, 6)
      expect(Math.abs(one.value(x + 1e-9) - one.value(x))).toBeLessThan(1e-6)
    }
  })
})
