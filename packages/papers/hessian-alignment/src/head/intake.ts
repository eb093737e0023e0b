import {
  type MatrixLike,
  matrix,
  matrixCopy,
  number,
  options as optionsOf,
  refuse,
  show,
  type VectorLike,
  vector,
  vectorCopy,
} from '@opt/core'

/** Rows of numbers: flat and row-major, an ndarray, an array of rows, or an ml-matrix. */
export type Rows = ArrayLike<number> | MatrixLike

/** One domain: rows of features, and a label or a row of probabilities for each. */
export interface Domain {
  /** n x d: what the last layer of a model sees. */
  features: Rows
  /** Classes 0..K-1, or n x K probabilities; with one logit numbers between 0 and 1. */
  targets: Rows
}

/**
 * The last layer of a classifier, by its matrix `theta` of (d + 1) x K, whose last row is the bias, or by `weight`, d x
 * K, and `bias`, K; without `bias` there is none. K = 1 is a logistic head, K >= 2 a softmax. Vectors stand for K = 1.
 * PyTorch stores the transpose of `weight`.
 */
export type HeadParameters =
  | { theta: VectorLike | MatrixLike; weight?: undefined; bias?: undefined }
  | { weight: VectorLike | MatrixLike; bias?: VectorLike | undefined; theta?: undefined }

/** A checked head. */
export interface Head {
  /** Rows of theta: the features, and the bias if there is one. */
  readonly rows: number
  /** K, the number of logits. */
  readonly outputs: number
  /** d */
  readonly features: number
  /** rows x outputs, row-major. */
  readonly theta: Float64Array
}

const isVector = (x: unknown): boolean => (x as { shape?: unknown[] } | null)?.shape?.length === 1

const isTyped = (x: unknown): x is ArrayLike<number> =>
  ArrayBuffer.isView(x) && !/Big|DataView/.test(Object.prototype.toString.call(x))

/** Whether x is a flat array of numbers, rather than rows. */
const isFlat = (x: unknown): x is ArrayLike<number> =>
  isTyped(x) || (Array.isArray(x) && (x.length === 0 || typeof x[0] !== 'object'))

/** Reads a d x K matrix, or a vector as d x 1. */
function weights(x: VectorLike | MatrixLike, label: string): { rows: number; columns: number; data: Float64Array } {
  const flat = isFlat(x) || isVector(x)
  if (flat) {
    const data = vector(x as VectorLike, label)
    return { rows: data.length, columns: 1, data }
  }
  const { shape, data } = matrix(x as MatrixLike, label)
  return { rows: shape[0], columns: shape[1], data }
}

interface HeadParts {
  theta?: VectorLike | MatrixLike | undefined
  weight?: VectorLike | MatrixLike | undefined
  bias?: VectorLike | undefined
}

/** Checks a head. */
export function checkHead(given: HeadParameters, label = 'head'): Head {
  const { theta, weight, bias } = optionsOf<HeadParts>(given, label, ['theta', 'weight', 'bias'])
  if ((theta === undefined) === (weight === undefined))
    refuse(label, 'an object with theta, or with weight', theta === undefined ? 'neither' : 'both', 'type')
  if (theta !== undefined) {
    if (bias !== undefined) refuse(`${label}.bias`, 'left out with theta, whose last row it is', show(bias), 'type')
    const { rows, columns, data } = weights(theta, `${label}.theta`)
    if (rows < 2) refuse(`${label}.theta`, 'of at least two rows, the last of which is the bias', `${rows}`)
    return { rows, outputs: columns, features: rows - 1, theta: data }
  }
  const { rows, columns, data } = weights(weight!, `${label}.weight`)
  if (bias === undefined) return { rows, outputs: columns, features: rows, theta: data }
  const all = new Float64Array((rows + 1) * columns)
  all.set(data)
  all.set(vector(bias, `${label}.bias`, { length: columns }), rows * columns)
  return { rows: rows + 1, outputs: columns, features: rows, theta: all }
}

/** A checked domain: n rows of features, flat, and n x K targets (n for K = 1). */
export interface CheckedDomain {
  readonly count: number
  readonly features: ArrayLike<number>
  readonly targets: Float64Array
}

/** Returns rows of d numbers, flat; whether they are finite is seen when they are loaded. */
export function flatRows(x: Rows, columns: number, label: string): ArrayLike<number> {
  if (!isFlat(x)) return matrix(x as MatrixLike, label, { columns }).data
  if (x.length === 0) refuse(label, 'nonempty', 'length 0')
  if (x.length % columns !== 0) refuse(label, `rows of ${columns} numbers`, `length ${x.length}`)
  return x
}

/** Refuses rows with an entry that is not a finite number. */
export function checkFinite(x: ArrayLike<number>, columns: number, label: string): void {
  for (let i = 0; i < x.length; i++) {
    const value = x[i]
    // Infinity - Infinity and NaN - NaN are NaN.
    if (!(typeof value === 'number' && value - value === 0))
      refuse(
        `${label}[${Math.floor(i / columns)}][${i % columns}]`,
        'a finite number',
        show(value),
        typeof value === 'number' ? 'range' : 'type',
      )
  }
}

/** Copies rows into a matrix from entry `at` on, with `stride` numbers a row. Floats in typed arrays are not looked through. */
export function loadRows(
  x: ArrayLike<number>,
  columns: number,
  into: Float64Array,
  { at, stride, label }: { at: number; stride: number; label: string },
): void {
  if (x instanceof Float64Array || x instanceof Float32Array) {
    for (let from = 0, to = at; from < x.length; from += columns, to += stride)
      into.set(x.subarray(from, from + columns), to)
    return
  }
  checkFinite(x, columns, label)
  for (let from = 0, to = at; from < x.length; to += stride - columns)
    for (const end = from + columns; from < end; ) into[to++] = x[from++]
}

/** Checks n labels or rows of probabilities. Returns them as n x K numbers. */
export function checkTargets(given: Rows, n: number, outputs: number, label: string): Float64Array {
  const flatGiven = isFlat(given) || isVector(given)
  const flat = flatGiven
    ? vector(given as VectorLike, label)
    : matrix(given as MatrixLike, label, { columns: outputs }).data
  if (flat.length !== n && flat.length !== n * outputs)
    refuse(label, outputs === 1 ? `${n} numbers` : `${n} labels or ${n} rows of ${outputs}`, `${flat.length} numbers`)
  if (outputs > 1 && flat.length === n && flatGiven) return oneHot(flat, outputs, label)
  for (let i = 0; i < n; i++) {
    let sum = 0
    for (let k = 0; k < outputs; k++) {
      const y = flat[i * outputs + k]
      if (!(y >= 0 && y <= 1))
        refuse(outputs === 1 ? `${label}[${i}]` : `${label}[${i}][${k}]`, 'between 0 and 1', show(y))
      sum += y
    }
    if (outputs > 1 && !(Math.abs(sum - 1) <= 1e-6)) refuse(`${label}[${i}]`, 'a distribution (sum 1)', `sum ${sum}`)
  }
  return Float64Array.from(flat)
}

function oneHot(labels: Float64Array, outputs: number, label: string): Float64Array {
  const rows = new Float64Array(labels.length * outputs)
  for (let i = 0; i < labels.length; i++) {
    number(labels[i], `${label}[${i}]`, { integer: true, min: 0, max: outputs - 1 })
    rows[i * outputs + labels[i]] = 1
  }
  return rows
}

/** Checks a domain under a head of d features and K outputs. */
export function checkDomain(given: Domain, { features: columns, outputs }: Head, label: string): CheckedDomain {
  const { features, targets } = optionsOf(given, label)
  const flat = flatRows(features, columns, `${label}.features`)
  const count = flat.length / columns
  return { count, features: flat, targets: checkTargets(targets, count, outputs, `${label}.targets`) }
}

/** Checks at least two domains. */
export function checkDomains(given: readonly Domain[], head: Head): CheckedDomain[] {
  if (!Array.isArray(given)) refuse('domains', 'an array of domains', show(given), 'type')
  if (given.length < 2) refuse('domains', 'at least two, or there is nothing to align', `${given.length}`)
  return Array.from(given, (domain, e) => checkDomain(domain, head, `domains[${e}]`))
}

/** Copies a direction like theta: flat, or a matrix of its shape. */
export function headVector(
  given: Rows,
  { rows, outputs }: Pick<Head, 'rows' | 'outputs'>,
  label: string,
): Float64Array {
  const flat = isFlat(given) || isVector(given)
  return flat
    ? vectorCopy(given as VectorLike, label, { length: rows * outputs })
    : matrixCopy(given as MatrixLike, label, { rows, columns: outputs }).data
}
