import { readFileSync } from 'node:fs'
import { problemA, startOfA, type Weights } from '../src/conformance/index.ts'
import { Adagrad, Adam, AdamW, RMSProp, SGD } from '../src/index.ts'

/** JSON beside this file. */
const golden = (name: string) => JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), 'utf8'))

interface Case {
  name: string
  optimizer: keyof typeof OPTIMIZERS
  options: Record<string, number | boolean | number[]>
  losses: number[]
  trajectory: { step: number; params: Record<string, number[] | number[][]> }[]
  finalState: Record<string, Record<string, number | number[] | number[][]>>
}

const OPTIMIZERS = { SGD, Adam, AdamW, RMSprop: RMSProp, Adagrad }
const STATE: Record<string, string> = {
  momentum_buffer: 'velocity',
  exp_avg: 'mean',
  exp_avg_sq: 'meanSquare',
  max_exp_avg_sq: 'largest',
  square_avg: 'meanSquare',
  grad_avg: 'mean',
  sum: 'sumOfSquares',
}

/** PyTorch's names to ours; its weight_decay is decoupled in AdamW only. */
function ours({ optimizer, options }: Case): Record<string, unknown> {
  const names: Record<string, string> = {
    lr: 'learningRate',
    eps: 'epsilon',
    weight_decay: optimizer === 'AdamW' ? 'weightDecay' : 'l2',
    lr_decay: 'learningRateDecay',
    initial_accumulator_value: 'initialAccumulator',
  }
  const { betas, ...rest } = options
  const [beta1, beta2] = (betas ?? []) as number[]
  return {
    ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [names[name] ?? name, value])),
    ...(betas ? { beta1, beta2 } : {}),
  }
}

function close(actual: ArrayLike<number>, expected: number[], what: string) {
  expected.forEach((value, i) => {
    const error = Math.abs(actual[i] - value)
    if (!(error <= 1e-10 * Math.max(1, Math.abs(value))))
      throw new Error(`${what}[${i}]: ${actual[i]} against ${value}`)
  })
}

const floats = (base64: string) => new Float64Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer)

const cases: Case[] = ['sgd', 'adam', 'rmsprop', 'adagrad'].flatMap((name) => golden(name).cases)

describe('PyTorch trajectories to 1e-10', () => {
  test('all cases are there', () => expect(cases.length).toBe(23))

  test('the problem is the one of the file', () => {
    const { valueAtInitial, gradientAtInitial } = golden('problem-a')
    const { value, gradient } = problemA(startOfA())
    close([value], [valueAtInitial], 'value')
    for (const name of ['W', 'b', 'u']) close(gradient[name], gradientAtInitial[name].flat(), name)
  })

  test.each(cases.map((one) => [one.name, one] as const))('%s', (_, one) => {
    const weights: Weights = startOfA()
    const optimizer = new OPTIMIZERS[one.optimizer](weights, ours(one))
    for (let t = 0; t < 100; t++) {
      const { value, gradient } = problemA(weights)
      close([value], [one.losses[t]], `losses[${t}]`)
      optimizer.step(gradient)
      const there = one.trajectory.find(({ step }) => step === t + 1)
      for (const [name, values] of Object.entries(there?.params ?? {}))
        close(weights[name], values.flat(), `${name} after step ${t + 1}`)
    }
    close([problemA(weights).value], [one.losses[100]], 'losses[100]')
    for (const { name, arrays, steps } of optimizer.state().parameters) {
      const { step = 100, ...expected } = one.finalState[name] ?? {}
      expect(steps).toBe(step)
      expect(Object.keys(arrays).sort()).toEqual(
        Object.keys(expected)
          .map((key) => STATE[key])
          .sort(),
      )
      for (const [key, values] of Object.entries(expected))
        close(floats(arrays[STATE[key]]), [values].flat(2) as number[], `${name}.${key}`)
    }
  })
})
