import { type MatrixView, number } from '@opt/core'
import { type Cost, type PairCost, type Points, pairwise, type Twist } from './cost.ts'
import { distanceAt, isSafe, normAt, powerOf } from './powers.ts'

/**
 * Returns the squared Euclidean distance |x - y|^2, without the factor 1/2.
 *
 * @returns a cost with a twist: grad h*(v) = v / 2.
 */
export const sqEuclidean = (): Cost => ({
  name: 'sqEuclidean',
  parameters: {},
  matrix: squaredDistances,
  pairs(x, y, d, out) {
    out.fill(0)
    for (let j = 0; j < out.length; j++)
      for (let k = j * d; k < (j + 1) * d; k++) out[j] += (x[k] - y[k]) * (x[k] - y[k])
  },
  weightedGradient: squaredGradient,
  pairGradient(x, y, d, weights, out) {
    for (let j = 0; j < weights.length; j++)
      for (let k = j * d; k < (j + 1) * d; k++) out[k] -= 2 * weights[j] * (x[k] - y[k])
  },
  quadratic: 1,
  twist: halves(),
})

/** One coordinate after the other: the loops over the columns are long. */
function squaredDistances(x: Points, y: Points, d: number, { data, rows, columns, stride }: MatrixView): void {
  for (let i = 0; i < rows; i++) squaredDistancesOf(x, i * d, y, d, columns, data, i * stride)
}

/** The squared distances of the point at x[i] from all y, written from out[at] on. */
function squaredDistancesOf(
  x: Points,
  i: number,
  y: Points,
  d: number,
  columns: number,
  out: Float64Array,
  at: number,
): void {
  for (let k = 0; k < d; k++) {
    const from = x[i + k]
    for (let p = at, q = k; p < at + columns; p++, q += d) {
      const z = from - y[q]
      out[p] = k === 0 ? z * z : out[p] + z * z
    }
  }
}

function squaredGradient(x: Points, y: Points, d: number, P: MatrixView, scale: number, out: Float64Array): void {
  const { data, rows, columns, stride } = P
  const of = new Float64Array(columns)
  const sums = new Float64Array(columns)
  for (let k = 0; k < d; k++) {
    for (let j = 0; j < columns; j++) of[j] = y[j * d + k]
    sums.fill(0)
    for (let i = 0; i < rows; i++) {
      const from = x[i * d + k]
      const row = i * stride
      for (let j = 0; j < columns; j++) sums[j] += data[row + j] * (from - of[j])
    }
    for (let j = 0; j < columns; j++) out[j * d + k] -= 2 * scale * sums[j]
  }
}

const halves = (): Twist => ({
  displacement(v, _d, out) {
    for (let k = 0; k < out.length; k++) out[k] = v[k] / 2
  },
  pullback(_v, cotangent, _d, out) {
    for (let k = 0; k < out.length; k++) out[k] = cotangent[k] / 2
  },
})

/** Returns the Euclidean distance |x - y|; its gradient is 0 where the points are equal. */
export const euclidean = (): Cost =>
  radial(
    'euclidean',
    {},
    (r) => r,
    () => 1,
  )

/**
 * Returns the power |x - y|^p of the Euclidean distance.
 *
 * @param p at least 1; above 1 the cost has a twist.
 * @throws TypeError or RangeError for another p.
 */
export function euclideanP(p: number): Cost {
  number(p, 'euclideanP: p', { min: 1 })
  const below = powerOf(p - 1)
  return radial('euclideanP', { p }, powerOf(p), (r) => p * below(r), p > 1 ? radialTwist(p) : undefined)
}

/** A cost h(|x - y|); `slope` is h'. Squares are summed one coordinate after the other, as for sqEuclidean. */
function radial(
  name: string,
  parameters: Record<string, number>,
  h: (r: number) => number,
  slope: (r: number) => number,
  twist?: Twist,
): Cost {
  const pair: PairCost = {
    value: (x, i, y, j, d) => h(distanceAt(x, i, y, j, d)),
    add(x, i, y, j, d, weight, out) {
      const r = distanceAt(x, i, y, j, d)
      if (r === 0) return
      const by = weight * slope(r)
      for (let k = 0; k < d; k++) out[j + k] -= by * ((x[i + k] - y[j + k]) / r)
    },
  }
  return {
    ...pairwise(name, parameters, pair, twist ? { twist } : {}),
    matrix(x, y, d, out) {
      squaredDistances(x, y, d, out)
      const { data, rows, columns, stride } = out
      for (let i = 0; i < rows; i++)
        for (let j = 0, p = i * stride; j < columns; j++, p++)
          data[p] = h(isSafe(data[p]) ? Math.sqrt(data[p]) : distanceAt(x, i * d, y, j * d, d))
    },
    weightedGradient(x, y, d, { data, rows, columns, stride }, scale, out) {
      const w = new Float64Array(columns)
      for (let i = 0; i < rows; i++) {
        squaredDistancesOf(x, i * d, y, d, columns, w, 0)
        for (let j = 0; j < columns; j++) {
          const weight = scale * data[i * stride + j]
          if (isSafe(w[j])) {
            const r = Math.sqrt(w[j])
            w[j] = (weight * slope(r)) / r
          } else {
            pair.add(x, i * d, y, j * d, d, weight, out)
            w[j] = 0
          }
        }
        for (let k = 0; k < d; k++) {
          const from = x[i * d + k]
          for (let j = 0, p = k; j < columns; j++, p += d) out[p] -= w[j] * (from - y[p])
        }
      }
    },
  }
}

/** grad h*(v) = (|v| / p)^(1 / (p - 1)) v / |v|, 0 at 0. */
function radialTwist(p: number): Twist {
  const power = 1 / (p - 1)
  const root = powerOf(power)
  return {
    displacement(v, d, out) {
      for (let i = 0; i < v.length; i += d) {
        const r = normAt(v, i, d)
        const length = root(r / p)
        for (let k = i; k < i + d; k++) out[k] = r > 0 ? length * (v[k] / r) : 0
      }
    },
    pullback(v, cotangent, d, out) {
      for (let i = 0; i < v.length; i += d) {
        const r = normAt(v, i, d)
        const ratio = r > 0 ? root(r / p) / r : p === 2 ? 0.5 : 0
        let along = 0
        for (let k = i; k < i + d; k++) along += r > 0 ? (v[k] / r) * cotangent[k] : 0
        for (let k = i; k < i + d; k++) {
          const unit = r > 0 ? v[k] / r : 0
          out[k] = ratio * (cotangent[k] + (power - 1) * along * unit)
        }
      }
    },
  }
}
