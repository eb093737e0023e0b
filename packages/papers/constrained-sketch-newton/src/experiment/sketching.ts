import { type ExperimentContext, log1p, pow, random } from '@opt/core'
import { gaussian } from '../inner/gaussian.ts'
import type { InnerSolver } from '../inner/inner-solver.ts'
import { kaczmarz } from '../inner/kaczmarz.ts'
import { minres } from '../inner/minres.ts'
import { kktSystem } from '../kkt-system.ts'
import { testProblem } from '../problems/test-problems.ts'
import { contractionRate } from '../sketch/contraction-rate.ts'

const PROBLEMS = ['HS6', 'HS28', 'HS42', 'HS79', 'CIRCLE5']
const RUNS = 100

/** E: the mean error of sketch-and-project on Newton systems, beside the rate that theory gives. */
export async function sketching(context: ExperimentContext, from: number, to: number): Promise<void> {
  const sketches: [string, () => InnerSolver, 'kaczmarz' | 'weighted' | 'gaussian'][] = [
    ['Kaczmarz, uniform', () => kaczmarz(), 'kaczmarz'],
    ['Kaczmarz, weighted', () => kaczmarz({ sampling: 'weighted' }), 'weighted'],
    ['Gaussian vector', () => gaussian(), 'gaussian'],
  ]
  const rows: (string | number)[][] = []
  let within = 0
  for (const [i, name] of PROBLEMS.entries()) {
    const problem = testProblem(name)
    const { K, residual } = kktSystem(problem, problem.start, new Float64Array(problem.m).fill(0.5))
    const N = residual.length
    const exact = minres()(N, random(0))
    exact.load(K.data, residual)
    exact.run(0, 100 * N)
    const distance = (z: Float64Array) =>
      z.reduce((sum, value, k) => sum + (value - exact.z[k]) * (value - exact.z[k]), 0)
    const first = distance(new Float64Array(N))
    for (const [label, make, sampling] of sketches) {
      const rate = contractionRate(K, sampling)
      // As many steps as the bound needs to fall to e^-2, and no more than 2000.
      const steps = Math.min(2000, Math.ceil(-2 / log1p(-Math.min(rate, 0.99))))
      const solver = make()(N, random(context.seed))
      let mean = 0
      for (let run = 0; run < RUNS; run++) {
        solver.load(K.data, residual)
        solver.run(0, steps)
        mean += distance(solver.z) / first / RUNS
      }
      const bound = pow(1 - rate, steps)
      if (mean <= bound) within++
      rows.push([name, label, rate.toExponential(2), steps, bound.toPrecision(2), mean.toPrecision(2)])
    }
    await context.progress(from + ((to - from) * (i + 1)) / PROBLEMS.length, `sketching: ${name}`)
  }
  context.table({
    title: `E. Mean of |z_j - z*|^2 / |z*|^2 over ${RUNS} runs on Newton systems at the usual starts`,
    columns: ['system of', 'sketch', 'gamma', 'steps j', '(1 - gamma)^j', 'mean'],
    rows,
  })
  context.claim({
    claim: 'the mean error of sketch-and-project is within (1 - gamma)^j',
    paper: 'E|z_j - z*|^2 <= (1 - gamma)^j |z*|^2',
    ours: `${within} of ${rows.length}`,
    pass: within === rows.length,
  })
}
