import { decodeFloats } from '@opt/core'
import type { OptimizerOptions, Slot } from '@opt/optimizers'
import { distance, type Numbers, near } from '@opt/testing'
import { AdamP, type AdamPHyper, SGDP, type SGDPHyper } from '../src/index.ts'
import { cases, evaluate, flat, type GoldenCase, start, type Weights } from './problem.ts'

const NAMES: Record<string, string> = {
  lr: 'learningRate',
  eps: 'epsilon',
  weight_decay: 'weightDecay',
  wd_ratio: 'weightDecayRatio',
}
const STATE: Record<string, string> = { exp_avg: 'mean', exp_avg_sq: 'meanSquare', momentum: 'velocity' }

function ours({ options }: GoldenCase): OptimizerOptions<AdamPHyper> & OptimizerOptions<SGDPHyper> {
  const { betas, ...rest } = options
  const [beta1, beta2] = (betas ?? []) as number[]
  const renamed = Object.entries(rest).map(([name, value]) => [NAMES[name] ?? name, value])
  return { ...Object.fromEntries(renamed), ...(betas ? { beta1, beta2 } : {}) }
}

const make = (one: GoldenCase, weights: Weights) =>
  one.optimizer === 'AdamP' ? new AdamP(weights, ours(one)) : new SGDP(weights, ours(one))

/** Throws unless all numbers are within 1e-10, relative above 1. */
const close = (actual: Numbers, expected: Numbers, label: string) =>
  near(actual, expected, { absolute: 1e-10, relative: 1e-10, label })

describe('trajectories of the official code to 1e-10', () => {
  test('all cases are there', () => expect(cases).toHaveLength(8))

  test.each(cases.map((one) => [one.name, one] as const))('%s', (_, one) => {
    const weights = start()
    const optimizer = make(one, weights)
    for (let t = 0; t < 100; t++) {
      const { value, gradient } = evaluate(weights)
      close(value, one.losses[t], `losses[${t}]`)
      optimizer.step(gradient)
      const there = one.trajectory.find(({ step }) => step === t + 1)
      for (const [name, values] of Object.entries(there?.params ?? {}))
        close(weights[name].data, flat(values), `${name} after ${t + 1}`)
    }
    close(evaluate(weights).value, one.losses[100], 'losses[100]')
    for (const { name, arrays } of optimizer.state().parameters)
      for (const [key, values] of Object.entries(one.finalState[name]))
        if (key in STATE) {
          const expected = flat(values)
          close(decodeFloats(arrays[STATE[key]], Float64Array, expected.length, key), expected, `${name}.${key}`)
        }
  })

  test.each(cases.filter(({ officialCode }) => officialCode).map((one) => [one.name, one] as const))(
    '%s: the official code, which projects the velocity too, goes elsewhere',
    (_, one) => {
      const weights = start()
      const optimizer = make(one, weights)
      for (let t = 0; t < 100; t++) optimizer.step(evaluate(weights).gradient)
      const theirs = one.officialCode?.trajectory.at(-1)?.params ?? {}
      const gap = Object.keys(theirs).map((name) => distance(weights[name].data, flat(theirs[name])))
      expect(Math.max(...gap)).toBeGreaterThan(1e-3)
    },
  )
})

describe('which weights are taken for scale-invariant', () => {
  test.each(cases.map((one) => [one.name, one] as const))('%s: at every step as the official code', (_, one) => {
    const branches: Record<string, string> = { W: '', V: '', K: '', U: '', b: '' }
    class Watched extends (one.optimizer === 'AdamP' ? AdamP : (SGDP as unknown as typeof AdamP))<Weights> {
      override update(slot: Slot, hyper: AdamPHyper): void {
        const { name, shape, length, steps } = slot
        let project = 0
        const perform: Slot['perform'] = (operation, argument) => {
          const answer = slot.perform(operation, argument)
          if (typeof answer === 'number') project = answer
          return answer
        }
        const watched = { shape, length, steps, perform, apply: slot.apply.bind(slot) as Slot['apply'] }
        super.update(watched as Slot, hyper)
        branches[name] += project === 0 ? '-' : project === shape[0] && length > project ? 'c' : 'l'
      }
    }
    const weights = start()
    const optimizer = new Watched(weights, ours(one))
    for (let t = 0; t < 100; t++) optimizer.step(evaluate(weights).gradient)
    expect(branches).toMatchObject(one.branch)
  })
})
