import { convexRelu, type LossName } from '../src/index.ts'
import { byPattern, expectClose, flat, golden } from './golden.ts'

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

const { X, y, patterns, faithful, split, robust } = golden<Admm>('admm')

describe('ADMM against the prototype, iterate by iterate', () => {
  const cases = faithful.flatMap((run) => (['rows', 'dense'] as const).map((form) => ({ run, form })))
  test.each(cases)('squared loss, $form, gamma $run.gamma, relaxation $run.relaxation', ({ run, form }) => {
    const { beta, rho, gamma, relaxation } = run
    const options = { patterns, beta, rho, gamma, relaxation, form, tolerance: 0, measureEvery: 1 }
    const { history } = convexRelu(X, y, { ...options, maxIterations: 20 })
    expectClose(
      history.map((r) => r.objective),
      run.objective,
      1e-9,
    )
    if (relaxation === 1) {
      expectClose(
        history.map((r) => r.primal),
        run.residuals.map(([u, s]) => Math.sqrt(u * u + s * s)),
        1e-9,
      )
      expectClose(
        history.map((r) => r.dual),
        run.residuals.map(([, , dual]) => dual),
        1e-9,
      )
    }
    for (const { k, u, v, s, nu, lambda } of run.iterates) {
      const { state } = convexRelu(X, y, { ...options, maxIterations: k })
      expectClose(state.u, flat(u), 1e-9)
      expectClose(state.v, flat(v), 1e-9)
      expectClose(state.lambda, flat(lambda), 1e-9)
      expectClose(state.s, byPattern(s), 1e-9)
      expectClose(state.nu, byPattern(nu), 1e-9)
    }
  })

  test.each(split)('a copy of the predictions, $loss', ({ loss, y, beta, rho, relaxation, objective, iterates }) => {
    const options = { patterns, loss, beta, rho, relaxation, method: 'split', tolerance: 0, measureEvery: 1 } as const
    const { history } = convexRelu(X, y, { ...options, maxIterations: 20 })
    expectClose(
      history.map((r) => r.objective),
      objective,
      1e-9,
    )
    for (const { k, u, v } of iterates) {
      const { state } = convexRelu(X, y, { ...options, maxIterations: k })
      expectClose(state.u, flat(u), 1e-9)
      expectClose(state.v, flat(v), 1e-9)
    }
  })

  test.each(robust)('robust, $loss', ({ y, objective, iterates, ...run }) => {
    const { loss, beta, rho, relaxation, epsilon, perturbed } = run
    const options = { patterns, loss, beta, rho, relaxation, epsilon, perturbed, tolerance: 0, measureEvery: 1 }
    const { history } = convexRelu(X, y, { ...options, maxIterations: 20 })
    expectClose(
      history.map((r) => r.objective),
      objective,
      1e-9,
    )
    for (const { k, u, v } of iterates) {
      const { state, weights } = convexRelu(X, y, { ...options, maxIterations: k })
      expectClose(state.x.subarray(0, flat(u).length), flat(u), 1e-9)
      expectClose([...weights.v.data, ...weights.w.data], flat(v), 1e-9)
    }
  })
})
