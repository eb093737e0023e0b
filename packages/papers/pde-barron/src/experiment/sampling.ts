import { type ExperimentContext, log2, random } from '@opt/core'
import ndarray from 'ndarray'
import { networkNorm, type SampledActivation, sampleNetwork } from '../neurons/sample-network.ts'
import { solveSparse } from '../sparse/solve-sparse.ts'
import type { TrigSum } from '../sums/trig-sum.ts'
import { ring, ringLagrangian, short, sines } from './problems.ts'

const SIZES = [16, 32, 64, 128, 256, 512, 1024]

/** C: networks drawn from a solution, error against the number of neurons. */
export async function sampling({ scale, seed, claim, table, figure, progress }: ExperimentContext): Promise<void> {
  const problems: { name: string; f: TrigSum }[] = [2, 5, ...(scale === 'quick' ? [] : [10])].map((d) => ({
    name: `${d}`,
    f: ring(d),
  }))
  if (scale !== 'quick') problems.push({ name: '5, Dirichlet', f: sines(5) })
  const [count, draws] = scale === 'quick' ? [300, 8] : [2000, 10]
  const rows: (string | number)[][] = []
  const series: { label: string; x: number[]; y: number[] }[] = []
  let [largest, steepest, flattest] = [0, 0, -1]
  for (const [k, { name, f }] of problems.entries()) {
    await progress(0.3 + (0.15 * k) / problems.length, `networks, d = ${name}`)
    const d = f.dimension
    const { u } = solveSparse({ lagrangian: ringLagrangian(), f, threshold: 1e-6, budget: 1e-4 }, { tolerance: 1e-2 })
    const rng = random(1000 * seed + d)
    const points = ndarray(
      Float64Array.from({ length: count * d }, () => rng.uniform()),
      [count, d],
    )
    const exact = u.at(points)
    const error = (n: number, activation: SampledActivation) => {
      let square = 0
      for (let draw = 0; draw < draws; draw++) {
        const values = sampleNetwork(u, n, { activation, seed: rng.split() }).value(points)
        for (let i = 0; i < count; i++) square += (values[i] - exact[i]) * (values[i] - exact[i])
      }
      return Math.sqrt(square / (draws * count))
    }
    const norm = networkNorm(u)
    const errors = SIZES.map((n) => error(n, 'cos'))
    const scaled = errors.map((value, i) => (value * Math.sqrt(SIZES[i])) / norm)
    const slope = slopeOf(SIZES, errors)
    for (const [i, value] of scaled.entries()) if (SIZES[i] >= 64) largest = Math.max(largest, value)
    steepest = Math.min(steepest, slope)
    flattest = Math.max(flattest, slope)
    const others = (['step', 'relu'] as const).map((activation) => (error(256, activation) * 16) / norm)
    rows.push([name, u.terms, short(norm), ...scaled.map(short), short(slope), ...others.map(short)])
    series.push({ label: `d = ${name}`, x: SIZES, y: errors })
  }
  table({
    title: 'C: root mean square error of n sampled cosines, times sqrt n / |u|_0',
    columns: ['d', 'terms', '|u|_0', ...SIZES.map((n) => `n = ${n}`), 'slope', 'steps, 256', 'ReLU, 256'],
    rows,
  })
  figure({
    kind: 'line',
    title: 'C: error of sampled networks',
    x: { label: 'neurons', scale: 'log' },
    y: { label: 'rms error', scale: 'log' },
    series,
  })
  claim({
    claim: 'C: the error of n >= 64 cosine neurons is at most |u|_0 / sqrt n, in every dimension',
    paper: '|u|_0 / sqrt n (prototype: .56 to .74 of it)',
    ours: `at most ${short(largest)} |u|_0 / sqrt n`,
    pass: largest <= 1,
  })
  claim({
    claim: 'C: the error falls like n^-1/2 (slopes between -.65 and -.35)',
    paper: '-1/2 (prototype: -.45, -.46, -.53)',
    ours: `${short(steepest)} to ${short(flattest)}`,
    pass: steepest >= -0.65 && flattest <= -0.35,
  })
}

/** The slope of log y against log x for x that double. */
function slopeOf(x: number[], y: number[]): number {
  const n = x.length
  const middle = (n - 1) / 2
  let [top, bottom] = [0, 0]
  for (let i = 0; i < n; i++) {
    top += (i - middle) * log2(y[i])
    bottom += (i - middle) * (i - middle)
  }
  return top / bottom
}
