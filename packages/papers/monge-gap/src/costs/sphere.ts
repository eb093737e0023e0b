import { atan2, number, refuse } from '@opt/core'
import { type Cost, type Points, pairwise } from './cost.ts'
import { distanceAt, normAt, powerOf } from './powers.ts'

/** Returns 1 - cos of the angle between x and y, which must not be 0. */
export const cosine = (): Cost =>
  pairwise(
    'cosine',
    {},
    {
      value(x, i, y, j, d) {
        const [r, s] = [normAt(x, i, d), normAt(y, j, d)]
        return 1 - cosineAt(x, i, r, y, j, s, d)
      },
      add(x, i, y, j, d, weight, out) {
        const [r, s] = [normAt(x, i, d), normAt(y, j, d)]
        const along = cosineAt(x, i, r, y, j, s, d)
        for (let k = 0; k < d; k++) out[j + k] -= (weight * (x[i + k] / r - along * (y[j + k] / s))) / s
      },
    },
    {
      check(points, d, label) {
        for (let i = 0; i < points.length; i += d)
          if (normAt(points, i, d) === 0) refuse(`${label}[${i / d}]`, 'a point other than 0 for the cost cosine', '0')
      },
    },
  )

function cosineAt(x: Points, i: number, r: number, y: Points, j: number, s: number, d: number): number {
  let sum = 0
  for (let k = 0; k < d; k++) sum += (x[i + k] / r) * (y[j + k] / s)
  return sum
}

/**
 * Returns theta^p for the great-circle distance theta of unit vectors. Its gradient is the Riemannian one, tangent to
 * the sphere at y; 0 where y is x or -x.
 *
 * @param p 1 or 2.
 * @throws TypeError or RangeError for another p; the cost throws for points whose norm is not 1 within 1e-6.
 */
export function geodesic(p: 1 | 2): Cost {
  number(p, 'geodesic: p', { integer: true, min: 1, max: 2 })
  const power = powerOf(p)
  return pairwise(
    'geodesic',
    { p },
    {
      value: (x, i, y, j, d) => power(angleAt(x, i, y, j, d)),
      add(x, i, y, j, d, weight, out) {
        let inner = 0
        for (let k = 0; k < d; k++) inner += x[i + k] * y[j + k]
        // The part of x that is tangent at y, from x - y or x + y, whichever is smaller.
        const sign = inner > 0 ? -1 : 1
        let along = 0
        for (let k = 0; k < d; k++) along += (x[i + k] + sign * y[j + k]) * y[j + k]
        let squares = 0
        for (let k = 0; k < d; k++) {
          const t = x[i + k] + sign * y[j + k] - along * y[j + k]
          squares += t * t
        }
        if (squares === 0) return
        const by = (-weight * (p === 1 ? 1 : 2 * angleAt(x, i, y, j, d))) / Math.sqrt(squares)
        for (let k = 0; k < d; k++) out[j + k] += by * (x[i + k] + sign * y[j + k] - along * y[j + k])
      },
    },
    {
      check(points, d, label) {
        for (let i = 0; i < points.length; i += d) {
          const norm = normAt(points, i, d)
          if (!(Math.abs(norm - 1) <= 1e-6))
            refuse(`${label}[${i / d}]`, 'a unit vector for the cost geodesic', `norm ${norm}`)
        }
      },
    },
  )
}

/** 2 atan2(|x - y|, |x + y|): the arc cosine would lose half the digits near 0 and pi. */
function angleAt(x: Points, i: number, y: Points, j: number, d: number): number {
  let squares = 0
  for (let k = 0; k < d; k++) {
    const s = x[i + k] + y[j + k]
    squares += s * s
  }
  return 2 * atan2(distanceAt(x, i, y, j, d), Math.sqrt(squares))
}
