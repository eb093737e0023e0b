import { dot, type LinearOperator, number, options, type Random, refuse, type VectorLike, vector } from '@opt/core'
import { spectrum } from '@opt/curvature'
import type { Batches } from '../batches.ts'
import type { Probe } from './learner-types.ts'
import type { Settings } from './settings.ts'

/** A {@link Probe} that was drawn or checked. */
interface CheckedProbe {
  indices: Int32Array
  start: VectorLike
}

/** What samples say of the curvature, on average. */
export interface SampleCurvature {
  /** Largest Ritz value. */
  lambda: number
  /** P times the Rayleigh quotient of the start. */
  trace: number
  /** Ritz value of the largest weight, of those that are not zero beside the top. */
  bulk: number
  /** |g|^2 / g'Hg, for the rule 'cauchy'; 0 where the curvature along g is not positive. */
  cauchy: number
}

/** Runs Lanczos on the mean matrix of each sample. */
export function curvatureOf(
  probes: readonly CheckedProbe[],
  { batches, steps, name, gradient }: Settings,
): SampleCurvature {
  const mean: SampleCurvature = { lambda: 0, trace: 0, bulk: 0, cauchy: 0 }
  for (const { indices, start } of probes) {
    const operator = batches.at(indices)
    const { nodes, weights, highest, trace } = spectrum(operator, { starts: [start], steps, history: false })
    mean.lambda += highest / probes.length
    mean.trace += trace.value / probes.length
    mean.bulk += bulkOf(nodes, weights, highest) / probes.length
    if (name === 'cauchy' && gradient) mean.cauchy += cauchyRate(operator, gradient(indices)) / probes.length
  }
  return mean
}

function bulkOf(values: Float64Array, weights: Float64Array, top: number): number {
  let best = -1
  for (let i = 0; i < values.length; i++)
    if (values[i] > 1e-6 * top && (best < 0 || weights[i] > weights[best])) best = i
  return best < 0 ? top : values[best]
}

function cauchyRate(operator: LinearOperator, gradient: VectorLike): number {
  const g = vector(gradient, 'gradient: answer', { length: operator.rows })
  const product = new Float64Array(g.length)
  operator.apply(g, product)
  const rate = dot(g, g) / dot(g, product)
  return rate > 0 && rate < Infinity ? rate : 0
}

/** Draws samples without replacement, and normal vectors. */
export function drawProbes({ batches, sample, probes }: Settings, rng: Random): CheckedProbe[] {
  return Array.from({ length: probes }, () => ({
    indices: rng.choice(batches.count, sample),
    start: Float64Array.from({ length: batches.size }, () => rng.normal()),
  }))
}

/** @throws TypeError or RangeError when a caller's probes are wrong. */
export function checkProbes(probes: readonly Probe[], { count, size }: Batches): CheckedProbe[] {
  if (!Array.isArray(probes) || probes.length === 0) refuse('probes', 'a list of probes', 'none', 'type')
  return Array.from(probes as readonly Probe[], (probe, p) => {
    const { indices, start } = options(probe, `probes[${p}]`)
    const places = vector(indices, `probes[${p}].indices`)
    places.forEach((index, i) => number(index, `probes[${p}].indices[${i}]`, { integer: true, min: 0, max: count - 1 }))
    const first = vector(start, `probes[${p}].start`, { length: size })
    if (first.every((entry) => entry === 0)) refuse(`probes[${p}].start`, 'other than zero', 'zeros')
    return { indices: Int32Array.from(places), start: first }
  })
}
