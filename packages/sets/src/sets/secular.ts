import { allocate, gemmScratch, type MatrixView, matrixKernels, solveScratch, transpose } from '@opt/core'
import { addRow, multiplyTriangle, solveTransposed, solveTriangle, type Triangle } from '../linear/triangle.ts'
import { direction, distance, inner, largest } from '../linear/vectors.ts'

const NEWTON_STEPS = 100
/**
 * The smallest radius, relative to the distance of the point: below it only the direction in which
 * z vanishes matters.
 */
const SMALLEST = 1e-100
/**
 * Up to this ratio of the entries of L the product L'L loses nothing that matters, and its Cholesky
 * factor is faster.
 */
const EVEN = 1e4

/**
 * Makes the metric projection of points outside a ball. For a point y, z = x - center solves (L'L +
 * mu I) z = L'L (y - center) for the mu > 0 at which ||z|| = radius. Newton's method on 1/||z|| -
 * 1/radius rises from mu = 0 without passing it (More and Sorensen, 1983).
 */
export function secular(center: Float64Array, radius: number): (y: Float64Array, L: Triangle) => void {
  const n = center.length
  const zero = new Float64Array(n)
  const norm = (x: Float64Array) => distance(x, zero)
  let equation: SecularEquation | undefined

  return (y, L) => {
    equation ??= new SecularEquation(n)
    const { z, w } = equation
    const half = direction(y, center, z)
    const away = Math.sqrt(inner(z, z))
    for (let i = 0; i < n; i++) z[i] /= away
    const r = Math.max(radius / 2 / half / away, SMALLEST)
    equation.begin(L)
    let mu = 0
    let length = 1
    for (let k = 0; k < NEWTON_STEPS && length > r * (1 + 2e-15); k++) {
      const ratio = length / norm(w)
      const next = mu + ratio * ratio * ((length - r) / r)
      if (!(next > mu && next < Infinity)) break
      mu = next
      equation.solve(mu)
      length = norm(z)
    }
    const scale = largest(z)
    for (let i = 0; i < n; i++) z[i] /= scale
    const back = radius / Math.sqrt(inner(z, z))
    for (let i = 0; i < n; i++) y[i] = center[i] + back * z[i]
  }
}

const viewsOf = (n: number) =>
  allocate([matrixKernels], (views) => ({
    z: views.f64(n),
    w: views.f64(n),
    /** L, scaled to entries of size at most 1: neither z nor w changes direction with its scale. */
    S: views.matrix(n, n),
    H: views.matrix(n, n),
    /** A triangular factor of H + mu I. */
    T: views.matrix(n, n),
    /** S d, or H d where the entries are even. */
    b: views.f64(n),
    row: views.f64(n),
    work: views.f64(Math.max(gemmScratch(n, n, n), solveScratch(n, n))),
  }))

/**
 * The z of each mu in (H + mu I) z = H d, H = S'S, and the w with ||w||^2 = z'(H + mu I)^-1 z of
 * Newton's method.
 */
class SecularEquation {
  readonly #views: ReturnType<typeof viewsOf>
  readonly #transposed: MatrixView
  #even = false

  constructor(n: number) {
    this.#views = viewsOf(n)
    this.#transposed = transpose(this.#views.S)
  }

  get z(): Float64Array {
    return this.#views.z
  }

  get w(): Float64Array {
    return this.#views.w
  }

  /** Reads a metric, and d from z; writes the w of mu = 0. */
  begin({ data, stride }: Triangle): void {
    const { S, H, b, z, w, row, work, kernels } = this.#views
    let [top, least] = [0, Infinity]
    for (let i = 0; i < z.length; i++) {
      least = Math.min(least, Math.abs(data[i * stride + i]))
      for (let j = 0; j <= i; j++) top = Math.max(top, Math.abs(data[i * stride + j]))
    }
    for (let i = 0; i < z.length; i++)
      for (let j = 0; j <= i; j++) S.data[i * S.stride + j] = data[i * stride + j] / top
    this.#even = top <= EVEN * least
    b.set(z)
    multiplyTriangle(S, b)
    if (this.#even) {
      H.data.fill(0)
      kernels.syrk(1, this.#transposed, H, work)
      row.fill(0)
      kernels.gemvT(S, b, row)
      b.set(row)
    }
    w.set(z)
    solveTransposed(S, w)
  }

  /** Writes the z and w of a mu. */
  solve(mu: number): void {
    if (this.#even) this.#solveByCholesky(mu)
    else this.#solveByRotations(mu)
  }

  #solveByCholesky(mu: number): void {
    const { T, H, b, z, w, work, kernels } = this.#views
    T.data.set(H.data)
    for (let i = 0; i < z.length; i++) T.data[i * T.stride + i] += mu
    kernels.potrf(T, work)
    z.set(b)
    kernels.trsv(T, z)
    kernels.trsvT(T, z)
    w.set(z)
    kernels.trsv(T, w)
  }

  /** Least squares of [S; sqrt(mu) I] z against [S d; 0], row by row. */
  #solveByRotations(mu: number): void {
    const { S, T, b, z, w, row } = this.#views
    const n = z.length
    T.data.fill(0)
    z.fill(0)
    for (let i = 0; i < n; i++) T.data[i * T.stride + i] = Math.sqrt(mu)
    for (let i = 0; i < n; i++) {
      row.set(S.data.subarray(i * S.stride, i * S.stride + n))
      addRow(T, row, z, b[i])
    }
    solveTriangle(T, z)
    w.set(z)
    solveTransposed(T, w)
  }
}
