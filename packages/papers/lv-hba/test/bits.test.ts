import { random } from '@opt/core'
import { fingerprint } from '@opt/testing/kernels'
import { bilevelToy, lvHba, valueFunction, weightedSvm } from '../src/index.ts'
import { drawExamples, normals } from './problems.ts'

const quiet = { tolerance: 0, history: false, maxIterations: 200 } as const

// Made with Node 20; Node 24 gives the same.
const expected: Record<string, string> = {
  toy: 'd117da87',
  svm: '978d45dc',
  value: '9f162e4f',
}

test.each<[string, () => ArrayLike<number>[]]>([
  [
    'toy',
    () => {
      const answer = lvHba(bilevelToy(7), { x: normals(random(1), 7), y: normals(random(2), 14) }, quiet)
      return [answer.x, answer.y, answer.theta, answer.lambda, answer.z]
    },
  ],
  [
    'svm',
    () => {
      const rng = random(3)
      const problem = weightedSvm(drawExamples(rng, 30, 4), drawExamples(rng, 20, 4))
      const answer = lvHba(problem, { x: new Float64Array(30), y: new Float64Array(35) }, quiet)
      const exact = problem.hyperobjective(answer.x)
      return [answer.x, answer.y, answer.theta, answer.lambda, answer.z, exact.gradient, exact.y]
    },
  ],
  [
    'value',
    () => {
      const rng = random(4)
      const problem = weightedSvm(drawExamples(rng, 12, 3), drawExamples(rng, 5, 3))
      const v = valueFunction(problem, { x: normals(rng, 12), y: normals(rng, 16) })
      return [v.theta, v.lambda, v.gradX, [v.value]]
    },
  ],
])('the same bits in every engine: %s', (name, run) => {
  expect(fingerprint(run().flatMap((values) => Array.from(values)))).toBe(expected[name])
})
