import { type ExperimentContext, random } from '@opt/core'
import { mean } from '@opt/core/experiment'
import { consensusHopping, objectives } from '../index.ts'

const H = [1, 4]
const START = [2, 1.5]
const ALPHA = 1
const WIDTH = 0.1
const TAU = ALPHA * WIDTH * WIDTH
const HOPS = 300

/** Hops on a quadratic follow implicit Euler steps of the gradient flow, closer as N grows: like N^(-1/2). */
export async function gradientFlow(context: ExperimentContext, from: number, to: number): Promise<void> {
  const quick = context.scale === 'quick'
  const runs = quick ? 24 : 120
  const { value } = objectives.quadratic({ curvature: H })
  const rng = random(context.seed)
  const euler: number[][] = []
  for (let k = 0, x = START; k < HOPS; k++) euler.push((x = x.map((v, j) => v / (1 + TAU * H[j]))))
  const sizes = quick ? [50, 200, 800] : [50, 200, 800, 3200]
  const deviations: number[] = []
  for (const [i, particles] of sizes.entries()) {
    await context.progress(from + ((to - from) * i) / sizes.length, `C: hops of ${particles} points`)
    const farthest = Array.from({ length: runs }, () => {
      const settings = { particles, alpha: ALPHA, width: WIDTH, random: rng }
      const { history } = consensusHopping(value, START, { ...settings, tolerance: 0, maxIterations: HOPS })
      const away = history.map(({ consensus }, k) => {
        const [a, b] = [consensus[0] - euler[k][0], consensus[1] - euler[k][1]]
        return Math.sqrt(a * a + b * b)
      })
      return Math.max(...away)
    })
    deviations.push(mean(farthest))
  }
  context.table({
    title: `C. Largest distance of ${HOPS} hops from implicit Euler steps of the gradient flow, mean of ${runs} runs`,
    columns: ['N', 'ours', 'reference'],
    rows: sizes.map((size, i) => [size, deviations[i].toFixed(3), ['0.207', '0.104', '0.052', '0.026'][i]]),
  })
  context.figure({
    kind: 'line',
    title: 'C. Distance from the gradient flow',
    x: { label: 'points N', scale: 'log' },
    y: { label: 'largest distance', scale: 'log' },
    series: [
      { label: 'hops', x: sizes, y: deviations },
      { label: 'N^(-1/2)', x: sizes, y: sizes.map((n) => deviations[0] * Math.sqrt(sizes[0] / n)), dashed: true },
    ],
  })
  const ratios = deviations.slice(2).map((deviation, i) => deviations[i] / deviation)
  context.claim({
    claim: 'C: sixteen times the points bring the hops four times closer to the gradient flow: 3 to 5 times',
    paper: 'N^(-1/2)',
    ours: ratios.map((r) => r.toFixed(1)).join(' and '),
    pass: ratios.every((r) => r >= 3 && r <= 5),
  })
  const [largest, bound, reference] = quick ? [800, 0.08, 0.052] : [3200, 0.04, 0.026]
  const nearest = deviations[deviations.length - 1]
  context.claim({
    claim: `C: with ${largest} points the largest distance is at most ${bound}`,
    paper: `${reference} (reference)`,
    ours: nearest.toFixed(3),
    pass: nearest <= bound,
  })
}
