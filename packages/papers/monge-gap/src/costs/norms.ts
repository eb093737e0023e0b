import { number } from '@opt/core'
import { type Cost, pairwise, type Twist } from './cost.ts'
import { powerOf } from './powers.ts'

/**
 * Returns the sum over the coordinates of |x_k - y_k|^p / p.
 *
 * @param p at least 1; above 1 the cost has a twist.
 * @throws TypeError or RangeError for another p.
 */
export function pNormP(p: number): Cost {
  number(p, 'pNormP: p', { min: 1 })
  const power = powerOf(p)
  const below = powerOf(p - 1)
  return pairwise(
    'pNormP',
    { p },
    {
      value(x, i, y, j, d) {
        let sum = 0
        for (let k = 0; k < d; k++) sum += power(Math.abs(x[i + k] - y[j + k]))
        return sum / p
      },
      add(x, i, y, j, d, weight, out) {
        for (let k = 0; k < d; k++) {
          const z = x[i + k] - y[j + k]
          if (z !== 0) out[j + k] -= weight * Math.sign(z) * below(Math.abs(z))
        }
      },
    },
    p > 1 ? { twist: powerTwist(p) } : {},
  )
}

/** grad h*(v) = sign v |v|^(q - 1), where 1/p + 1/q = 1. */
function powerTwist(p: number): Twist {
  const exponent = 1 / (p - 1)
  const power = powerOf(exponent)
  const below = powerOf(exponent - 1)
  return {
    displacement(v, _d, out) {
      for (let k = 0; k < out.length; k++) out[k] = v[k] === 0 ? 0 : Math.sign(v[k]) * power(Math.abs(v[k]))
    },
    pullback(v, cotangent, _d, out) {
      for (let k = 0; k < out.length; k++)
        out[k] = v[k] === 0 && p !== 2 ? 0 : exponent * below(Math.abs(v[k])) * cotangent[k]
    },
  }
}

/**
 * Returns half the square of the p-norm, |x - y|_p^2 / 2.
 *
 * @param p at least 1; above 1 the cost has a twist.
 * @throws TypeError or RangeError for another p.
 */
export function sqPNorm(p: number): Cost {
  number(p, 'sqPNorm: p', { min: 1 })
  const power = powerOf(p)
  const root = powerOf(1 / p)
  const below = powerOf(p - 1)
  const norm = (x: Float64Array, i: number, y: Float64Array, j: number, d: number) => {
    let most = 0
    for (let k = 0; k < d; k++) most = Math.max(most, Math.abs(x[i + k] - y[j + k]))
    if (!(most > 0 && most < Infinity)) return most
    let sum = 0
    for (let k = 0; k < d; k++) sum += power(Math.abs(x[i + k] - y[j + k]) / most)
    return most * root(sum)
  }
  return pairwise(
    'sqPNorm',
    { p },
    {
      value(x, i, y, j, d) {
        const r = norm(x, i, y, j, d)
        return (r * r) / 2
      },
      add(x, i, y, j, d, weight, out) {
        const r = norm(x, i, y, j, d)
        if (r === 0) return
        for (let k = 0; k < d; k++) {
          const z = x[i + k] - y[j + k]
          if (z !== 0) out[j + k] -= weight * r * Math.sign(z) * below(Math.abs(z) / r)
        }
      },
    },
    p > 1 ? { twist: squaredNormTwist(p) } : {},
  )
}

/** grad h*(v) = |v|_q t, where w = v / |v|_q and t = sign w |w|^(q - 1); its Jacobian is (2 - q) t t' + (q - 1) diag |w|^(q - 2). */
function squaredNormTwist(p: number): Twist {
  const q = p / (p - 1)
  const power = powerOf(q)
  const root = powerOf(1 / q)
  const below = powerOf(q - 1)
  const curvature = powerOf(q - 2)
  const norm = (v: Float64Array, i: number, d: number) => {
    let most = 0
    for (let k = i; k < i + d; k++) most = Math.max(most, Math.abs(v[k]))
    if (!(most > 0 && most < Infinity)) return most
    let sum = 0
    for (let k = i; k < i + d; k++) sum += power(Math.abs(v[k]) / most)
    return most * root(sum)
  }
  const slope = (w: number) => (w === 0 ? 0 : Math.sign(w) * below(Math.abs(w)))
  return {
    displacement(v, d, out) {
      for (let i = 0; i < v.length; i += d) {
        const r = norm(v, i, d)
        for (let k = i; k < i + d; k++) out[k] = r === 0 ? 0 : r * slope(v[k] / r)
      }
    },
    pullback(v, cotangent, d, out) {
      for (let i = 0; i < v.length; i += d) {
        const r = norm(v, i, d)
        let along = 0
        if (r > 0) for (let k = i; k < i + d; k++) along += slope(v[k] / r) * cotangent[k]
        for (let k = i; k < i + d; k++) {
          const w = r > 0 ? v[k] / r : 0
          const diagonal = w === 0 && q !== 2 ? 0 : (q - 1) * curvature(Math.abs(w))
          out[k] = (2 - q) * slope(w) * along + diagonal * cotangent[k]
        }
      }
    },
  }
}

/**
 * Returns rho |x - y|^2 / 2 + lambda |x - y|_1 (Cuturi, Klein and Ablin, ICML 2023): its optimal displacements are
 * sparse, by a soft threshold.
 *
 * @param lambda nonnegative.
 * @param rho positive.
 * @throws TypeError or RangeError for others.
 */
export function elasticL1(lambda: number, rho = 1): Cost {
  number(lambda, 'elasticL1: lambda', { nonnegative: true })
  number(rho, 'elasticL1: rho', { positive: true })
  return pairwise(
    'elasticL1',
    { lambda, rho },
    {
      value(x, i, y, j, d) {
        let squares = 0
        let sum = 0
        for (let k = 0; k < d; k++) {
          const z = x[i + k] - y[j + k]
          squares += z * z
          sum += Math.abs(z)
        }
        return (rho * squares) / 2 + lambda * sum
      },
      add(x, i, y, j, d, weight, out) {
        for (let k = 0; k < d; k++) {
          const z = x[i + k] - y[j + k]
          out[j + k] -= weight * (rho * z + lambda * Math.sign(z))
        }
      },
    },
    {
      twist: {
        displacement(v, _d, out) {
          for (let k = 0; k < out.length; k++)
            out[k] = Math.abs(v[k]) > lambda ? (v[k] - lambda * Math.sign(v[k])) / rho : 0
        },
        pullback(v, cotangent, _d, out) {
          for (let k = 0; k < out.length; k++) out[k] = Math.abs(v[k]) > lambda ? cotangent[k] / rho : 0
        },
      },
    },
  )
}
