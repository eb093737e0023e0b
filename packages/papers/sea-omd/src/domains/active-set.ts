import type { Triangle } from '../linear/triangle.ts'
import { largest, powerOfTwoNear } from '../linear/vectors.ts'
import { FreeColumns } from './free-columns.ts'

/** A slope counts as wrong beyond this times the size of what it is computed from. */
const RELEASE = 1e-13
/** More releases than this many times n happen only where rounding decides: the point then is the answer to working precision. */
const PATIENCE = 20

/**
 * Makes the metric projection onto lower <= x <= upper, where `sum` also keeps the sum of x as the Euclidean projection set it:
 * a primal active-set method on the strictly convex quadratic ||L (x - y)||^2, from the Euclidean projection.
 * A coordinate is held by its position at a bound, not by a tolerance; one is let go only at the minimiser of its face,
 * so every step goes down and none comes back.
 */
export function activeSet(
  lower: Float64Array,
  upper: Float64Array,
  sum: boolean,
): (y: Float64Array, euclidean: (y: Float64Array) => void, L: Triangle) => void {
  const n = lower.length
  const plan = () => ({
    columns: new FreeColumns(n),
    ...{ x: new Float64Array(n), e: new Float64Array(n), p: new Float64Array(n), barred: new Uint8Array(n) },
  })
  let space: ReturnType<typeof plan> | undefined

  return (y, euclidean, L) => {
    space ??= plan()
    const { columns, x, e, p, barred } = space
    const held = (i: number) => (x[i] <= lower[i] ? -1 : x[i] >= upper[i] ? 1 : 0)
    x.set(y)
    euclidean(x)
    // In units near the largest coordinate no difference and no step overflows.
    const unit = powerOfTwoNear(Math.max(largest(x), largest(y)))
    for (let i = 0; i < n; i++) e[i] = x[i] / unit - y[i] / unit
    columns.begin(L, e, sum)
    for (let i = 0; i < n; i++) if (held(i) !== 0) columns.hold(i)
    barred.fill(0)

    let patience = PATIENCE * n
    // Each turn holds a coordinate or lets one go: n + 2 PATIENCE n turns at most.
    for (let turn = 0; turn <= n + 2 * PATIENCE * n; turn++) {
      const { free } = columns
      columns.step(p)
      // A step of `unit` is the whole one.
      let step = unit
      let blocking = -1
      for (let a = 0; a < free.length; a++) {
        const i = free[a]
        const room = p[a] < 0 ? lower[i] - x[i] : upper[i] - x[i]
        if (p[a] !== 0 && room / p[a] < step) {
          step = Math.max(0, room / p[a])
          blocking = a
        }
      }
      for (let a = 0; a < free.length; a++) {
        const i = free[a]
        x[i] = Math.min(Math.max(x[i] + step * p[a], lower[i]), upper[i])
      }
      columns.take(step / unit)
      if (blocking >= 0) {
        const i = free[blocking]
        x[i] = p[blocking] < 0 ? lower[i] : upper[i]
        if (step > 0) barred.fill(0)
        else barred[i] = 1
        columns.hold(i)
        continue
      }
      // The minimiser of the face: its slopes have their signs, or the worst is let go.
      let [worst, release] = [0, -1]
      for (let i = 0; i < n; i++) {
        const side = held(i)
        if (side === 0 || barred[i] === 1 || lower[i] === upper[i] || columns.isFree(i)) continue
        const { slope, size } = columns.slope(i)
        if (-side * slope < Math.min(worst, -RELEASE * size)) {
          worst = -side * slope
          release = i
        }
      }
      if (release < 0 || patience-- === 0) break
      columns.letGo(release)
    }
    // What rounding left of the sum.
    euclidean(x)
    y.set(x)
  }
}
