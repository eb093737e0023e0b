import { type ExperimentContext, random } from '@opt/core'
import { adaSketchNewton } from '../ada-sketch-newton.ts'
import { newtonKkt } from '../baselines/newton-kkt.ts'
import { testProblem } from '../problems/test-problems.ts'

const PROBLEMS =
  'HS6 HS7 HS8 HS9 HS26 HS27 HS39 HS40 HS42 HS47 HS56 HS61 HS77 HS78 HS79 MARATOS2 BYRDSPHR BT2 BT5 BT10 HS100LNP CIRCLE5'.split(
    ' ',
  )

/** B: random starts, with and without the line search on the merit; and unit steps where the Maratos effect threatens. */
export async function globalConvergence(context: ExperimentContext, from: number, to: number): Promise<void> {
  const starts = context.scale === 'quick' ? 4 : 20
  const rng = random(context.seed)
  const rows: (string | number)[][] = []
  const totals = { merit: 0, plain: 0 }
  for (const [i, name] of PROBLEMS.entries()) {
    const problem = testProblem(name)
    const solved = { merit: 0, plain: 0 }
    for (let k = 0; k < starts; k++) {
      const x0 = problem.start.map((value) => value + rng.normal())
      const limits = { maxIterations: 300, history: false }
      if (adaSketchNewton(problem, x0, { ...limits, singularTolerance: 1e-8 }).status === 'converged') solved.merit++
      if (newtonKkt(problem, x0, limits).status === 'converged') solved.plain++
    }
    totals.merit += solved.merit
    totals.plain += solved.plain
    rows.push([name, solved.merit, solved.plain])
    await context.progress(from + ((to - from) * (i + 1)) / PROBLEMS.length, `random starts: ${name}`)
  }
  const all = starts * PROBLEMS.length
  context.table({
    title: `B. Runs of ${starts} random starts that reach |R| <= 1e-4, exact inner solves`,
    columns: ['problem', 'AdaSketch-Newton', 'plain Newton-KKT'],
    rows: [...rows, ['all', `${totals.merit} of ${all}`, `${totals.plain} of ${all}`]],
  })
  context.claim({
    claim: 'from random starts x0 + N(0, I), at least 95 % of the runs reach a KKT point',
    paper:
      'almost surely, where iterates are bounded and the Jacobian is regular (reference implementation: 438 of 440)',
    ours: `${totals.merit} of ${all}`,
    pass: totals.merit >= 0.95 * all,
  })
  context.claim({
    claim: 'plain Newton-KKT steps fail 9 % more of the runs',
    paper: 'no global convergence (reference implementation: 375 of 440)',
    ours: `${totals.plain} of ${all}`,
    pass: totals.merit >= totals.plain + 0.09 * all,
  })
  const maratos = testProblem('MARATOS2')
  const { history, iterations } = adaSketchNewton(maratos, maratos.start)
  context.claim({
    claim: 'no Maratos effect: on MARATOS2 all steps are unit steps',
    paper: 'unit steps are accepted near the solution',
    ours: `${history.filter(({ alpha }) => alpha === 1).length} of ${iterations}`,
    pass: history.every(({ alpha }) => alpha === 1) && iterations <= 6,
  })
}
