import { type MatrixLike, matrix, number, options as optionsOf, refuse, show, type VectorLike, vector } from '@opt/core'

/** What the tests need of the gradients g_i of the b examples of a batch, and their mean g. Variances divide by b - 1. */
export interface BatchStatistics {
  /** b, at least 1. */
  count: number
  /** |g|^2. */
  squaredNorm: number
  /** V, the sum over all coordinates of the variance of g_i. */
  varianceSum: number
  /** The variance of <g_i, g>, for the tests 'innerProduct', 'orthogonality' and 'augmented'. */
  innerProductVariance?: number | undefined
  /**
   * The sum of variances of the part of g_i that is orthogonal to g. Default
   * `varianceSum - innerProductVariance / squaredNorm`, which it equals unless taken tensor by tensor.
   */
  orthogonalVariance?: number | undefined
  /** The variance of each coordinate of g_i, for the test 'coordinate'. */
  variances?: ArrayLike<number> | undefined
  /** g, for the test 'coordinate'. */
  mean?: ArrayLike<number> | undefined
}

/** {@link BatchStatistics} of known per-example gradients: everything that any test needs. */
export interface FullStatistics extends BatchStatistics {
  innerProductVariance: number
  orthogonalVariance: number
  variances: Float64Array
  mean: Float64Array
}

/** Options of {@link statisticsOf}. */
export interface StatisticsOptions {
  /**
   * The lengths of the tensors that make up a row: inner products and orthogonal parts are then taken within each
   * tensor and their variances added, as the authors' code does. Default: one tensor, as in the paper.
   */
  tensors?: ArrayLike<number> | undefined
}

/**
 * Returns the statistics of a batch from its per-example gradients, examples x coordinates.
 *
 * @throws TypeError or RangeError for anything but a matrix of finite numbers, for lengths of tensors that do not add
 *   up to its columns, and for gradients so large or small that their squares leave the range of numbers.
 */
export function statisticsOf(gradients: MatrixLike, options?: StatisticsOptions): FullStatistics {
  const { data, shape } = matrix(gradients, 'statisticsOf: gradients')
  const [b, columns] = shape
  const { tensors = [columns] } = optionsOf(options, 'statisticsOf: options', ['tensors'])
  const ends = tensorEnds(tensors, columns)
  const mean = new Float64Array(columns)
  for (let i = 0; i < b; i++) for (let j = 0; j < columns; j++) mean[j] += data[i * columns + j]
  for (let j = 0; j < columns; j++) mean[j] /= b
  const variances = new Float64Array(columns)
  for (let i = 0; i < b; i++)
    for (let j = 0; j < columns; j++) {
      const deviation = data[i * columns + j] - mean[j]
      variances[j] += deviation * deviation
    }
  const degrees = Math.max(1, b - 1)
  let [squaredNorm, varianceSum, innerProductVariance, orthogonalVariance] = [0, 0, 0, 0]
  for (let k = 0; k < ends.length; k++) {
    const [from, to] = [k > 0 ? ends[k - 1] : 0, ends[k]]
    let [square, variance, along] = [0, 0, 0]
    for (let j = from; j < to; j++) {
      variances[j] /= degrees
      square += mean[j] * mean[j]
      variance += variances[j]
    }
    for (let i = 0; i < b; i++) {
      let deviation = 0
      for (let j = from; j < to; j++) deviation += (data[i * columns + j] - mean[j]) * mean[j]
      along += deviation * deviation
    }
    along /= degrees
    squaredNorm += square
    varianceSum += variance
    innerProductVariance += along
    orthogonalVariance += square > 0 ? Math.max(0, variance - along / square) : variance
  }
  checkScale('statisticsOf: gradients', [squaredNorm, varianceSum, innerProductVariance], mean)
  return { count: b, squaredNorm, varianceSum, innerProductVariance, orthogonalVariance, variances, mean }
}

/** Numbers of the examples of a batch, such as `gradientStatistics` of @opt/nn returns. */
export interface PerExample {
  /** |g|^2. */
  squaredNorm: number
  /** |g_i|, one number per example. */
  norms: VectorLike
  /** <g_i, g>, for the tests 'innerProduct', 'orthogonality' and 'augmented'. */
  products?: VectorLike | undefined
  /** |g_i - g|: without them V is a difference of squares, and loses digits when the gradients hardly differ. */
  distances?: VectorLike | undefined
  /** The variance of each coordinate of g_i, for the test 'coordinate'. */
  variances?: VectorLike | undefined
  /** g, for the test 'coordinate'. */
  mean?: VectorLike | undefined
}

/**
 * Returns the statistics of a batch from norms and inner products, without any per-example gradient. An empty list
 * counts as left out.
 *
 * @throws TypeError or RangeError for lists of different lengths, negative or not finite numbers, squares that leave
 *   the range of numbers, and a |g| above the mean of the norms, which no mean of the gradients has.
 */
export function statisticsFrom(known: PerExample): BatchStatistics {
  const given = optionsOf(known, 'statisticsFrom: known')
  const name = (field: string) => `statisticsFrom: ${field}`
  const squaredNorm = number(given.squaredNorm, name('squaredNorm'), { nonnegative: true })
  const norms = vector(given.norms, name('norms'), { sign: 'nonnegative' })
  const b = norms.length
  const list = (
    field: 'products' | 'distances' | 'variances' | 'mean',
    length?: number,
    sign: 'any' | 'nonnegative' = 'any',
  ) => {
    const values = given[field]
    if (values === undefined || isEmpty(values)) return undefined
    return vector(values, name(field), { length, sign })
  }
  const products = list('products', b)
  const distances = list('distances', b, 'nonnegative')
  const variances = list('variances', undefined, 'nonnegative')
  const mean = list('mean', variances?.length)
  checkMean(squaredNorm, norms)
  const degrees = Math.max(1, b - 1)
  let squares = 0
  for (let i = 0; i < b; i++) squares += distances ? distances[i] * distances[i] : norms[i] * norms[i]
  const varianceSum = Math.max(0, distances ? squares : squares - b * squaredNorm) / degrees
  let innerProductVariance: number | undefined
  if (products) {
    innerProductVariance = 0
    for (let i = 0; i < b; i++) innerProductVariance += (products[i] - squaredNorm) * (products[i] - squaredNorm)
    innerProductVariance /= degrees
  }
  checkScale('statisticsFrom: norms', [squaredNorm, varianceSum, innerProductVariance ?? 0], norms)
  return { count: b, squaredNorm, varianceSum, innerProductVariance, variances, mean }
}

/** Returns the statistics if their numbers are in range; throws a TypeError or RangeError otherwise. */
export function checkStatistics(given: BatchStatistics, label: string): BatchStatistics {
  if (typeof given !== 'object' || given === null) refuse(label, 'statistics of a batch', show(given), 'type')
  number(given.count, `${label}.count`, { integer: true, min: 1 })
  for (const field of ['squaredNorm', 'varianceSum'] as const)
    number(given[field], `${label}.${field}`, { nonnegative: true })
  for (const field of ['innerProductVariance', 'orthogonalVariance'] as const)
    if (given[field] !== undefined) number(given[field], `${label}.${field}`, { nonnegative: true })
  const { variances, mean } = given
  if (variances !== undefined) vector(variances, `${label}.variances`, { sign: 'nonnegative' })
  if (mean !== undefined) vector(mean, `${label}.mean`, { length: variances?.length })
  return given
}

function tensorEnds(tensors: ArrayLike<number>, columns: number): number[] {
  let end = 0
  const ends = Array.from(tensors, (length, k) => {
    end += number(length, `statisticsOf: options.tensors[${k}]`, { integer: true, min: 1 })
    return end
  })
  if (end !== columns) refuse('statisticsOf: options.tensors', `lengths that add up to ${columns}`, `${end}`)
  return ends
}

/** Refuses a sum in place of the mean: |g| is at most the mean of the |g_i|, up to the rounding of float32. */
function checkMean(squaredNorm: number, norms: Float64Array): void {
  let mean = 0
  for (let i = 0; i < norms.length; i++) mean += norms[i] / norms.length
  const length = Math.sqrt(squaredNorm)
  if (length > 1.001 * mean)
    refuse('statisticsFrom: squaredNorm', `the square of at most ${mean}, the mean of the norms`, `that of ${length}`)
}

const isEmpty = (values: VectorLike) => (Array.isArray(values) || values instanceof Float64Array) && values.length === 0

/** Refuses gradients whose squares overflow, or vanish though the gradients do not. */
export function checkScale(label: string, squares: number[], values: Float64Array): void {
  if (!squares.every((square) => square < Infinity)) refuse(label, 'such that fourth powers are finite', 'larger ones')
  if (squares.every((square) => square === 0) && values.some((value) => value !== 0))
    refuse(label, 'such that squares are not zero', 'smaller ones')
}
