import { AdaHessian } from '../src/index.ts'
import { cases, evaluate, flat, type GoldenCase, signs, start, tensors } from './problem.ts'

function ours({ options }: GoldenCase) {
  const { lr: learningRate, eps: epsilon, weight_decay: weightDecay, hessian_power: hessianPower, betas = [] } = options
  const [beta1, beta2] = betas
  return {
    ...{ learningRate, epsilon, weightDecay, hessianPower, beta1, beta2 },
    blockSizes: options.spatial_average_block_size,
  }
}

const apart = (actual: ArrayLike<number>, expected: unknown) =>
  flat(expected).reduce((most, v, i) => Math.max(most, Math.abs(actual[i] - v) / Math.max(1, Math.abs(v))), 0)

describe('trajectories of the official code to 1e-10', () => {
  test('all cases are there', () => expect([cases.length, signs.length]).toEqual([4, 100]))

  test.each(cases.map((one) => [one.name, one] as const))('%s', (_, one) => {
    const x = start()
    const optimizer = new AdaHessian(tensors(x), ours(one))
    for (let t = 0; t < 100; t++) {
      const { value, gradient, product } = evaluate(x, signs[t])
      expect([t, apart([value], one.losses[t]) < 1e-10]).toEqual([t, true])
      optimizer.step(tensors(gradient), tensors(product))
      const there = one.trajectory.find(({ step }) => step === t + 1)
      for (const [name, values] of Object.entries(there?.params ?? {}))
        expect([name, t + 1, apart(tensors(x)[name].data, values) < 1e-10]).toEqual([name, t + 1, true])
    }
  })
})
