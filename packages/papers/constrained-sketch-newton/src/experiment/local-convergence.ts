import type { ExperimentContext, Series } from '@opt/core'
import { median } from '@opt/core/experiment'
import { adaSketchNewton } from '../ada-sketch-newton.ts'
import { kaczmarz } from '../inner/kaczmarz.ts'
import { testProblem } from '../problems/test-problems.ts'

const PROBLEMS = 'HS7 HS40 HS42 HS77 HS78 HS79 BT5 HS56 CIRCLE5 CIRCLE10'.split(' ')

const THETAS: {
  name: string
  theta: number | ((k: number, kkt: number) => number)
  least: number
  most: number
  paper: string
}[] = [
  { name: '1', theta: 1, least: 0.03, most: 0.15, paper: 'linear (reference implementation: 8.7e-2)' },
  {
    name: 'min(1, sqrt |R|)',
    theta: (_, kkt) => Math.min(1, Math.sqrt(kkt)),
    least: 0,
    most: 1e-3,
    paper: 'superlinear (reference implementation: 1.7e-5)',
  },
  {
    name: 'min(1, |R|)',
    theta: (_, kkt) => Math.min(1, kkt),
    least: 0,
    most: 1e-3,
    paper: 'superlinear (reference implementation: 8.1e-7)',
  },
]

/** The last ratio of successive KKT norms with the earlier one between 1e-9 and 1e-2. */
function lastRatio(errors: number[]): number | undefined {
  for (let k = errors.length - 1; k > 0; k--)
    if (errors[k - 1] >= 1e-9 && errors[k - 1] <= 1e-2) return errors[k] / errors[k - 1]
  return undefined
}

/** C: linear and superlinear convergence by the rule of the residual, Kaczmarz steps, to |R| <= 1e-10. */
export async function localConvergence(context: ExperimentContext, from: number, to: number): Promise<void> {
  const rows: (string | number)[][] = []
  const series: Series[] = []
  for (const [i, { name, theta, least, most, paper }] of THETAS.entries()) {
    const ratios: number[] = []
    const outer: number[] = []
    const inner: number[] = []
    let solved = 0
    for (const [k, label] of PROBLEMS.entries()) {
      for (let seed = 0; seed < 5; seed++) {
        const problem = testProblem(label)
        const { status, iterations, innerSteps, history } = adaSketchNewton(problem, problem.start, {
          inner: kaczmarz(),
          accuracy: 'residual',
          theta,
          seed: 100 * context.seed + seed,
          tolerance: 1e-10,
          maxIterations: 200,
        })
        if (status === 'converged') solved++
        outer.push(iterations)
        inner.push(innerSteps)
        const errors = history.map(({ error }) => error)
        const ratio = lastRatio(errors)
        if (ratio !== undefined) ratios.push(ratio)
        if (label === 'HS79' && seed === 0)
          series.push({
            label: `theta ${name}`,
            x: errors.map((_, j) => j + 1),
            y: errors.map((error) => Math.max(error, 1e-16)),
          })
      }
      await context.progress(
        from + ((to - from) * (i + (k + 1) / PROBLEMS.length)) / THETAS.length,
        `theta ${name}: ${label}`,
      )
    }
    const ratio = median(ratios)
    const runs = outer.length
    rows.push([name, `${solved} of ${runs}`, median(outer), Math.max(...outer), median(inner), ratio.toExponential(1)])
    context.claim({
      claim: `theta_k = ${name}: all runs reach 1e-10, and the last ratio of successive |R| is ${least > 0 ? `between ${least} and ${most}` : `at most ${most}`}`,
      paper,
      ours: `${solved} of ${runs}, ratio ${ratio.toExponential(1)}`,
      pass: solved === runs && ratio >= least && ratio <= most,
    })
  }
  context.table({
    title: 'C. Rule of the residual, kappa 0.1, Kaczmarz steps, |R| <= 1e-10',
    columns: ['theta_k', 'solved', 'outer, median', 'outer, most', 'inner, median', 'last ratio of |R|'],
    rows,
  })
  context.figure({
    kind: 'line',
    title: 'HS79: linear and superlinear convergence',
    x: { label: 'outer iteration' },
    y: { label: '|R|', scale: 'log' },
    series,
  })
}
