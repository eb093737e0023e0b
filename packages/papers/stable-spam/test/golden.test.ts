import { readFileSync } from 'node:fs'
import { problemA, startOfA, type Weights } from '@opt/optimizers/conformance'
import { StableSPAM } from '../src/index.ts'

/** JSON beside this file. */
const golden = (name: string) => JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), 'utf8'))

interface Trajectory {
  losses: number[]
  trajectory: { step: number; params: Record<string, unknown[]> }[]
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

const { cases, spikes } = golden('stable-spam') as { cases: Case[]; spikes: Spike[] }
const NAMES: Record<string, string> = {
  lr: 'learningRate',
  reset: 'resetEvery',
  total_T: 'totalSteps',
  weight_decay: 'weightDecay',
}
const ours = ({ options }: Case) =>
  Object.fromEntries(Object.entries(options).map(([name, value]) => [NAMES[name] ?? name, value]))

/** The largest difference, relative above 1. */
const apart = (actual: ArrayLike<number>, expected: unknown) =>
  ([expected].flat(3) as number[]).reduce(
    (m, v, i) => Math.max(m, Math.abs(actual[i] - v) / Math.max(1, Math.abs(v))),
    0,
  )

/** The spiked gradient of step t, from 1. */
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
      expect([t, apart([value], one.losses[t]) < 1e-10]).toEqual([t, true])
      optimizer.step(spiked(gradient, t + 1))
      const there = one.trajectory.find(({ step }) => step === t + 1)
      for (const [name, values] of Object.entries(there?.params ?? {}))
        expect([name, t + 1, apart(weights[name], values) < 1e-10]).toEqual([name, t + 1, true])
    }
    expect(apart([problemA(weights).value], one.losses[100])).toBeLessThan(1e-10)
  })

  test.each(cases.map((one) => [one.name, one] as const))(
    '%s: the official code agrees without resets; at a reset it updates with the old moments and lets the clip go',
    (_, one) => {
      const weights: Weights = startOfA()
      const optimizer = new StableSPAM(weights, ours(one))
      for (let t = 0; t < 100; t++) optimizer.step(spiked(problemA(weights).gradient, t + 1))
      const theirs = one.officialCode.trajectory.at(-1)?.params ?? {}
      const gap = Math.max(...Object.keys(theirs).map((name) => apart(weights[name], theirs[name])))
      if (one.options.reset === 0) expect(gap).toBeLessThan(1e-10)
      else expect(gap).toBeGreaterThan(1e-3)
    },
  )
})
