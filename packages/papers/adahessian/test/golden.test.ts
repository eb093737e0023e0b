import { type Numbers, near } from '@opt/testing'
import { AdaHessian } from '../src/index.ts'
import { cases, evaluate, flat, type GoldenCase, signs, start, tensors } from './problem.ts'

function ours({ options }: GoldenCase) {
  const { lr: learningRate, eps: epsilon, weight_decay: weightDecay, hessian_power: hessianPower, betas = [] } = options
  const [beta1, beta2] = betas
  return {
    learningRate,
    epsilon,
    weightDecay,
    hessianPower,
    beta1,
    beta2,
    blockSizes: options.spatial_average_block_size,
  }
}

/** Throws unless all numbers are within 1e-10, relative above 1. */
const close = (actual: Numbers, expected: Numbers, label: string) =>
  near(actual, expected, { absolute: 1e-10, relative: 1e-10, label })

describe('trajectories of the official code to 1e-10', () => {
  test('all cases are there', () => expect([cases.length, signs.length]).toEqual([4, 100]))

  test.each(cases.map((one) => [one.name, one] as const))('%s', (_, one) => {
    const x = start()
    const optimizer = new AdaHessian(tensors(x), ours(one))
    for (let t = 0; t < 100; t++) {
      const { value, gradient, product } = evaluate(x, signs[t])
      close(value, one.losses[t], `losses[${t}]`)
      optimizer.step(tensors(gradient), tensors(product))
      const there = one.trajectory.find(({ step }) => step === t + 1)
      for (const [name, values] of Object.entries(there?.params ?? {}))
        close(tensors(x)[name].data, flat(values), `${name} after ${t + 1}`)
    }
  })
})
