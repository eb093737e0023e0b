import { problemA, startOfA, type Weights } from '@opt/optimizers/conformance'
import { distance, golden, type Numbers, near } from '@opt/testing'
import { StableSPAM } from '../src/index.ts'

interface Trajectory {
  losses: number[]
  trajectory: { step: number; params: Record<string, Numbers> }[]
}
interface Case extends Trajectory {
  name: string
  options: Record<string, number>
  officialCode: Trajectory
}
interface Spike {
  step: number
  tensor: string
  flatIndex: number
  multiplier: number
}

const { cases, spikes } = golden<{ cases: Case[]; spikes: Spike[] }>(import.meta.url, 'stable-spam.json')
const NAMES: Record<string, string> = {
  lr: 'learningRate',
  reset: 'resetEvery',
  total_T: 'totalSteps',
  weight_decay: 'weightDecay',
}
const ours = ({ options }: Case) =>
  Object.fromEntries(Object.entries(options).map(([name, value]) => [NAMES[name] ?? name, value]))

/** Throws unless all numbers are within 1e-10, relative above 1. */
const close = (actual: Numbers, expected: Numbers, label: string) =>
  near(actual, expected, { absolute: 1e-10, relative: 1e-10, label })

/** Multiplies the entries that spike at step t, from 1. */
function spiked(gradient: Weights, t: number): Weights {
  for (const { step, tensor, flatIndex, multiplier } of spikes)
    if (step === t) gradient[tensor][flatIndex] *= multiplier
  return gradient
}

describe('trajectories to 1e-10', () => {
  test('all cases and spikes are there', () => expect([cases.length, spikes.length]).toEqual([4, 4]))

  test.each(cases.map((one) => [one.name, one] as const))('%s', (_, one) => {
    const weights: Weights = startOfA()
    const optimizer = new StableSPAM(weights, ours(one))
    for (let t = 0; t < 100; t++) {
      const { value, gradient } = problemA(weights)
      close(value, one.losses[t], `losses[${t}]`)
      optimizer.step(spiked(gradient, t + 1))
      const there = one.trajectory.find(({ step }) => step === t + 1)
      for (const [name, values] of Object.entries(there?.params ?? {}))
        close(weights[name], values, `${name} after ${t + 1}`)
    }
    close(problemA(weights).value, one.losses[100], 'losses[100]')
  })

  test.each(cases.map((one) => [one.name, one] as const))(
    '%s: the official code agrees without resets; at a reset it updates with the old moments and lets the clip go',
    (_, one) => {
      const weights: Weights = startOfA()
      const optimizer = new StableSPAM(weights, ours(one))
      for (let t = 0; t < 100; t++) optimizer.step(spiked(problemA(weights).gradient, t + 1))
      const theirs = one.officialCode.trajectory.at(-1)?.params ?? {}
      const gap = Math.max(...Object.keys(theirs).map((name) => distance(weights[name], theirs[name])))
      if (one.options.reset === 0) expect(gap).toBeLessThan(1e-10)
      else expect(gap).toBeGreaterThan(1e-3)
    },
  )
})
