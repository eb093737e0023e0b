import {
  allocate,
  calling,
  exp,
  log,
  type Matrix,
  type MatrixLike,
  matrix,
  number,
  oneOf,
  options as optionsOf,
  refuse,
  show,
} from '@opt/core'
import ndarray from 'ndarray'
import { unmixingKernels } from './kernels/kernels.ts'
import { divided, unitOf } from './linear/unit.ts'
import { hoyerSparsity } from './metrics.ts'

/** How the guidance map h is found: pixel n pays sum_k a_kn^(1 - h_n), h = 0 for the l1 norm, 1/2 for l1/2. */
export type Guidance =
  | { kind: 'constant'; h: number }
  | { kind: 'learned'; mu: number; hmax: number }
  | { kind: 'hoyer'; hmax: number }
  | { kind: 'data'; rows: number; columns: number; hmax: number }

const KINDS = ['constant', 'learned', 'hoyer', 'data'] as const
const belowOne = (value: number, label: string) => {
  number(value, label, { min: 0, max: 1 })
  return value < 1 ? value : refuse(label, 'below 1', show(value))
}
const largest = (value: number | undefined, label: string) => belowOne(value ?? 0.9, label)

/**
 * The same h for all pixels: 0 is the l1 norm, 0.5 the l1/2 norm.
 *
 * @param h in [0, 1).
 * @throws TypeError or RangeError when it is not.
 */
export function constant(h: number): Guidance {
  return { kind: 'constant', h: belowOne(h, 'constant: h') }
}

/**
 * Learns h together with the unmixing: h_n minimises sum_k a_kn^(1 - h) + (mu / 2) (hmax - h)^2 over [0, hmax]. A pure pixel
 * gets nearly hmax, a mixed one less. The rule is ours; the paper's exact one is not known to us.
 *
 * @param options `mu`, positive, default 20: small values lead to the l1 norm; `hmax` in [0, 1), default 0.9.
 * @throws TypeError or RangeError that names the wrong option.
 */
export function learned(options?: { mu?: number | undefined; hmax?: number | undefined }): Guidance {
  return calling('learned', () => {
    const { mu = 20, hmax } = optionsOf(options, 'options', ['mu', 'hmax'])
    return { kind: 'learned', mu: number(mu, 'mu', { positive: true }), hmax: largest(hmax, 'hmax') }
  })
}

/**
 * h = hmax times Hoyer's sparsity of the abundances, after each iteration. A heuristic: the objective may rise.
 *
 * @param options `hmax` in [0, 1), default 0.9.
 * @throws TypeError or RangeError that names the wrong option.
 */
export function hoyer(options?: { hmax?: number | undefined }): Guidance {
  return calling('hoyer', () => {
    const { hmax } = optionsOf(options, 'options', ['hmax'])
    return { kind: 'hoyer', hmax: largest(hmax, 'hmax') }
  })
}

/**
 * A fixed map from the image: h is large where a pixel is like its four neighbours, in the spirit of data-guided sparsity
 * (DgS-NMF, ISPRS 2014).
 *
 * @param options `rows` and `columns` of the image, whose pixel (i, j) is number i columns + j; `hmax` in [0, 1), default 0.9.
 * @throws TypeError or RangeError that names the wrong option.
 */
export function data(options: { rows: number; columns: number; hmax?: number | undefined }): Guidance {
  return calling('data', () => {
    const { rows, columns, hmax } = optionsOf(options, 'options', ['rows', 'columns', 'hmax'])
    const size = { integer: true, min: 1 } as const
    return {
      kind: 'data',
      rows: number(rows, 'rows', size),
      columns: number(columns, 'columns', size),
      hmax: largest(hmax, 'hmax'),
    }
  })
}

/** Checks a rule, for an image of so many pixels and K end-members. */
export function checkedGuidance(given: Guidance, pixels: number, K: number): Guidance {
  const rule = optionsOf(given, 'guidance')
  oneOf(rule.kind, 'guidance.kind', KINDS)
  if (rule.kind === 'constant') return constant(rule.h)
  if (rule.kind === 'learned') return learned({ mu: rule.mu, hmax: rule.hmax })
  if (rule.kind === 'data' && rule.rows * rule.columns !== pixels)
    refuse('guidance', `of ${pixels} pixels`, `${show(rule.rows)} rows of ${show(rule.columns)}`)
  if (rule.kind === 'data') return data({ rows: rule.rows, columns: rule.columns, hmax: rule.hmax })
  if (K < 2) refuse('endmembers', 'at least 2 with the guidance hoyer', show(K))
  return hoyer({ hmax: rule.hmax })
}

/** h = hmax (s - min s) / (max s - min s), s the mean over neighbours of exp(-|y - y_j|^2 / sigma^2); 0 where all are alike. */
export function dataMap(Y: Matrix, { rows, columns, hmax }: Extract<Guidance, { kind: 'data' }>): Float64Array {
  const pixels = rows * columns
  const right = distances(Y, (n) => (n % columns < columns - 1 ? n + 1 : -1))
  const below = distances(Y, (n) => (n + columns < pixels ? n + columns : -1))
  const pairs = rows * (columns - 1) + columns * (rows - 1)
  let width = 0
  for (let n = 0; n < pixels; n++) width += right[n] + below[n]
  width /= pairs
  const likeness = Float64Array.from({ length: pixels }, (_, n) => {
    const column = n % columns
    let [sum, count] = [0, 0]
    const meet = (d: number) => {
      sum += width > 0 ? exp(-d / width) : 1
      count++
    }
    if (n >= columns) meet(below[n - columns])
    if (n + columns < pixels) meet(below[n])
    if (column > 0) meet(right[n - 1])
    if (column < columns - 1) meet(right[n])
    return count > 0 ? sum / count : 1
  })
  const [low, high] = likeness.reduce(([a, b], s) => [Math.min(a, s), Math.max(b, s)], [Infinity, -Infinity])
  return likeness.map((s) => (high > low ? (hmax * (s - low)) / (high - low) : 0))
}

/** The squared distances of pixels from their partners; 0 for one without. */
function distances({ data, shape: [bands, pixels] }: Matrix, partner: (n: number) => number): Float64Array {
  const out = new Float64Array(pixels)
  for (let l = 0; l < bands; l++)
    for (let n = 0; n < pixels; n++) {
      const other = partner(n)
      if (other < 0) continue
      const d = data[l * pixels + n] - data[l * pixels + other]
      out[n] += d * d
    }
  return out
}

/**
 * Returns the map h that a rule gives for an image and its abundances, each entry in [0, 1).
 *
 * @param guidance {@link learned}, {@link constant}, {@link hoyer} or {@link data}.
 * @param Y bands x pixels; only `data` looks at it.
 * @param abundances K x pixels, nonnegative; `learned` raises them to 1e-12.
 * @throws TypeError or RangeError that names the wrong argument.
 */
export function guidanceMap(guidance: Guidance, Y: MatrixLike, abundances: MatrixLike): Float64Array {
  return calling('guidanceMap', () => {
    const image = matrix(Y, 'Y')
    const A = matrix(abundances, 'abundances', { sign: 'nonnegative', columns: image.shape[1] })
    const [K, pixels] = A.shape
    const rule = checkedGuidance(guidance, pixels, K)
    if (rule.kind === 'constant') return new Float64Array(pixels).fill(rule.h)
    if (rule.kind === 'data') return dataMap(ndarray(divided(image.data, unitOf(image.data)), image.shape), rule)
    if (rule.kind === 'hoyer') return hoyerSparsity(A).map((s) => rule.hmax * s)
    const { kernels, logs, h } = allocate([unmixingKernels], (views) => ({
      logs: views.f64(pixels * K),
      h: views.f64(pixels),
    }))
    for (let k = 0; k < K; k++)
      for (let n = 0; n < pixels; n++) logs[n * K + k] = log(Math.max(A.data[k * pixels + n], 1e-12))
    kernels.learn(pixels, K, logs, rule.mu, rule.hmax, h.fill(rule.hmax))
    return h.slice()
  })
}
