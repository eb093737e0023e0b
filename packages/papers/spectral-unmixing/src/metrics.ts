import {
  assignment,
  atan2,
  calling,
  type Matrix,
  type MatrixLike,
  matrix,
  nrm2,
  number,
  options as optionsOf,
  permutation as permutationOf,
  refuse,
  show,
  type VectorLike,
  vector,
} from '@opt/core'

/**
 * Returns the angle between two spectra in radians, 0 for the same shape at any brightness; NaN when one is zero.
 *
 * @throws TypeError or RangeError when they are no finite vectors of one length.
 */
export function spectralAngle(a: VectorLike, b: VectorLike): number {
  return calling('spectralAngle', () => {
    const x = vector(a, 'a')
    return angle(x, vector(b, 'b', { length: x.length }))
  })
}

function angle(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const [p, q] = [nrm2(x), nrm2(y)]
  if (p === 0 || q === 0) return NaN
  // The angle of an isosceles triangle: unlike the arc cosine it is exact for small angles.
  let [base, height] = [0, 0]
  for (let l = 0; l < x.length; l++) {
    const [u, v] = [x[l] / p, y[l] / q]
    base += (u - v) * (u - v)
    height += (u + v) * (u + v)
  }
  return 2 * atan2(Math.sqrt(base), Math.sqrt(height))
}

/** Options of {@link matchEndmembers}. */
export interface MatchOptions {
  /** The bands that are compared; default all. Leave broken ones out: nothing can know them. */
  bands?: ArrayLike<number> | undefined
}

/** Answer of {@link matchEndmembers}. */
export interface Match {
  /** Column `permutation[k]` of the estimate is column k of the truth. */
  permutation: number[]
  /** The angle of each pair in radians, in the order of the truth. */
  angles: Float64Array
  meanAngle: number
}

/**
 * Pairs estimated end-members with true ones at the least sum of spectral angles.
 *
 * @param estimate bands x K.
 * @param truth bands x K.
 * @throws TypeError or RangeError that names the wrong argument, or a spectrum that is zero.
 */
export function matchEndmembers(estimate: MatrixLike, truth: MatrixLike, options?: MatchOptions): Match {
  return calling('matchEndmembers', () => {
    const M = matrix(truth, 'truth')
    const [count, K] = M.shape
    const E = matrix(estimate, 'estimate', { rows: count, columns: K })
    const { bands } = optionsOf(options, 'options', ['bands'])
    const chosen = bands === undefined ? undefined : vector(bands, 'bands')
    chosen?.forEach((l, i) => {
      number(l, `bands[${i}]`, { integer: true, min: 0, max: count - 1 })
    })
    const spectra = (X: Matrix, label: string) =>
      Array.from({ length: K }, (_, k) => {
        const spectrum = Float64Array.from(chosen ?? { length: count }, (l, i) => X.data[(chosen ? l! : i) * K + k])
        if (nrm2(spectrum) === 0) refuse(`${label}, column ${k}`, 'a spectrum other than zero', 'zeros')
        return spectrum
      })
    const [ours, theirs] = [spectra(E, 'estimate'), spectra(M, 'truth')]
    const cost = theirs.map((t) => ours.map((e) => angle(e, t)))
    const permutation = Array.from(assignment(cost).columns)
    const angles = Float64Array.from(permutation, (j, k) => cost[k][j])
    return { permutation, angles, meanAngle: angles.reduce((sum, v) => sum + v, 0) / K }
  })
}

/**
 * Returns the root mean square difference of abundances over all end-members and pixels.
 *
 * @param estimate K x pixels.
 * @param truth K x pixels.
 * @param permutation row `permutation[k]` of the estimate is compared with row k of the truth; default k.
 * @throws TypeError or RangeError that names the wrong argument.
 */
export function abundanceError(estimate: MatrixLike, truth: MatrixLike, permutation?: readonly number[]): number {
  return calling('abundanceError', () => {
    const A = matrix(truth, 'truth')
    const [K, pixels] = A.shape
    const E = matrix(estimate, 'estimate', { rows: K, columns: pixels })
    const order = permutation === undefined ? undefined : permutationOf(permutation, 'permutation', K)
    const difference = A.data.map((v, i) => {
      const k = Math.floor(i / pixels)
      return E.data[(order ? order[k] : k) * pixels + (i % pixels)] - v
    })
    return nrm2(difference) / Math.sqrt(K * pixels)
  })
}

/**
 * Returns Hoyer's sparsity of each pixel, (sqrt K - |a|_1 / |a|_2) / (sqrt K - 1): 1 for a pure pixel, 0 for equal parts,
 * NaN for a column of zeros.
 *
 * @param abundances K x pixels, K at least 2.
 * @throws TypeError or RangeError when they are no finite matrix of at least two rows.
 * Source: Hoyer, JMLR 5, 2004.
 */
export function hoyerSparsity(abundances: MatrixLike): Float64Array {
  return calling('hoyerSparsity', () => {
    const A = matrix(abundances, 'abundances')
    const [K, pixels] = A.shape
    if (K < 2) refuse('abundances', 'of at least 2 rows', show(K))
    const out = new Float64Array(pixels)
    const column = new Float64Array(K)
    for (let n = 0; n < pixels; n++) {
      let sum = 0
      for (let k = 0; k < K; k++) sum += Math.abs((column[k] = A.data[k * pixels + n]))
      const length = nrm2(column)
      // In units of its length: sums of huge numbers would overflow.
      sum = 0
      for (let k = 0; k < K; k++) sum += Math.abs(column[k] / length)
      out[n] = Math.min(1, Math.max(0, (Math.sqrt(K) - sum) / (Math.sqrt(K) - 1)))
    }
    return out
  })
}
