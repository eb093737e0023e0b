import type { Triangle } from '../linear/triangle.ts'
import { largest, powerOfTwoNear } from '../linear/vectors.ts'
import { FreeColumns } from './free-columns.ts'

/** A slope counts as wrong beyond this times the size of the terms it is the sum of. */
const RELEASE = 1e-13
/**
 * More releases than this times n happen only where rounding decides: the point is then the answer
 * to working precision.
 */
const MOST_RELEASES = 20

/**
 * Makes the metric projection onto lower <= x <= upper; with `sum`, the sum of x stays as the
 * Euclidean projection set it. It is a primal active-set method on the strictly convex quadratic
 * ||L (x - y)||^2, from the Euclidean projection. A coordinate is held if it is exactly at a bound;
 * one is released only at the minimiser of its face, so every step decreases the quadratic and no
 * face comes back.
 */
export function activeSet(
  lower: Float64Array,
  upper: Float64Array,
  sum: boolean,
): (y: Float64Array, euclidean: (y: Float64Array) => void, L: Triangle) => void {
  const n = lower.length
  const allocateScratch = () => ({
    columns: new FreeColumns(n),
    x: new Float64Array(n),
    e: new Float64Array(n),
    p: new Float64Array(n),
    barred: new Uint8Array(n),
  })
  let scratch: ReturnType<typeof allocateScratch> | undefined

  return (y, euclidean, L) => {
    scratch ??= allocateScratch()
    const { columns, x, e, p, barred } = scratch
    /** The bound that x_i is at: -1 the lower, 1 the upper, 0 none. */
    const sideOf = (i: number) => (x[i] <= lower[i] ? -1 : x[i] >= upper[i] ? 1 : 0)
    x.set(y)
    euclidean(x)
    // In units near the largest coordinate no difference and no step overflows.
    const unit = powerOfTwoNear(Math.max(largest(x), largest(y)))
    for (let i = 0; i < n; i++) e[i] = x[i] / unit - y[i] / unit
    columns.begin(L, e, sum)
    for (let i = 0; i < n; i++) if (sideOf(i) !== 0) columns.hold(i)
    barred.fill(0)

    let releases = 0
    // Each turn holds a coordinate or releases one.
    for (let turn = 0; turn <= n + 2 * MOST_RELEASES * n; turn++) {
      const { free } = columns
      columns.step(p)
      // A step of `unit` is the whole one.
      let step = unit
      let blocking = -1
      for (let a = 0; a < free.length; a++) {
        const i = free[a]
        const gap = p[a] < 0 ? lower[i] - x[i] : upper[i] - x[i]
        if (p[a] !== 0 && gap / p[a] < step) {
          step = Math.max(0, gap / p[a])
          blocking = a
        }
      }
      for (let a = 0; a < free.length; a++) {
        const i = free[a]
        x[i] = Math.min(Math.max(x[i] + step * p[a], lower[i]), upper[i])
      }
      columns.advance(step / unit)
      if (blocking >= 0) {
        const i = free[blocking]
        x[i] = p[blocking] < 0 ? lower[i] : upper[i]
        if (step > 0) barred.fill(0)
        else barred[i] = 1
        columns.hold(i)
        continue
      }
      // The minimiser of the face: the slopes have the right signs, or the worst coordinate is released.
      let [worst, release] = [0, -1]
      for (let i = 0; i < n; i++) {
        const side = sideOf(i)
        if (side === 0 || barred[i] === 1 || lower[i] === upper[i] || columns.isFree(i)) continue
        const { slope, size } = columns.slope(i)
        if (-side * slope < Math.min(worst, -RELEASE * size)) {
          worst = -side * slope
          release = i
        }
      }
      if (release < 0 || releases++ === MOST_RELEASES * n) break
      columns.release(release)
    }
    // Restores the sum, which rounding has moved.
    euclidean(x)
    y.set(x)
  }
}
