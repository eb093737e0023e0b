import { random } from '@opt/core'
import { fingerprint } from '@opt/testing/kernels'
import { bilevelToy, lvHba, valueFunction, weightedSvm } from '../src/index.ts'
import { coupled, drawExamples, normals } from './problems.ts'

const quiet = { tolerance: 0, history: false, maxIterations: 200 } as const

// Made with Node 20; Node 24 gives the same.
const expected: Record<string, string> = {
  toy: 'd117da87',
  coupled: '9051bc2d',
  svm: '35cda43e',
  value: 'fc305509',
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
    'coupled',
    () => {
      const answer = lvHba(coupled, { x: [0.1], y: [0.7] }, quiet)
      return [answer.x, answer.y, answer.theta, answer.lambda, answer.z]
    },
  ],
  [
    // Its scale has the bits of @opt/curvature; what follows does not depend on it.
    'svm',
    () => {
      const rng = random(3)
      const problem = weightedSvm(drawExamples(rng, 30, 4), drawExamples(rng, 20, 4))
      const [x, y] = [normals(rng, 30, 4), normals(rng, 35)]
      const exact = problem.hyperobjective(x)
      problem.projectJoint(x, y)
      return [x, y, exact.gradient, exact.y]
    },
  ],
  [
    'value',
    () => {
      const v = valueFunction(bilevelToy(5), { x: normals(random(4), 5), y: normals(random(5), 10) })
      return [v.theta, v.lambda, v.gradX, [v.value]]
    },
  ],
])('the same bits in every engine: %s', (name, run) => {
  expect(fingerprint(run().flatMap((values) => Array.from(values)))).toBe(expected[name])
})
