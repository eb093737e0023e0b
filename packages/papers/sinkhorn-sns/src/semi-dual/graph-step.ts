import { log } from '@opt/core'
import type { SemiDual } from './semi-dual.ts'

const ROUNDING = 2.220446049250313e-16
/** Exponents move at most this far in a step. */
const FAR = 700

/**
 * Computes Newton's direction of the semi-dual, (I - R T') x = residual, by elimination without subtractions.
 *
 * The matrix is the Laplacian of a graph whose weights W = R T' are sums of nonnegative numbers, accurate to their last
 * digits however small, and a diagonal entry is the sum of a row's weights. So weights of 1e-200 and 1e-100 are told
 * apart (Grassmann, Taksar and Heyman 1985), while both would vanish in a matrix that subtracts them from 1. The move
 * residual / weight of an eliminated point or block is right while it is small. Where it is large, the flow grows
 * exponentially with the potential, and asinh gives the move. The direction still ascends: it is L^-T of numbers of the
 * same signs.
 */
export function graphStep(dual: Pick<SemiDual, 'small' | 'large' | 'R' | 'T' | 'residual' | 'order'>): Float64Array {
  const { small, residual, order } = dual
  const W = weights(dual)
  const moves = eliminate(
    W,
    Float64Array.from(order, (i) => residual[i]),
  )
  for (let k = 1; k < small; k++) for (let i = 0; i < k; i++) moves[k] += W[k * small + i] * moves[i]
  const step = new Float64Array(small)
  order.forEach((i, p) => (step[i] = moves[p]))
  return step
}

/** R T' with its points in order: each a sum over the larger side, four of them side by side. */
function weights({ small, large, R, T, order }: Pick<SemiDual, 'small' | 'large' | 'R' | 'T' | 'order'>): Float64Array {
  const W = new Float64Array(small * small)
  const row = (M: Float64Array, p: number) => M.subarray(order[p] * large, (order[p] + 1) * large)
  const last = small - 1
  for (let q = 0; q < small; q += 4) {
    // Beyond the last point it is the last again.
    const [q1, q2, q3] = [Math.min(q + 1, last), Math.min(q + 2, last), Math.min(q + 3, last)]
    const [t0, t1, t2, t3] = [row(T, q), row(T, q1), row(T, q2), row(T, q3)]
    for (let p = 0; p < small; p++) {
      const r = row(R, p)
      let [s0, s1, s2, s3] = [0, 0, 0, 0]
      for (let j = 0; j < large; j++) {
        s0 += r[j] * t0[j]
        s1 += r[j] * t1[j]
        s2 += r[j] * t2[j]
        s3 += r[j] * t3[j]
      }
      const to = p * small
      W[to + q] = s0
      W[to + q1] = s1
      W[to + q2] = s2
      W[to + q3] = s3
    }
  }
  return W
}

/**
 * Eliminates the points, the last and lightest first, so that every share of a weight is at most 1. Returns the move of
 * each towards those before it; its row of W is left as its shares.
 */
function eliminate(W: Float64Array, rest: Float64Array): Float64Array {
  const small = rest.length
  const noise = new Float64Array(small).fill(8 * ROUNDING)
  const moves = new Float64Array(small)
  for (let k = small - 1; k >= 0; k--) {
    let weight = 0
    for (let i = 0; i < k; i++) weight += W[k * small + i]
    moves[k] = Math.abs(rest[k]) <= noise[k] ? 0 : needed(rest[k] / weight)
    if (!(weight > 0)) continue
    for (let i = 0; i < k; i++) {
      const share = W[i * small + k] / weight
      if (share === 0) continue
      rest[i] += share * rest[k]
      noise[i] += share * noise[k]
      for (let l = 0; l < k; l++) W[i * small + l] += share * W[k * small + l]
    }
    for (let i = 0; i < k; i++) W[k * small + i] /= weight
  }
  return moves
}

/** asinh, at most {@link FAR}. */
function needed(x: number): number {
  const size = Math.abs(x)
  if (!(size > 1e-4)) return x
  const far = size < 1e100 ? log(size + Math.sqrt(size * size + 1)) : log(size) + Math.LN2
  return Math.sign(x) * Math.min(FAR, far)
}
