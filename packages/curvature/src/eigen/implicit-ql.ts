/** Unit roundoff, 2^-53. */
const EPSILON = 1.1102230246251565e-16
/** 2^-511: its square is the smallest normal number. */
const NEGLIGIBLE = 1.4916681462400413e-154
/** LAPACK's bound on the sweeps for each eigenvalue. */
const SWEEPS = 30

/**
 * Rotations of one sweep: in descending order of k, rotation k acts on the rows (or entries)
 * `start + k direction` and `start + (k + 1) direction` of the transposed eigenvectors.
 */
export type Sweep = (start: number, count: number, direction: 1 | -1) => void

/** Cosines and sines of the rotations of a sweep. */
export interface Rotations {
  readonly c: Float64Array
  readonly s: Float64Array
}

/**
 * Diagonalises a symmetric tridiagonal matrix by the implicit QL method with Wilkinson's shift, or its
 * mirror image QR where the matrix is graded the other way (Dubrulle 1970; LAPACK's dsteqr).
 *
 * @param d diagonal, n entries; on return the eigenvalues, unordered.
 * @param e off-diagonal, at least n - 1 entries; overwritten.
 * @param rotations memory for n each.
 * @param sweep is called after each sweep.
 */
export function implicitQL(d: Float64Array, e: Float64Array, rotations: Rotations, sweep: Sweep = () => {}): void {
  const n = d.length
  for (let first = 0; first < n; ) {
    let last = first
    while (last + 1 < n && !negligible(d, e, last)) last++
    if (last + 1 < n) e[last] = 0
    if (last > first) solveBlock(d, e, first, last, rotations, sweep)
    first = last + 1
  }
}

/** Whether the entry e[i] between d[i] and d[i + 1] does not count. */
function negligible(d: Float64Array, e: Float64Array, i: number, least = 0): boolean {
  return Math.abs(e[i]) <= EPSILON * Math.sqrt(Math.abs(d[i])) * Math.sqrt(Math.abs(d[i + 1])) + least
}

function solveBlock(
  d: Float64Array,
  e: Float64Array,
  first: number,
  last: number,
  rotations: Rotations,
  sweep: Sweep,
): void {
  let peak = Math.abs(d[last])
  for (let i = first; i < last; i++) peak = Math.max(peak, Math.abs(d[i]), Math.abs(e[i]))
  const scale = powerOfTwo(peak)
  for (let i = first; i <= last; i++) d[i] /= scale
  for (let i = first; i < last; i++) e[i] /= scale

  let budget = SWEEPS * (last - first + 1)
  let low = first
  let end = -1
  let direction: 1 | -1 = 1
  while (low <= last) {
    // The lowest unreduced block is [low, end]; each keeps its direction, towards its smaller end.
    const before = end
    end = low
    while (end < last && !negligible(d, e, end, NEGLIGIBLE)) end++
    if (end < last) e[end] = 0
    if (end === low) {
      low++
      end = -1
      continue
    }
    if (budget-- === 0) throw new Error('the QL method did not converge')
    if (end !== before) direction = Math.abs(d[end]) < Math.abs(d[low]) ? -1 : 1
    const start = direction > 0 ? low : end
    qlSweep(d, e, start, direction, end - low, rotations)
    sweep(start, end - low, direction)
  }
  for (let i = first; i <= last; i++) d[i] *= scale
}

/** Chases the bulge of one shifted QL step over a block of count + 1 rows from `start` in a direction. */
function qlSweep(
  d: Float64Array,
  e: Float64Array,
  start: number,
  direction: 1 | -1,
  count: number,
  { c, s }: Rotations,
): void {
  /** Entry k of the block's diagonal stands at start + k direction, entry k of its off-diagonal at between + k direction. */
  const between = direction > 0 ? start : start - 1
  const p0 = d[start]
  const e0 = e[between]
  const ratio = (d[start + direction] - p0) / (2 * e0)
  // Beyond 1e8 the 1 under the root is below rounding, and the square might overflow.
  const root = Math.abs(ratio) > 1e8 ? Math.abs(ratio) : Math.sqrt(ratio * ratio + 1)
  let g = d[start + count * direction] - p0 + e0 / (ratio + (ratio < 0 ? -root : root))
  let [sine, cosine, p] = [1, 1, 0]
  for (let k = count - 1; k >= 0; k--) {
    const at = start + k * direction
    const f = sine * e[between + k * direction]
    const b = cosine * e[between + k * direction]
    // The rotation that makes (g, f) into (r, 0), without overflow.
    let r: number
    if (f === 0) {
      cosine = 1
      sine = 0
      r = g
    } else if (Math.abs(f) > Math.abs(g)) {
      const t = g / f
      const u = Math.sqrt(1 + t * t)
      sine = 1 / u
      cosine = t * sine
      r = f * u
    } else {
      const t = f / g
      const u = Math.sqrt(1 + t * t)
      cosine = 1 / u
      sine = t * cosine
      r = g * u
    }
    if (k + 1 < count) e[between + (k + 1) * direction] = r
    g = d[at + direction] - p
    r = (d[at] - g) * sine + 2 * cosine * b
    p = sine * r
    d[at + direction] = g + p
    g = cosine * r - b
    c[k] = cosine
    s[k] = sine
  }
  d[start] -= p
  e[between] = g
}

const STEP = 18446744073709552000

/** A power of two (of 2^64) within 2^64 of a size, 1 for sizes between 1e-19 and 1e19 and for 0: dividing by it is exact. */
export function powerOfTwo(size: number): number {
  let scale = 1
  while (size / scale > STEP) scale *= STEP
  while (size > 0 && size / scale < 1 / STEP) scale /= STEP
  return scale
}
