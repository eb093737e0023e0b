import { random } from '@opt/core'
import { vectorBytes } from '@opt/testing'
import { lvHba, weightedSvm } from '../src/index.ts'
import { drawExamples } from './problems.ts'

test('a step allocates no vector', () => {
  const rng = random(1)
  const problem = weightedSvm(drawExamples(rng, 100, 5), drawExamples(rng, 50, 5))
  const x = new Float64Array(100)
  const start = { x, y: problem.solveLower(x).y }
  const run = lvHba.steps(problem, start, { tolerance: 0, maxIterations: 1e6, history: false })
  const steps = (count: number) => {
    for (let k = 0; k < count; k++) run.next()
  }
  steps(10)
  expect(vectorBytes(() => steps(100))).toBeLessThanOrEqual(0)
  run.return(undefined as never)
})
