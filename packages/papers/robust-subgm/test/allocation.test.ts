import { random } from '@opt/core'
import { vectorBytes } from '@opt/testing'
import { gradientDescent, quantile, recover, subgm, syntheticProblem } from '../src/index.ts'

test.each(['gaussian', 'rank-one', 'entries'] as const)('an iteration allocates no vector: %s', (measurement) => {
  const problem = syntheticProblem({ size: 12, rank: 2, count: 300, corruption: 0.1, measurement, random: random(1) })
  const { measurements, y } = problem
  const options = { stepSize: quantile({ eta: 0.01 }), history: false }
  for (const run of [
    subgm.steps(measurements, y, options),
    gradientDescent.steps(measurements, y, options),
    recover.steps(problem, { history: false }),
  ]) {
    const steps = (count: number) => {
      for (let k = 0; k < count; k++) run.next()
    }
    steps(5)
    // Up to the end of a window, where the eigenvalues of the factor are computed.
    expect(vectorBytes(() => steps(20))).toBeLessThanOrEqual(0)
    run.return(undefined as never)
  }
})
