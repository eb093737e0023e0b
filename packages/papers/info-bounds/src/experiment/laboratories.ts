import type { ExperimentContext } from '@opt/core'
import { type Laboratory, laboratory } from '../index.ts'

const CHANCES = [0.2, 0.3, 0.3, 0.2]
const FLIPPED = 0.15
/** Four inputs with the label x_1, flipped with probability 0.15. */
const POINTS = [-1, 1].flatMap((x1) => [-1, 1].flatMap((x2) => [-1, 1].map((y) => ({ x: [x1, x2], y }))))
const PROBABILITIES = POINTS.map(({ x, y }, z) => CHANCES[Math.floor(z / 2)] * (x[0] === y ? 1 - FLIPPED : FLIPPED))

export const teacher = (widths: number[], drop: number, beta = 6, samples = 4): Laboratory =>
  laboratory({
    points: POINTS,
    probabilities: PROBABILITIES,
    widths,
    values: [-1, 1],
    beta,
    samples,
    noise: 'dropout',
    drop,
  })

const SHAPES = [
  [2, 1],
  [2, 2, 1],
  [2, 1, 1, 1, 1, 1],
]

/** The exact laboratory: deeper and narrower networks have a smaller gap, and a larger test loss. */
export async function laboratories(context: ExperimentContext): Promise<void> {
  await context.progress(0.65, 'laboratory')
  const results = SHAPES.map((widths) => teacher(widths, 0.3))
  const paper = ['.0804', '.0526', '.0065']
  const wanted = [0.0804, 0.0526, 0.0065]
  context.claim({
    claim: 'Exact laboratory with dropout: the deeper and the narrower, the smaller the gap',
    paper: paper.join(', '),
    ours: results.map(({ gap }) => gap.toFixed(4)).join(', '),
    pass: results.every(({ gap }, k) => Math.abs(gap - wanted[k]) < 6e-5),
  })
  context.claim({
    claim: 'and the WORSE the test loss (0.5 is chance)',
    paper: '.389, .425, .491',
    ours: results.map(({ testLoss }) => testLoss.toFixed(3)).join(', '),
    pass: results.every(({ testLoss }, k) => k === 0 || testLoss > results[k - 1].testLoss),
  })
  const ordered = results.every(
    ({ gap, symmetrized, bounds, contracted, divergences }) =>
      Math.abs(gap - symmetrized / 6) < 1e-12 &&
      bounds.every((bound, l) => bound >= gap && (l === 0 || bound <= bounds[l - 1] + 1e-12)) &&
      contracted.every((d, l) => d >= divergences[l] - 1e-12),
  )
  context.claim({
    claim:
      'gap = I_SKL / beta; gap <= sqrt(D_L / 2) <= ... <= sqrt(D_0 / 2); measured divergences below the contracted ones',
    paper: 'Theorem',
    ours: ordered ? 'all' : 'not all',
    pass: ordered,
  })
  const [flat, deep] = [SHAPES[0], SHAPES[2]].map((widths) => teacher(widths, 0))
  context.claim({
    claim: 'Without dropout the deep narrow network has the gap of the flat one',
    paper: '.092 and .092',
    ours: `${flat.gap.toFixed(4)} and ${deep.gap.toFixed(4)}`,
    pass: Math.abs(flat.gap - deep.gap) < 1e-10,
  })
  context.table({
    title: 'Exact laboratory, dropout 0.3',
    columns: ['widths', 'gap', 'test loss', 'sqrt(D_0/2)', 'sqrt(D_L/2)', 'contracted', 'product of eta'],
    rows: results.map((one, k) => [
      SHAPES[k].join('-'),
      one.gap.toFixed(4),
      one.testLoss.toFixed(3),
      one.bounds[0].toFixed(3),
      one.bounds.at(-1)!.toFixed(3),
      Math.sqrt(one.contracted.at(-1)! / 2).toFixed(3),
      one.coefficients.reduce((product, eta) => product * eta, 1).toFixed(3),
    ]),
  })
}
