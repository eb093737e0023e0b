import { type ExperimentContext, random } from '@opt/core'
import { median } from '@opt/core/experiment'
import { cbo, consensusHopping, gradientDescent, langevin, objectives } from '../index.ts'

const START = [8, 8]
const { value, gradient } = objectives.canyon()
const found = (x: Float64Array) => Math.sqrt(x[0] * x[0] + x[1] * x[1]) < 0.5

/** The figures of the paper: gradient descent is caught before the barrier, wide hops and the cloud jump it. */
export async function canyonRuns(context: ExperimentContext, from: number, to: number): Promise<void> {
  const quick = context.scale === 'quick'
  const runs = quick ? 20 : 50
  const share = (part: number) => from + (to - from) * part
  const rng = random(context.seed)
  const quiet = { tolerance: 0, history: false }

  await context.progress(share(0), 'A: gradient descent on the canyon')
  const descent = gradientDescent(value, START, { gradient, ...quiet, maxIterations: 20_000 })
  const caught = Math.max(Math.abs(descent.x[0] - 2.3363), Math.abs(descent.x[1] - 2.4663))
  context.claim({
    claim: 'A: from (8, 8) gradient descent is caught in a local minimum of the canyon',
    paper: 'caught',
    ours: `ends at (${descent.x[0].toFixed(4)}, ${descent.x[1].toFixed(4)}), f = ${descent.value.toFixed(4)}`,
    pass: caught < 1e-3,
  })

  const hop = (width: number, alpha: number) => () => {
    const { consensus } = consensusHopping(value, START, { width, alpha, random: rng, ...quiet, maxIterations: 250 })
    return consensus
  }
  const cloud = () => {
    const start = { mean: START, deviation: 0.5 }
    const settings = { sigma: 1.6, noise: 'isotropic', alpha: 100, particles: 200, random: rng } as const
    return cbo(value, start, { ...settings, ...quiet, maxIterations: 250 }).consensus
  }
  const annealed = () => langevin(value, START, { gradient, random: rng, history: false }).x
  const methods: [name: string, run: () => Float64Array, expected: string][] = [
    ['consensus hopping, s = 0.7, alpha 100', hop(0.7, 100), '.96 to 1'],
    ['consensus hopping, s = 0.4, alpha 100', hop(0.4, 100), '0'],
    ['CBO, isotropic, sigma 1.6', cloud, '.98 to 1'],
    ['annealed Langevin, sigma 10, with gradients', annealed, '.30 to .42'],
    ...(quick
      ? []
      : ([10, 100, 1e15].map((alpha) => [
          `consensus hopping, s = 0.6, alpha ${alpha.toExponential(0).replace('e+', 'e')}`,
          hop(0.6, alpha),
          '.66 to .88',
        ]) as typeof methods)),
  ]
  const rows: (string | number)[][] = []
  const rates: number[] = []
  for (const [k, [name, run, expected]] of methods.entries()) {
    await context.progress(share((k + 1) / (methods.length + 1)), `A: ${name}`)
    const ends = Array.from({ length: runs }, run)
    const rate = ends.filter(found).length / runs
    rates.push(rate)
    rows.push([name, `${Math.round(100 * rate)}%`, expected, median(ends.map((x) => value(x)))])
  }
  context.table({
    title: `A. The canyon from (8, 8), ${runs} runs: ends within 0.5 of the global minimiser`,
    columns: ['method', 'success', 'reference', 'median f at the end'],
    rows,
  })
  const percent = (rate: number) => `${Math.round(100 * rate)}% of ${runs} runs`
  const claim = (claim: string, paper: string, rate: number, pass: boolean) =>
    context.claim({ claim, paper, ours: percent(rate), pass })
  // Fewer runs spread wider.
  const [wide, narrow, whole] = quick ? [80, 10, 85] : [90, 10, 95]
  claim(
    `A: wide hops, s = 0.7, jump the barrier: at least ${wide}%`,
    'reaches the minimum',
    rates[0],
    100 * rates[0] >= wide,
  )
  claim(
    `A: narrow hops, s = 0.4, are caught where the gradient is: at most ${narrow}%`,
    'caught',
    rates[1],
    100 * rates[1] <= narrow,
  )
  claim(
    `A: CBO jumps it without any gradient: at least ${whole}%`,
    'reaches the minimum',
    rates[2],
    100 * rates[2] >= whole,
  )
  figure(context, rng)
}

/** One path of each method. */
function figure({ figure }: ExperimentContext, rng: ReturnType<typeof random>): void {
  const path = (label: string, points: Float64Array[]) => ({
    label,
    x: points.map((x) => x[0]),
    y: points.map((x) => x[1]),
  })
  const descent = gradientDescent(value, START, { gradient, maxIterations: 3000 }).history
  const hops = (width: number) =>
    consensusHopping(value, START, { width, random: rng, tolerance: 0, maxIterations: 150 }).history
  figure({
    kind: 'line',
    title: 'A. Paths on the canyon from (8, 8) to the global minimum (0, 0)',
    x: { label: 'x' },
    y: { label: 'y' },
    series: [
      path(
        'gradient descent',
        descent.filter((_, k) => k % 30 === 0).map(({ x }) => x),
      ),
      path(
        'hops, s = 0.7',
        hops(0.7).map(({ consensus }) => consensus),
      ),
      path(
        'hops, s = 0.4',
        hops(0.4).map(({ consensus }) => consensus),
      ),
    ],
  })
}
