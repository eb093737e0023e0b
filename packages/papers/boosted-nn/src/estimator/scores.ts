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
