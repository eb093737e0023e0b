import { digest } from '@opt/testing'
import {
  adaSketchNewton,
  augmentedLagrangian,
  contractionRate,
  direct,
  gaussian,
  gmres,
  kaczmarz,
  kktSystem,
  l1Sqp,
  minres,
  newtonKkt,
  sketchAndProject,
  testProblem,
} from '../src/index.ts'

test('the bits of all answers are the same in every engine', () => {
  const bits = digest((say) => {
    for (const name of ['HS7', 'HS77', 'HS111LNP', 'CIRCLE5', 'PDE3']) {
      const problem = testProblem(name)
      for (const inner of [
        direct(),
        minres(),
        gmres({ restart: 8 }),
        kaczmarz(),
        kaczmarz({ sampling: 'weighted' }),
        gaussian(),
        gaussian({ blockSize: 2 }),
      ]) {
        const { x, multipliers, kkt } = adaSketchNewton(problem, problem.start, {
          inner,
          accuracy: 'residual',
          innerLimit: 2000,
          maxIterations: 6,
        })
        say([...x, ...multipliers, kkt])
      }
      for (const method of [newtonKkt, l1Sqp, augmentedLagrangian])
        say(method(problem, problem.start, { maxIterations: 5 }).x)
      const { K, psi } = kktSystem(problem, problem.start, new Float64Array(problem.m).fill(0.5))
      say([psi, ...(['kaczmarz', 'weighted', 'gaussian'] as const).map((name) => contractionRate(K, name))])
      say(sketchAndProject(K, new Float64Array(problem.n + problem.m).fill(1), { maxIterations: 20 }).z)
    }
  })
  expect(bits).toBe('1c596e1b8cb8f55e')
})
