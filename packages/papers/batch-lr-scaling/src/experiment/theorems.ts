import { type ExperimentContext, type Random, random } from '@opt/core'
import { mean } from '@opt/core/experiment'
import { extremeEigen, symmetric } from '@opt/curvature'
import { effectiveBatch } from '../theory/effective-batch.ts'
import { multiplicative, spike } from '../theory/spikes.ts'

/** C (i): an outlier of 3 under Wigner noise, P = 800; means over four directions, which fluctuate by 1 / sqrt(P). */
export function wigner({ claim, table, seed }: ExperimentContext): void {
  const P = 800
  const W = wignerMatrix(P, random(seed))
  const top = (width: number, place: number) => {
    const operator = symmetric(P, (v, out) => {
      W(v, out)
      for (let i = 0; i < P; i++) out[i] *= width
      out[place] += 3 * v[place]
    })
    return extremeEigen(operator, { tolerance: 1e-4, history: false }).values[0]
  }
  const rows = [0.3, 0.7, 1.2, 2, 4].map((width) => ({
    width,
    predicted: spike({ lambda: 3, width }),
    measured: mean([0, 200, 400, 600].map((place) => top(width, place))),
  }))
  table({
    title: 'An eigenvalue of 3 under Wigner noise, 800 x 800',
    columns: ['width of the noise', 'predicted', 'measured', 'detached'],
    rows: rows.map(({ width, predicted, measured }) => [
      width,
      predicted.location.toFixed(3),
      measured.toFixed(3),
      predicted.detached ? 'yes' : 'no: the edge',
    ]),
  })
  const errors = rows.map(({ predicted, measured }) => Math.abs(measured / predicted.location - 1))
  const worst = Math.max(...errors)
  claim({
    claim: 'additive theorem: a detached eigenvalue moves to lambda + w^2 / lambda, a lost one to the edge 2 w',
    paper: 'exact for large P',
    ours: `within ${(100 * worst).toFixed(1)}% at P = 800`,
    pass: worst <= 0.04,
  })
}

/** Products with a symmetric matrix of normal entries of variance 1 / P. */
function wignerMatrix(P: number, rng: Random): (v: Float64Array, out: Float64Array) => void {
  const entries = Float64Array.from({ length: (P * (P + 1)) / 2 }, () => rng.normal() / Math.sqrt(P))
  return (v, out) => {
    out.fill(0)
    for (let i = 0, at = 0; i < P; i++) {
      let sum = 0
      for (let j = 0; j < i; j++, at++) {
        sum += entries[at] * v[j]
        out[j] += entries[at] * v[i]
      }
      out[i] += sum + Math.SQRT2 * entries[at++] * v[i]
    }
  }
}

/** C (ii): outliers of a sample covariance. */
export function covariance({ claim, table, seed }: ExperimentContext): void {
  const [P, b] = [1502, 600]
  const rng = random(seed)
  const root = Float64Array.from({ length: P }, (_, i) => Math.sqrt(i === 0 ? 8 : i === 1 ? 2.5 : i % 2 ? 0.05 : 0.3))
  const samples = Float32Array.from({ length: P * b }, (_, k) => root[k % P] * rng.normal())
  const operator = symmetric(P, (v, out) => {
    out.fill(0)
    for (let s = 0; s < b; s++) {
      const row = samples.subarray(s * P, (s + 1) * P)
      let along = 0
      for (let i = 0; i < P; i++) along += row[i] * v[i]
      along /= b
      for (let i = 0; i < P; i++) out[i] += along * row[i]
    }
  })
  const { values } = extremeEigen(operator, { count: 2, tolerance: 1e-4, history: false })
  const rows = [8, 2.5].map((lambda, k) => {
    const predicted = multiplicative({
      nodes: [0.05, 0.3],
      counts: [750, 750],
      batch: effectiveBatch(b, Infinity),
      lambda,
    })
    return { lambda, predicted, measured: values[1 - k] }
  })
  table({
    title: 'Outliers of a sample covariance of 1502 dimensions from 600 samples',
    columns: ['true', 'predicted', 'trace form', 'measured'],
    rows: rows.map(({ lambda, predicted, measured }) => [
      lambda,
      predicted.location.toFixed(3),
      predicted.traceForm.toFixed(3),
      measured.toFixed(3),
    ]),
  })
  const errors = rows.map(({ predicted, measured }) => measured / predicted.location - 1)
  claim({
    claim: 'multiplicative theorem: where the outliers of a sample covariance are found',
    paper: 'exact for large P and b',
    ours: `within ${(100 * Math.max(...errors.map(Math.abs))).toFixed(1)}%; one sample fluctuates by ${(100 * Math.sqrt(2 / b)).toFixed(1)}%`,
    pass: errors.every((error) => Math.abs(error) <= 0.25) && Math.abs(mean(errors)) <= 0.2,
  })
}
