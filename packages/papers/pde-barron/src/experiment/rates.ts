import type { ExperimentContext } from '@opt/core'
import { solveGrid } from '../grid/solve-grid.ts'
import { GridSpace } from '../grid/space.ts'
import { conditioning } from '../theory/conditioning.ts'
import { solverConstants } from '../theory/solver-constants.ts'
import { BOXES, lagrangians, short, threeModes } from './problems.ts'

/** A: the factor of each step and the certificate of each iterate, against the solution. */
export async function rates({ scale, claim, table, progress, figure }: ExperimentContext): Promise<void> {
  const rows: (string | number)[][] = []
  let [kept, all, honest] = [0, 0, 0]
  const boxes = scale === 'quick' ? BOXES.slice(0, 3) : BOXES
  for (const [k, { name, boundary, modes }] of boxes.entries()) {
    await progress(0.15 * (k / boxes.length), `rates, ${name}`)
    for (const L of lagrangians()) {
      const f = threeModes(boundary)
      const problem = { lagrangian: L, f, boundary, modes }
      const best = solveGrid(problem, { tolerance: 1e-13, certificateModes: modes })
      const target = Float64Array.from(best.state.coefficients)
      const space = new GridSpace(problem, modes, 2 * modes + 2)
      const { m, M, step, rate } = conditioning(solverConstants(L, {}, space.f), { boundary })
      const distance = (u: Float64Array) =>
        space.norm({ u: u.map((value, t) => value - target[t]), g: u, dual: 0, energy: 0 })
      let now = space.iterate(new Float64Array(target.length))
      let next = space.spare()
      const start = distance(now.u)
      const errors = [start]
      let [worst, low, high, steps] = [0, Infinity, 0, 0]
      while (errors.at(-1)! > 1e-9 * start) {
        space.step(now, step, next)
        ;[now, next] = [next, now]
        steps++
        const error = distance(now.u)
        worst = Math.max(worst, error / errors.at(-1)!)
        low = Math.min(low, now.dual / m / error)
        high = Math.max(high, now.dual / m / error)
        errors.push(error)
      }
      all++
      // Rounding near the end moves ratios by 1e-6 at most.
      if (worst <= rate * (1 + 1e-4)) kept++
      if (low >= 1 - 1e-4 && high <= (M / m) * (1 + 1e-4)) honest++
      rows.push([
        name,
        L.name,
        short(rate),
        short(worst),
        `${short(low)} .. ${short(high)}`,
        short(M / m),
        steps,
        best.iterations,
      ])
      if (name === 'D,D' && L.name === 'poisson-boltzmann')
        figure({
          kind: 'line',
          title: 'A: Poisson-Boltzmann, error after each step beside the predicted factor',
          x: { label: 'step' },
          y: { label: '|u - u*| in H1', scale: 'log' },
          series: [
            { label: 'error', x: errors.map((_, t) => t), y: errors },
            { label: 'predicted', dashed: true, x: errors.map((_, t) => t), y: predicted(start, rate, errors.length) },
          ],
        })
    }
  }
  table({
    title: 'A: steps of size 2/(m + M)',
    columns: [
      'faces',
      'L',
      'factor predicted',
      'worst seen',
      'bound / error',
      'M/m',
      'steps to 1e-9',
      'adaptive to 1e-13',
    ],
    rows,
  })
  claim({
    claim: 'A: no step reduces the error by less than the factor (M - m)/(M + m) predicts',
    paper: 'linear convergence, a constant factor',
    ours: `${kept} of ${all} problems`,
    pass: kept === all,
  })
  claim({
    claim: 'A: the bound dual/m of every iterate lies between the error and M/m times the error',
    paper: '',
    ours: `${honest} of ${all} problems`,
    pass: honest === all,
  })
}

function predicted(start: number, rate: number, count: number): number[] {
  const out = [start]
  while (out.length < count) out.push(out.at(-1)! * rate)
  return out
}
