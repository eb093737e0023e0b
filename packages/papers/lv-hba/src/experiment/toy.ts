import { type ExperimentContext, log2, type Series } from '@opt/core'
import { bilevelToy } from '../bilevel-toy.ts'
import { lvHba } from '../lv-hba.ts'
import { gapAndResidual } from '../measures.ts'

/** Steps at which a run is looked at. */
const STEPS = [500, 5000, 20000]

interface Row {
  n: number
  gamma2: number
  c: number
}
const ROWS: Row[] = [
  { n: 10, gamma2: 10, c: 1 },
  { n: 100, gamma2: 10, c: 1 },
  { n: 100, gamma2: 1, c: 10 },
]
const P = 0.49

interface Look {
  k: number
  /** Relative error of x. */
  error: number
  /** F / n */
  upper: number
  /** (f - v) / n */
  gap: number
  residual: number
  penalty: number
  violation: number
}

/** Runs LV-HBA and looks at it after some numbers of steps. */
function* looks({ n, gamma2, c }: Row): Generator<Look> {
  const problem = bilevelToy(n)
  const parameters = { alpha: 0.1, beta: 0.5, eta: 0.2, gamma1: 10, gamma2, penalty: { c, p: P } }
  const ten = (length: number) => new Float64Array(length).fill(10)
  let state: Parameters<typeof lvHba>[1] = {
    x: ten(n),
    y: ten(2 * n),
    theta: new Float64Array(2 * n).fill(1),
    lambda: [1],
    z: [-1],
  }
  let k = 0
  for (const next of STEPS) {
    const answer = lvHba(problem, state, { ...parameters, tolerance: 0, maxIterations: next - k, history: false })
    const { gap, residual } = gapAndResidual(problem, answer, answer.penalty, { gamma1: 10, gamma2 })
    const distance = Math.sqrt(answer.x.reduce((sum, value) => sum + (value + 0.3) * (value + 0.3), 0))
    yield {
      k: next,
      error: distance / (0.3 * Math.sqrt(n)),
      upper: answer.upper / n,
      gap: gap / n,
      residual,
      penalty: answer.penalty,
      violation: answer.violation,
    }
    state = answer
    k = next
  }
}

const figure = (value: number) => value.toExponential(1)

/** A: the toy with a set of lower solutions, whose bilevel solution is known. */
export async function toy(context: ExperimentContext, from: number, to: number): Promise<void> {
  const rows: (string | number)[][] = []
  const errors: Series[] = []
  for (const [i, row] of ROWS.entries()) {
    const name = `n = ${row.n}, gamma_2 = ${row.gamma2}, c = ${row.c}`
    const seen: Look[] = []
    for (const look of looks(row)) {
      seen.push(look)
      await context.progress(from + ((to - from) * (i + seen.length / 3)) / ROWS.length, `toy, ${name}`)
    }
    for (const { k, error, upper, gap, residual } of seen)
      rows.push([name, k, figure(error), upper.toFixed(5), figure(gap), figure(residual)])
    errors.push({ label: name, x: seen.map(({ k }) => k), y: seen.map(({ error }) => error) })
    judge(context, row, seen)
  }
  context.table({
    title: 'A. Toy with one coupled equation and many lower solutions; F / n at the solution is 0.05',
    columns: ['parameters', 'steps', 'relative error of x', 'F / n', '(f - v) / n', 'residual'],
    rows,
  })
  context.figure({
    kind: 'line',
    title: 'Toy: the error falls like 1 / c_k',
    x: { label: 'steps', scale: 'log' },
    y: { label: 'relative error of x', scale: 'log' },
    series: errors,
  })
  scaling(context)
}

function judge({ claim }: ExperimentContext, { n, gamma2, c }: Row, [, middle, last]: Look[]): void {
  const at = `n = ${n}, gamma_2 = ${gamma2}, c = ${c}`
  if (c === 1) {
    const ratio = middle.error / last.error
    claim({
      claim: `toy, ${at}: x comes within 6e-3 of the solution in 5000 steps, and the error falls like 1 / c_k from there to 20000`,
      paper: `error ratio ${(last.penalty / middle.penalty).toFixed(2)}`,
      ours: `error ${figure(middle.error)}, ratio ${ratio.toFixed(2)}`,
      pass: middle.error <= 6e-3 && ratio >= 1.7 && ratio <= 2.3,
    })
  } else
    claim({
      claim: `toy, ${at}: x comes within 1e-3 of the solution in 20000 steps`,
      paper: 'converges to the bilevel solution as c_k grows',
      ours: figure(last.error),
      pass: last.error <= 1e-3,
    })
  const gapOrder = log2(middle.gap / last.gap) / 2
  claim({
    claim: `toy, ${at}: the gap falls at least like k^-p`,
    paper: `O(k^-${P})`,
    ours: `k^-${gapOrder.toFixed(2)}`,
    pass: gapOrder >= P,
  })
  const residualOrder = log2(middle.residual / last.residual) / 2
  claim({
    claim: `toy, ${at}: the residual falls at least like k^-(1-2p)/2`,
    paper: `O(k^-${((1 - 2 * P) / 2).toFixed(2)})`,
    ours: `k^-${residualOrder.toFixed(2)}`,
    pass: residualOrder >= (1 - 2 * P) / 2,
  })
  claim({
    claim: `toy, ${at}: the iterate keeps the constraint`,
    paper: '',
    ours: figure(last.violation),
    pass: last.violation <= 1e-10,
  })
}

/** The published script's step sizes with its constraint, whose gradient in y has norm sqrt(2n), and with ours. */
function scaling({ claim }: ExperimentContext): void {
  const n = 100
  const parameters = { alpha: 0.008, beta: 0.02, eta: 0.01, gamma1: 10, gamma2: 10, penalty: { c: 0.025, p: 0.3 } }
  const ten = (length: number) => new Float64Array(length).fill(10)
  const start = { x: ten(n), y: ten(2 * n), theta: new Float64Array(2 * n).fill(1), lambda: [1], z: [-1] }
  const errorAfter = (scale: number | undefined) => {
    const { x, status } = lvHba(bilevelToy(n, { scale }), start, {
      ...parameters,
      tolerance: 0,
      maxIterations: 1500,
      history: false,
    })
    const distance = Math.sqrt(x.reduce((sum, value) => sum + (value + 0.3) * (value + 0.3), 0))
    return status === 'diverged' ? Infinity : distance / (0.3 * Math.sqrt(n))
  }
  const [unscaled, scaled] = [errorAfter(1), errorAfter(undefined)]
  claim({
    claim: "toy, n = 100: the published script's step sizes need a scaled constraint, without it the error grows",
    paper: '119 after 1500 steps (its script, run unchanged)',
    ours: `error ${unscaled.toPrecision(3)} unscaled, ${scaled.toPrecision(3)} scaled`,
    pass: unscaled > 10 && scaled < 10,
  })
}
