import { allocate, exp, type KernelsOf, log, type Random } from '@opt/core'
import type { Attack } from './checks.ts'
import { attackKernels } from './kernels.ts'

/** How many numbers of a large attack the kernel takes at a time. */
const PART = 4096

/** Memory of the kernel, and the bounds of the rows that fit into it. */
export interface SignSteps {
  readonly rows: number
  readonly kernels: KernelsOf<readonly [typeof attackKernels]>
  readonly x: Float64Array
  readonly g: Float64Array
  readonly c: Float64Array
  readonly low: Float64Array
  readonly high: Float64Array
}

/** Allocates what {@link signSteps} works on. */
export function signWorkspace<T>({ rows: all, columns, lower, upper }: Attack<T>): SignSteps {
  const rows = Math.max(1, Math.min(all, Math.floor(PART / columns)))
  const n = rows * columns
  const work = allocate([attackKernels], (views) => ({
    x: views.f64(n),
    g: views.f64(n),
    c: views.f64(n),
    low: views.f64(n),
    high: views.f64(n),
  }))
  for (let i = 0; i < n; i += columns) {
    work.low.set(lower, i)
    work.high.set(upper, i)
  }
  return { rows, ...work }
}

/** {@link step} in the infinity norm where all features may be perturbed, with the same bits. */
function signSteps<T>(
  attack: Attack<T>,
  work: SignSteps,
  points: Float64Array,
  g: ArrayLike<number>,
  by: number,
): void {
  const { columns, centers, epsilon } = attack
  const { kernels, x, c, low, high } = work
  const gradient = g as Float64Array
  const part = work.rows * columns
  for (let start = 0; start < points.length; start += part) {
    const end = Math.min(points.length, start + part)
    x.set(points.subarray(start, end))
    work.g.set(ArrayBuffer.isView(g) ? gradient.subarray(start, end) : Array.prototype.slice.call(g, start, end))
    c.set(centers.subarray(start, end))
    kernels.signStep(end - start, x, work.g, c, low, high, by, epsilon)
    points.set(x.subarray(0, end - start), start)
  }
}

/**
 * Moves all points by a step along their gradients g that raises the loss (lowers it, if targeted), and projects them.
 * A gradient of 0 does not move its point.
 */
export function step<T>(attack: Attack<T>, points: Float64Array, g: ArrayLike<number>, stepSize: number): void {
  const { norm, sign, columns, features, signs: work } = attack
  const length = sign * stepSize
  if (work) {
    signSteps(attack, work, points, g, length)
    return
  }
  const direction = new Float64Array(columns)
  for (let row = 0; row < points.length; row += columns) {
    for (let k = 0; k < features.length; k++) direction[features[k]] = g[row + features[k]]
    if (norm === 'l2') normalize(direction)
    else signs(direction)
    for (let k = 0; k < features.length; k++) points[row + features[k]] += length * direction[features[k]]
  }
  project(attack, points)
}

/** Projects the points onto the balls around the inputs, then onto the box, which contains the inputs. */
export function project<T>(attack: Attack<T>, points: Float64Array): void {
  const { norm, columns, centers, epsilon, features } = attack
  const away = new Float64Array(columns)
  for (let row = 0; row < points.length; row += columns) {
    for (let k = 0; k < features.length; k++) {
      const at = row + features[k]
      away[features[k]] = points[at] - centers[at]
    }
    const outside = norm === 'linf' || normalize(away) > epsilon
    if (!outside) continue
    for (let k = 0; k < features.length; k++) {
      const move = away[features[k]]
      const at = row + features[k]
      points[at] = centers[at] + (norm === 'linf' ? Math.max(-epsilon, Math.min(epsilon, move)) : epsilon * move)
    }
  }
  clamp(attack, points)
}

function clamp<T>({ columns, lower, upper, features }: Attack<T>, points: Float64Array): void {
  for (let row = 0; row < points.length; row += columns)
    for (let k = 0; k < features.length; k++) {
      const j = features[k]
      points[row + j] = Math.max(lower[j], Math.min(upper[j], points[row + j]))
    }
}

/** Draws points uniformly from the balls, row by row, and projects them onto the box. */
export function randomStart<T>(attack: Attack<T>, points: Float64Array, random: Random): void {
  const { norm, columns, epsilon, features } = attack
  const direction = new Float64Array(columns)
  for (let row = 0; row < points.length; row += columns) {
    if (norm === 'linf') for (const j of features) points[row + j] += random.uniform(-epsilon, epsilon)
    else {
      for (const j of features) direction[j] = random.normal()
      normalize(direction)
      const radius = epsilon * exp(log(random.uniform()) / features.length)
      for (const j of features) points[row + j] += radius * direction[j]
    }
  }
  clamp(attack, points)
}

function signs(x: Float64Array): void {
  for (let j = 0; j < x.length; j++) x[j] = x[j] > 0 ? 1 : x[j] < 0 ? -1 : 0
}

/** Divides x by its Euclidean norm, unless that is 0, and returns the norm. Entries of any size keep their digits. */
function normalize(x: Float64Array): number {
  let largest = 0
  for (let j = 0; j < x.length; j++) largest = Math.max(largest, Math.abs(x[j]))
  if (largest === 0) return 0
  let sum = 0
  for (let j = 0; j < x.length; j++) {
    x[j] /= largest
    sum += x[j] * x[j]
  }
  const relative = Math.sqrt(sum)
  for (let j = 0; j < x.length; j++) x[j] /= relative
  return largest * relative
}
