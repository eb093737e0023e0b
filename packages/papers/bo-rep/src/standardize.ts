import type { LabelledExamples } from '@opt/bilevel'
import { type MatrixLike, matrix, refuse, show, vector } from '@opt/core'

interface Standardized {
  training: { inputs: Float64Array[]; labels: Float64Array }
  clean: { inputs: Float64Array[]; labels: Float64Array }
  /** Brings other rows to the same scale. */
  prepare(rows: MatrixLike): Float64Array[]
}

/**
 * Standardises features by the training rows, appends 1, and divides by the root of the largest eigenvalue of the Gram
 * matrix over the number of rows, so that a softmax regression's curvature is at most 1/2.
 */
export function standardize(training: LabelledExamples, clean: LabelledExamples, name: string): Standardized {
  const train = read(training, `${name}training`)
  const { features } = train
  const other = read(clean, `${name}clean`, features)
  const scales = Array.from({ length: features }, (_, j) => columnScale(train.data, j, features))
  const scaled = (data: Float64Array) =>
    Array.from({ length: data.length / features }, (_, i) =>
      Float64Array.from({ length: features + 1 }, (_, j) =>
        j < features ? (data[i * features + j] / scales[j].unit - scales[j].mean) / scales[j].deviation : 1,
      ),
    )
  const root = Math.sqrt(largestEigenvalue(scaled(train.data)))
  const prepare = (data: Float64Array) => scaled(data).map((row) => row.map((value) => value / root))
  return {
    training: { inputs: prepare(train.data), labels: train.labels },
    clean: { inputs: prepare(other.data), labels: other.labels },
    prepare: (rows) => prepare(matrix(rows, `${name}prepare: rows`, { columns: features }).data),
  }
}

function read(rows: LabelledExamples, label: string, features?: number) {
  if (typeof rows !== 'object' || rows === null) refuse(label, 'an object with inputs and labels', show(rows), 'type')
  const inputs = matrix(rows.inputs, `${label}.inputs`, features === undefined ? {} : { columns: features })
  const labels = vector(rows.labels, `${label}.labels`, { length: inputs.shape[0] })
  return { data: inputs.data, labels, features: inputs.shape[1] }
}

/** Mean and deviation of a column in units of its largest entry. */
function columnScale(data: Float64Array, j: number, features: number) {
  const n = data.length / features
  let unit = 0
  for (let i = j; i < data.length; i += features) unit = Math.max(unit, Math.abs(data[i]))
  if (unit === 0) unit = 1
  let mean = 0
  for (let i = j; i < data.length; i += features) mean += data[i] / unit / n
  let variance = 0
  for (let i = j; i < data.length; i += features) variance += ((data[i] / unit - mean) * (data[i] / unit - mean)) / n
  // Where a column is constant, rounding is all that is left of it.
  const deviation = Math.sqrt(variance)
  return { unit, mean, deviation: deviation > 1e-12 ? deviation : 1 }
}

/** Largest eigenvalue of X'X / n, by power iteration; the start of ones is never orthogonal to all of it by symmetry. */
function largestEigenvalue(rows: Float64Array[]): number {
  const d = rows[0].length
  const v = Float64Array.from({ length: d }, (_, j) => 1 + j / d)
  const next = new Float64Array(d)
  let value = 0
  for (let iteration = 0; iteration < 50; iteration++) {
    let size = 0
    for (let j = 0; j < d; j++) size += v[j] * v[j]
    size = Math.sqrt(size)
    next.fill(0)
    for (const row of rows) {
      let product = 0
      for (let j = 0; j < d; j++) product += (row[j] * v[j]) / size
      for (let j = 0; j < d; j++) next[j] += (row[j] * product) / rows.length
    }
    value = 0
    for (let j = 0; j < d; j++) value += (next[j] * v[j]) / size
    v.set(next)
  }
  return value
}
