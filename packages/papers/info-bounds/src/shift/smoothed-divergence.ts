import {
  calling,
  type Matrix,
  type MatrixLike,
  matrix,
  number,
  options,
  type Random,
  refuse,
  type VectorLike,
  vector,
} from '@opt/core'
import { type Distances, deviation, distances, totalVariationOfKl } from './divergence.ts'
import { mixture, type Points } from './mixture.ts'
import { drawPoints, generator } from './paths.ts'
import { integerLabels, placesOf } from './samples.ts'

/** Options of {@link smoothedDivergence}. */
export interface SmoothedOptions {
  /** Standard deviation of the noise, in units of the activations. Default 0.3. */
  noise?: number | undefined
  /** Integer labels of both, or of neither. Classes should have equal shares; else the shares count as a distance. */
  labelsA?: VectorLike | undefined
  labelsB?: VectorLike | undefined
  /**
   * How many points to draw from a, default 3000; or the points: row `indices[k]` of a plus noise times row k of
   * `normals` (points x columns).
   */
  draws?: number | { indices: VectorLike; normals: MatrixLike } | undefined
  /** Probability with which the bound holds. Default 0.95. */
  confidence?: number | undefined
  /** Generator of the draws. Default random(0). */
  random?: Random | undefined
}

/** Answer of {@link smoothedDivergence}. */
export interface SmoothedDivergence extends Distances {
  /** Upper bound of the true total variation, with the `confidence` given (Hoeffding), for points drawn at random. */
  bound: number
  /** min(sqrt(kl / 2), sqrt(1 - e^-kl)) of the estimated divergence: an estimate of a bound, no certificate. */
  klBound: number
}

/**
 * Measures the distance of two samples of a layer's activations, from any framework, after noise N(0, noise^2): the
 * exact normal mixtures over the rows, compared at random points. In a network with that noise after this layer, no mean
 * of a [0,1] loss computed from there on, and the label, differs by more than the total variation.
 *
 * @param a examples x units.
 * @param b examples x units.
 * @throws TypeError or RangeError naming the argument that is wrong, such as a class that b does not have.
 */
export function smoothedDivergence(a: MatrixLike, b: MatrixLike, given?: SmoothedOptions): SmoothedDivergence {
  return calling('smoothedDivergence', () => {
    const names = ['noise', 'labelsA', 'labelsB', 'draws', 'confidence', 'random'] as const
    const { noise = 0.3, labelsA, labelsB, draws = 3000, confidence = 0.95, ...rest } = options(given, 'options', names)
    const rowsA = matrix(a, 'a')
    const rowsB = matrix(b, 'b', { columns: rowsA.shape[1] })
    number(noise, 'noise', { positive: true })
    number(confidence, 'confidence', { min: 0.5, max: 1 - 1e-9 })
    if ((labelsA === undefined) !== (labelsB === undefined))
      refuse(labelsA === undefined ? 'labelsA' : 'labelsB', 'given with the labels of the other sample', 'none', 'type')
    const [first, second] = [labelled(rowsA, labelsA, 'labelsA'), labelled(rowsB, labelsB, 'labelsB')]
    const classes = [...new Set(first)].sort((x, y) => x - y)
    for (const one of classes)
      if (!second.includes(one)) refuse('labelsB', 'of every class of a', `none of class ${one}`)
    // Classes that only b has are mass of b that no point drawn from a meets.
    const more = [...new Set(second)].filter((one) => !classes.includes(one))
    const all = [...classes, ...more]
    const [placesA, placesB] = [placesOf(first, all), placesOf(second, all)]
    const points =
      typeof draws === 'object' && draws !== null
        ? givenPoints(rowsA, placesA, noise, draws)
        : drawPoints(
            rowsA,
            placesA,
            noise,
            number(draws, 'draws', { integer: true, min: 2, max: 1e7 }),
            generator(rest.random),
          )
    const A = mixture(rowsA, placesA, all.length, noise)
    const B = mixture(rowsB, placesB, all.length, noise)
    const measured = distances(A, B, points, noise)
    const bound = Math.min(1, measured.totalVariation + deviation(1 / points.labels.length, 1 - confidence))
    return { ...measured, bound, klBound: totalVariationOfKl(measured.kl) }
  })
}

const labelled = (rows: Matrix, labels: VectorLike | undefined, label: string): Int32Array =>
  labels === undefined ? new Int32Array(rows.shape[0]) : integerLabels(labels, label, rows.shape[0])

function givenPoints(
  { data, shape }: Matrix,
  places: Int32Array,
  noise: number,
  draws: { indices: VectorLike; normals: MatrixLike },
): Points {
  const [n, width] = shape as [number, number]
  const given = options(draws, 'draws', ['indices', 'normals'])
  const indices = vector(given.indices, 'draws.indices')
  if (indices.length < 2) refuse('draws.indices', 'at least two', `${indices.length}`)
  indices.forEach((i, k) => number(i, `draws.indices[${k}]`, { integer: true, min: 0, max: n - 1 }))
  const normals = matrix(given.normals, 'draws.normals', { rows: indices.length, columns: width })
  const rows = normals.data.map((z, at) => data[indices[Math.floor(at / width)] * width + (at % width)] + noise * z)
  return { rows, labels: Int32Array.from(indices, (i) => places[i]) }
}
