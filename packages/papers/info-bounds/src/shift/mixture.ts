import { allocate, refuse } from '@opt/core'
import { mixtureKernels } from './kernels.ts'

/** The rows of each class, in units of the noise: the centres of a mixture of standard normal distributions. */
export interface Mixture {
  /** Rows of all classes. */
  count: number
  width: number
  classes: Centres[]
}

interface Centres {
  /** Rows, filled up to a multiple of 8 with infinitely far ones. */
  padded: number
  /** Coordinate j of row i is at `data[j * padded + i]`. */
  data: Float64Array
}

/** Divides the rows into classes; `labels` are places 0..classes - 1. */
export function mixture(
  rows: { data: Float64Array; shape: number[] },
  labels: Int32Array,
  classes: number,
  noise: number,
): Mixture {
  const [count, width] = rows.shape
  const scaled = inNoise(rows.data, noise)
  const sizes = new Int32Array(classes)
  for (const k of labels) sizes[k]++
  const centres = Array.from(sizes, (size): Centres => {
    const padded = (size + 7) & ~7
    return { padded, data: new Float64Array(padded * width).fill(Infinity) }
  })
  const next = new Int32Array(classes)
  for (let i = 0; i < count; i++) {
    const { padded, data } = centres[labels[i]]
    const place = next[labels[i]]++
    for (let j = 0; j < width; j++) data[j * padded + place] = scaled[i * width + j]
  }
  return { count, width, classes: centres }
}

/** Numbers in units of the noise. */
export function inNoise(values: Float64Array, noise: number): Float64Array {
  const scaled = values.map((value) => value / noise)
  const bad = scaled.findIndex((value) => !Number.isFinite(value))
  if (bad >= 0) refuse('noise', `large enough to divide the activation ${values[bad]}`, `${noise}`)
  return scaled
}

/** Points at which densities are compared, and the places of their classes. */
export interface Points {
  rows: Float64Array
  labels: Int32Array
}

/**
 * Returns, for each mixture, the log density of each point and its class, up to a constant: the logarithm of 1/count sum
 * exp(-|t - c_i|^2 / 2) over the centres of the class; -Infinity where there are none, or too far away for doubles.
 *
 * @param points in units of the noise.
 */
export function logDensities(mixtures: readonly Mixture[], { rows, labels }: Points): Float64Array[] {
  const { width } = mixtures[0]
  const answers = mixtures.map(() => new Float64Array(labels.length))
  const most = mixtures.reduce((size, { classes }) => classes.reduce((n, { padded }) => Math.max(n, padded), size), 0)
  const { points, centres, squares, out, kernels } = allocate([mixtureKernels], (views) => ({
    points: views.f64(rows.length),
    centres: views.f64(most * width),
    squares: views.f64(most),
    out: views.f64(labels.length),
  }))
  mixtures[0].classes.forEach((_, k) => {
    let m = 0
    for (let i = 0; i < labels.length; i++)
      if (labels[i] === k) points.set(rows.subarray(i * width, (i + 1) * width), m++ * width)
    mixtures.forEach(({ classes, count }, side) => {
      const { padded, data } = classes[k]
      centres.set(data)
      kernels.logDensities(m, width, padded, count, points, centres, squares, out)
      for (let i = 0, p = 0; i < labels.length; i++) if (labels[i] === k) answers[side][i] = out[p++]
    })
  })
  return answers
}
