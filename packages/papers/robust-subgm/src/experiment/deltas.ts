import { type ExperimentContext, type Matrix, type Random, random } from '@opt/core'
import ndarray from 'ndarray'
import { gaussianMeasurements, scaling, signRip } from '../index.ts'
import { e } from './runs.ts'

const [SIZE, OUTLIER_SCALE] = [20, 10]
const RANKS = [1, 2, 6, 20]
const CASES = [
  { count: 250, corruption: 0 },
  { count: 500, corruption: 0 },
  { count: 1000, corruption: 0 },
  { count: 2000, corruption: 0 },
  { count: 4000, corruption: 0 },
  { count: 1000, corruption: 0.2 },
]

interface Row {
  count: number
  corruption: number
  deltas: number[]
  /** Measured over computed phi, least and largest. */
  ratios: number[]
}

/** F: Sign-RIP at matrices of low rank, half of them indefinite. */
export async function deltas(context: ExperimentContext, at: number): Promise<void> {
  await context.progress(at, 'F: Sign-RIP')
  const matrices = { quick: 10, standard: 30, full: 60 }[context.scale]
  const rng = random(1000 * context.seed + 600)
  const rows = CASES.map((one) => measure(one.count, one.corruption, matrices, rng))
  context.table({
    title: `F: the largest delta over ${matrices} matrices of rank 3 and 6 (a lower bound of the property's), d = 20`,
    columns: ['m', 'p', ...RANKS.map((k) => `delta, k = ${k}`), 'measured phi / formula'],
    rows: rows.map((row) => [
      row.count,
      row.corruption,
      ...row.deltas.map((delta) => delta.toFixed(2)),
      `${Math.min(...row.ratios).toFixed(2)} to ${Math.max(...row.ratios).toFixed(2)}`,
    ]),
  })
  const exact = rows.filter((row) => row.corruption === 0)
  const scaled = exact.map((row) => row.deltas[1] * Math.sqrt(row.count))
  const spread = Math.max(...scaled) / Math.min(...scaled)
  const [clean, dirty] = [rows[2], rows[5]].map((row) => row.deltas[1])
  const ratios = exact.slice(1).flatMap((row) => row.ratios)
  context.claim({
    claim: 'delta falls as 1/sqrt(m), grows with the rank and with outliers; phi is that of the formula',
    paper: 'Sign-RIP with m of order d r / ((1 - p)^2 delta^2)',
    ours: `delta sqrt(m) varies by ${spread.toFixed(2)}; ${e(clean)} to ${e(dirty)} with p = 0.2; phi to ${(100 * Math.max(...ratios.map((v) => Math.abs(v - 1)))).toFixed(0)} %`,
    pass:
      spread <= 1.6 &&
      dirty > clean &&
      rows.every((row) => row.deltas.every((delta, i) => i === 0 || delta >= row.deltas[i - 1])) &&
      ratios.every((ratio) => Math.abs(ratio - 1) <= 0.2),
  })
}

function measure(count: number, corruption: number, matrices: number, rng: Random): Row {
  const measurements = gaussianMeasurements(count, SIZE, rng)
  const row: Row = { count, corruption, deltas: RANKS.map(() => 0), ratios: [] }
  for (let i = 0; i < matrices; i++) {
    const X = i % 2 === 0 ? drawMatrix(3, 0, rng) : drawMatrix(3, 3, rng)
    const noise = Float64Array.from({ length: count }, () => {
      return rng.uniform() < corruption ? rng.normal(0, OUTLIER_SCALE) : 0
    })
    for (const [j, rank] of RANKS.entries()) {
      const { phi, delta } = signRip(measurements, X, { rank, noise })
      row.deltas[j] = Math.max(row.deltas[j], delta)
      if (j > 0) continue
      const norm = Math.sqrt(X.data.reduce((sum, v) => sum + v * v, 0))
      row.ratios.push(phi / scaling.outliers(norm, { corruption, outlierScale: OUTLIER_SCALE }))
    }
  }
  return row
}

/** P P' - N N' with normal factors of some columns. */
function drawMatrix(positive: number, negative: number, rng: Random): Matrix {
  const X = new Float64Array(SIZE * SIZE)
  for (let k = 0; k < positive + negative; k++) {
    const v = Float64Array.from({ length: SIZE }, () => rng.normal(0, 1 / Math.sqrt(SIZE)))
    const sign = k < positive ? 1 : -1
    for (let i = 0; i < SIZE; i++) for (let j = 0; j < SIZE; j++) X[i * SIZE + j] += sign * (v[i] * v[j])
  }
  return ndarray(X, [SIZE, SIZE])
}
