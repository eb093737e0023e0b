import { allFinite, refuse } from '@opt/core'
import { symmetricEigen } from '@opt/curvature'
import ndarray from 'ndarray'

/** How inputs are brought near N(0, I): 'whiten' also removes correlations. */
export type ScaleName = 'whiten' | 'standardize' | 'none'
export const SCALES: readonly ScaleName[] = ['whiten', 'standardize', 'none']

/** Directions of less than this part of the largest variance are dropped by whitening. */
const NEGLIGIBLE = 1e-10

/** An affine map of inputs: column j becomes (x_j - shift_j) / scale_j, of which `rotation` mixes the kept ones. */
export interface Scaling {
  inputs: number
  /** Columns that vary. */
  kept: number[]
  shift: number[]
  scale: number[]
  /** Rows of new inputs over kept columns; null: the kept columns themselves. */
  rotation: number[][] | null
}

/** The mean and the deviation (divisor n) of every `stride`-th number, for magnitudes of any size. */
export function momentsOf(data: Float64Array, from: number, stride: number): { mean: number; deviation: number } {
  let peak = 0
  let constant = true
  for (let k = from; k < data.length; k += stride) {
    peak = Math.max(peak, Math.abs(data[k]))
    constant &&= data[k] === data[from]
  }
  const n = Math.floor((data.length - from - 1) / stride) + 1
  if (constant) return { mean: data[from], deviation: 0 }
  let sum = 0
  for (let k = from; k < data.length; k += stride) sum += data[k] / peak / n
  let largest = 0
  for (let k = from; k < data.length; k += stride) largest = Math.max(largest, Math.abs(data[k] / peak - sum))
  // Deviations within the rounding error of the mean are noise.
  if (!(largest > Number.EPSILON * n * Math.abs(sum))) return { mean: data[from], deviation: 0 }
  let squares = 0
  for (let k = from; k < data.length; k += stride) {
    const part = (data[k] / peak - sum) / largest
    squares += (part * part) / n
  }
  return { mean: sum * peak, deviation: largest * Math.sqrt(squares) * peak }
}

/** (x - shift) / scale without overflow of the difference. */
export const scaled = (x: number, shift: number, scale: number): number => ((x / 2 - shift / 2) / scale) * 2

/** Finds the scaling of some rows. */
export function findScaling(X: Float64Array, inputs: number, name: ScaleName): Scaling {
  const columns = Array.from({ length: inputs }, (_, j) => momentsOf(X, j, inputs))
  const varying = columns.flatMap(({ deviation }, j) => (deviation > 0 ? [j] : []))
  if (varying.length === 0) refuse('X', 'of at least one column that varies', 'constant columns only')
  const none = name === 'none'
  const scaling: Scaling = {
    inputs,
    kept: varying,
    shift: varying.map((j) => (none ? 0 : columns[j].mean)),
    scale: varying.map((j) => (none ? 1 : columns[j].deviation)),
    rotation: null,
  }
  return name === 'whiten' ? { ...scaling, rotation: whitening(applyScaling(scaling, X), varying.length) } : scaling
}

/** Returns the eigenvectors of the covariance of standardised rows, divided by the deviations along them. */
function whitening(X: Float64Array, d: number): number[][] {
  const n = X.length / d
  const covariance = new Float64Array(d * d)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < d; j++) for (let k = 0; k < d; k++) covariance[j * d + k] += (X[i * d + j] * X[i * d + k]) / n
  const { values, vectors } = symmetricEigen(ndarray(covariance, [d, d]))
  const rows: number[][] = []
  for (let j = d - 1; j >= 0; j--)
    if (values[j] > NEGLIGIBLE * values[d - 1])
      rows.push(Array.from({ length: d }, (_, k) => vectors!.get(k, j) / Math.sqrt(values[j])))
  return rows
}

/** Returns how many inputs there are after a scaling. */
export const scaledInputs = ({ kept, rotation }: Scaling): number => rotation?.length ?? kept.length

/** Scales rows. */
export function applyScaling(scaling: Scaling, X: Float64Array): Float64Array {
  const { inputs, kept, shift, scale, rotation } = scaling
  const n = X.length / inputs
  const width = scaledInputs(scaling)
  const out = new Float64Array(n * width)
  const row = new Float64Array(kept.length)
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < kept.length; k++) row[k] = scaled(X[i * inputs + kept[k]], shift[k], scale[k])
    if (!rotation) out.set(row, i * width)
    else
      for (let r = 0; r < width; r++) {
        let sum = 0
        for (let k = 0; k < row.length; k++) sum += rotation[r][k] * row[k]
        out[i * width + r] = sum
      }
  }
  if (!allFinite(out)) refuse('X', 'of scaled values within the range of doubles', 'larger ones')
  return out
}

/** Returns a linear form in (scaled inputs, 1) as one in (inputs, 1). */
export function unscaleForm(scaling: Scaling, form: Float64Array): Float64Array {
  const { inputs, kept, shift, scale, rotation } = scaling
  const width = scaledInputs(scaling)
  const out = new Float64Array(inputs + 1)
  out[inputs] = form[width]
  for (let k = 0; k < kept.length; k++) {
    let weight = rotation ? 0 : form[k]
    if (rotation) for (let r = 0; r < width; r++) weight += form[r] * rotation[r][k]
    out[kept[k]] = weight / scale[k]
    out[inputs] -= (weight / scale[k]) * shift[k]
  }
  return out
}

/** Returns M'Q M, where a linear form in (scaled inputs, 1) times M is one in (inputs, 1). */
export function unscaleQuadratic(scaling: Scaling, Q: Float64Array, inputs: number): Float64Array {
  const width = inputs + 1
  const rows = Array.from({ length: width }, (_, i) => unscaleForm(scaling, Q.slice(i * width, (i + 1) * width)))
  const full = rows[0].length
  const out = new Float64Array(full * full)
  const column = new Float64Array(width)
  for (let j = 0; j < full; j++) {
    for (let i = 0; i < width; i++) column[i] = rows[i][j]
    const form = unscaleForm(scaling, column)
    for (let i = 0; i < full; i++) out[i * full + j] = form[i]
  }
  for (let i = 0; i < full; i++)
    for (let j = 0; j < i; j++) out[i * full + j] = out[j * full + i] = (out[i * full + j] + out[j * full + i]) / 2
  return out
}
