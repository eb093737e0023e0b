import { type Label, type Matrix, refuse } from '@opt/core'
import type { Model } from './model.ts'

/** The labels that outputs F, n x k, stand for. */
export function labelsOf(classes: Label[], { data, shape }: Matrix): Label[] {
  const [n, k] = shape as [number, number]
  if (k === 1) return Array.from(data, (f) => classes[f > 0 ? 1 : 0])
  return Array.from({ length: n }, (_, i) => {
    let best = i * k
    for (let j = best; j < (i + 1) * k; j++) if (data[j] > data[best]) best = j
    return classes[best - i * k]
  })
}

/** Outputs in the units of the targets, in place. */
export function unscale({ targetMean, targetScale }: Model, F: Matrix, label: string): Matrix {
  const k = F.shape[1]
  for (let i = 0; i < F.data.length; i++) F.data[i] = F.data[i] * targetScale[i % k] + targetMean[i % k]
  if (!F.data.every(Number.isFinite)) refuse(label, 'small enough for finite outputs', 'an overflow')
  return F
}

/** The share of right labels. */
export function accuracyOf(predicted: Label[], labels: Label[]): number {
  return labels.filter((label, i) => label === predicted[i]).length / labels.length
}

/** R^2 over all outputs together: 1 - |y - F|^2 / |y - mean y|^2, the mean for each output. */
export function rSquared(F: Float64Array, y: Float64Array, k: number): number {
  let unit = 0
  for (let i = 0; i < y.length; i++) unit = Math.max(unit, Math.abs(y[i]), Math.abs(F[i]))
  if (unit === 0) return 1
  const mean = new Float64Array(k)
  for (let i = 0; i < y.length; i++) mean[i % k] += y[i] / unit / (y.length / k)
  let residual = 0
  let total = 0
  for (let i = 0; i < y.length; i++) {
    const error = y[i] / unit - F[i] / unit
    const spread = y[i] / unit - mean[i % k]
    residual += error * error
    total += spread * spread
  }
  if (residual === 0) return 1
  return total === 0 ? 0 : Math.max(1 - residual / total, -Number.MAX_VALUE)
}
