import { allocate, solveScratch } from '@opt/core'
import { factor } from './factor.ts'
import { symmetricProduct } from './vectors.ts'

/** A multiplier counts as wrong beyond this times the size of what it is computed from. */
const RELEASE = 1e-13
/** More releases than this many times n happen only where rounding decides: the point then is the answer to working precision. */
const PATIENCE = 20

/**
 * Makes the metric projection onto lower <= x <= upper, where `sum` also keeps the sum of x as the Euclidean projection set it:
 * a primal active-set method on the strictly convex quadratic (x - y)'H(x - y), from the Euclidean projection.
 * A coordinate is held by its position at a bound, not by a tolerance; one is let go only at the minimiser of its face,
 * so every step goes down and none comes back.
 */
export function activeSet(
  lower: Float64Array,
  upper: Float64Array,
  sum: boolean,
): (y: Float64Array, euclidean: (y: Float64Array) => void, H: Float64Array, stride: number) => void {
  const n = lower.length
  const plan = () =>
    allocate((ws) => ({
      L: ws.matrix(n, n),
      ...{ x: ws.f64(n), e: ws.f64(n), gradient: ws.f64(n), p: ws.f64(n), ones: ws.f64(n) },
      ...{ free: ws.i32(n), held: ws.i32(n), barred: ws.i32(n), work: ws.f64(solveScratch(n, n)) },
    }))
  let space: ReturnType<typeof plan> | undefined

  return (y, euclidean, H, stride) => {
    space ??= plan()
    const { L, x, e, gradient, p, ones, free, held, barred, work, kernels } = space
    const slope = () => {
      for (let i = 0; i < n; i++) e[i] = x[i] - y[i]
      symmetricProduct(H, stride, e, gradient)
    }
    /** Size of the terms that the gradient is a sum of. */
    const size = () => {
      let largest = 0
      for (let i = 0; i < n; i++) {
        let terms = 0
        for (let j = 0; j < n; j++) terms += Math.abs(H[i >= j ? i * stride + j : j * stride + i] * e[j])
        largest = Math.max(largest, terms)
      }
      return largest
    }
    const hold = () => {
      for (let i = 0; i < n; i++) held[i] = x[i] <= lower[i] ? -1 : x[i] >= upper[i] ? 1 : 0
    }

    x.set(y)
    euclidean(x)
    hold()
    barred.fill(0)
    let patience = PATIENCE * n
    for (;;) {
      let count = 0
      for (let i = 0; i < n; i++) if (held[i] === 0) free[count++] = i
      slope()
      if (count > 0) {
        for (let a = 0; a < count; a++) {
          p[a] = gradient[free[a]]
          ones[a] = 1
        }
        factor(kernels, count, H, stride, 0, L, work, free)
        kernels.trsv(count, L.data, L.stride, p)
        kernels.trsvT(count, L.data, L.stride, p)
        let multiplier = 0
        if (sum) {
          kernels.trsv(count, L.data, L.stride, ones)
          kernels.trsvT(count, L.data, L.stride, ones)
          let [top, bottom] = [0, 0]
          for (let a = 0; a < count; a++) {
            top += p[a]
            bottom += ones[a]
          }
          multiplier = top / bottom
        }
        let step = 1
        let blocking = -1
        for (let a = 0; a < count; a++) {
          const i = free[a]
          p[a] = (sum ? multiplier * ones[a] : 0) - p[a]
          const room = p[a] < 0 ? lower[i] - x[i] : upper[i] - x[i]
          if (p[a] !== 0 && room / p[a] < step) {
            step = Math.max(0, room / p[a])
            blocking = i
          }
        }
        for (let a = 0; a < count; a++) {
          const i = free[a]
          x[i] = Math.min(Math.max(x[i] + step * p[a], lower[i]), upper[i])
        }
        if (blocking >= 0) {
          x[blocking] =
            Math.abs(x[blocking] - lower[blocking]) < Math.abs(x[blocking] - upper[blocking])
              ? lower[blocking]
              : upper[blocking]
          if (step > 0) barred.fill(0)
          else barred[blocking] = 1
          hold()
          continue
        }
        slope()
      }
      // The minimiser of the face: its multipliers have their signs, or the worst is let go.
      let shared = 0
      if (sum) for (let a = 0; a < count; a++) shared += gradient[free[a]] / count
      let worst = -RELEASE * size()
      let release = -1
      for (let i = 0; i < n; i++) {
        if (held[i] === 0 || barred[i] === 1 || lower[i] === upper[i]) continue
        const multiplier = -held[i] * (gradient[i] - shared)
        if (multiplier < worst) {
          worst = multiplier
          release = i
        }
      }
      if (release < 0 || patience-- === 0) break
      held[release] = 0
    }
    y.set(x)
  }
}
