import { weightedSoftmax } from '@opt/bilevel'
import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import { digest } from '@opt/testing'
import { boRep, cleaningTask, coshToy, minibatches, penalizedSoftmax, representation } from '../src/index.ts'
import { clouds } from './problems.ts'

// Made with Node 20; Node 24 gives the same.
test('the same bits in every engine', () => {
  expect(
    digest((say) => {
      const quiet = { tolerance: 0, history: false, maxIterations: 100 }
      type Arguments = Parameters<typeof boRep>
      const run = (problem: Arguments[0], start: Arguments[1], options: Arguments[2]) => {
        const { x, y, z, m, upper } = boRep(problem, start, { ...quiet, ...options })
        say([x, y, z, m, upper])
      }
      const toy = coshToy({
        A: [
          [2, 0.3],
          [0.3, 1],
        ],
        B: [[1], [0.5]],
        b: [1, 2],
        a: [0.1],
        t: [1, -1],
      })
      run(toy, { x: [9], y: [1, 0] }, { gamma: 0.3, batches: toy.noise(random(1), 0.1) })
      say(toy.hyperobjective([0.7]))
      const [training, validation] = [clouds(random(2), 40, 4, 3), clouds(random(3), 20, 4, 3)]
      const batches = () => minibatches(random(4), { training: 40, validation: 20 }, 10)
      const zeros = (n: number) => new Float64Array(n)
      run(weightedSoftmax(training, validation), { x: zeros(40), y: zeros(12) }, { batches: batches(), radius: 0.3 })
      run(penalizedSoftmax(training, validation), { x: zeros(4), y: zeros(12) }, { batches: batches(), average: true })
      const network = mlp({ sizes: [4, 5, 3], activation: 'tanh' })
      const targets = ({ inputs, labels }: typeof training) => ({ inputs, targets: labels })
      const task = representation(network, targets(training), targets(validation))
      run(task, task.start, { batches: batches(), adjoint: 'old' })
      const cleaning = cleaningTask(training, validation)
      run(cleaning.problem, cleaning.start, cleaning.options)
    }),
  ).toBe('23ff2961865d1f1d')
})
