import { golden, near } from '@opt/testing'
import { convexRelu, type LossName } from '../src/index.ts'
import { byPattern, within } from './shared.ts'

interface Iterate {
  k: number
  u: number[][][]
  v: number[][][]
  s: number[][][]
  nu: number[][][]
  lambda: number[][][]
}
interface Run {
  beta: number
  rho: number
  gamma: number
  relaxation: number
  objective: number[]
  residuals: [number, number, number][]
  iterates: Iterate[]
  loss: LossName
  y: number[]
  epsilon: number
  perturbed: boolean[]
}
interface Admm {
  X: number[][]
  y: number[]
  patterns: string[]
  faithful: Run[]
  split: Run[]
  robust: Run[]
}

const { X, y, patterns, faithful, split, robust } = golden<Admm>(import.meta.url, 'admm.json')

const objectives = ({ history }: ReturnType<typeof convexRelu>) => history.map((report) => report.objective)

describe('ADMM against the prototype, iterate by iterate', () => {
  const cases = faithful.flatMap((run) => (['rows', 'dense'] as const).map((form) => ({ run, form })))
  test.each(cases)('squared loss, $form, gamma $run.gamma, relaxation $run.relaxation', ({ run, form }) => {
    const { beta, rho, gamma, relaxation, residuals } = run
    const options = { patterns, beta, rho, gamma, relaxation, form, tolerance: 0, measureEvery: 1 }
    const answer = convexRelu(X, y, { ...options, maxIterations: 20 })
    near(objectives(answer), run.objective, within(1e-9))
    if (relaxation === 1)
      near(
        answer.history.map(({ primal, dual }) => [primal, dual]),
        residuals.map(([u, s, dual]) => [Math.sqrt(u * u + s * s), dual]),
        within(1e-9),
      )
    for (const { k, u, v, s, nu, lambda } of run.iterates) {
      const { state } = convexRelu(X, y, { ...options, maxIterations: k })
      near(state.u, u.flat(2), within(1e-9))
      near(state.v, v.flat(2), within(1e-9))
      near(state.lambda, lambda.flat(2), within(1e-9))
      near(state.s, byPattern(s), within(1e-9))
      near(state.nu, byPattern(nu), within(1e-9))
    }
  })

  test.each(split)('a copy of the predictions, $loss', ({ loss, y, beta, rho, relaxation, objective, iterates }) => {
    const options = { patterns, loss, beta, rho, relaxation, method: 'split', tolerance: 0, measureEvery: 1 } as const
    near(objectives(convexRelu(X, y, { ...options, maxIterations: 20 })), objective, within(1e-9))
    for (const { k, u, v } of iterates) {
      const { state } = convexRelu(X, y, { ...options, maxIterations: k })
      near(state.u, u.flat(2), within(1e-9))
      near(state.v, v.flat(2), within(1e-9))
    }
  })

  test.each(robust)('robust, $loss', ({ y, objective, iterates, ...run }) => {
    const { loss, beta, rho, relaxation, epsilon, perturbed } = run
    const options = { patterns, loss, beta, rho, relaxation, epsilon, perturbed, tolerance: 0, measureEvery: 1 }
    near(objectives(convexRelu(X, y, { ...options, maxIterations: 20 })), objective, within(1e-9))
    for (const { k, u, v } of iterates) {
      const { state, weights } = convexRelu(X, y, { ...options, maxIterations: k })
      near(state.x.subarray(0, u.flat(2).length), u.flat(2), within(1e-9))
      near([weights.v.data, weights.w.data], v, within(1e-9))
    }
  })
})
