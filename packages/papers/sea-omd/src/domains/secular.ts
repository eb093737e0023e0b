import { allocate, gemmScratch, solveScratch } from '@opt/core'
import { addRow, multiplyTriangle, solveTransposed, solveTriangle, type Triangle } from '../linear/triangle.ts'
import { direction, distance, inner, largest } from '../linear/vectors.ts'

const NEWTON_STEPS = 100
/** The smallest radius, relative to the distance of the point: below it only the direction in which z vanishes matters. */
const SMALLEST = 1e-100
/** Up to this ratio of the entries of L the product L'L loses nothing that matters, and its Cholesky factor is faster. */
const EVEN = 1e4

/**
 * Makes the metric projection of points outside a ball. For a point y, z = x - center solves (L'L + mu I) z = L'L (y - center) for the
 * mu > 0 at which ||z|| = radius. Newton's method on 1/||z|| - 1/radius rises from mu = 0 without passing it (More and Sorensen, 1983).
 */
export function secular(center: Float64Array, radius: number): (y: Float64Array, L: Triangle) => void {
  const n = center.length
  const allocateScratch = () =>
    allocate((views) => ({
      S: views.matrix(n, n),
      T: views.matrix(n, n),
      H: views.matrix(n, n),
      b: views.f64(n),
      z: views.f64(n),
      w: views.f64(n),
      row: views.f64(n),
      work: views.f64(Math.max(gemmScratch(n, n, n), solveScratch(n, n))),
    }))
  let scratch: ReturnType<typeof allocateScratch> | undefined
  const zero = new Float64Array(n)
  const norm = (x: Float64Array) => distance(x, zero)

  return (y, L) => {
    scratch ??= allocateScratch()
    const { S, T, H, b, z, w, row, work, kernels } = scratch
    // The answer depends neither on the scale of the metric nor, apart from the radius, on that of the distance.
    let [top, least] = [0, Infinity]
    for (let i = 0; i < n; i++) {
      least = Math.min(least, Math.abs(L.data[i * L.stride + i]))
      for (let j = 0; j <= i; j++) top = Math.max(top, Math.abs(L.data[i * L.stride + j]))
    }
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) S.data[i * S.stride + j] = L.data[i * L.stride + j] / top
    const half = direction(y, center, z)
    const away = Math.sqrt(inner(z, z))
    for (let i = 0; i < n; i++) z[i] /= away
    const r = Math.max(radius / 2 / half / away, SMALLEST)
    const even = top <= EVEN * least
    b.set(z)
    multiplyTriangle(S, b)
    if (even) {
      H.data.fill(0)
      kernels.syrk(n, n, 1, S.data, 1, S.stride, H.data, H.stride, work)
      // S'(S z)
      row.fill(0)
      kernels.gemvT(n, n, S.data, S.stride, b, row)
      b.set(row)
    }

    /** Writes the z of this mu, and w with ||w||^2 = z'(H + mu I)^-1 z. */
    const solveAt = (mu: number) => {
      if (even) {
        T.data.set(H.data)
        for (let i = 0; i < n; i++) T.data[i * T.stride + i] += mu
        kernels.potrf(n, T.data, T.stride, work)
        z.set(b)
        kernels.trsv(n, T.data, T.stride, z)
        kernels.trsvT(n, T.data, T.stride, z)
        w.set(z)
        kernels.trsv(n, T.data, T.stride, w)
        return
      }
      // Least squares of [S; sqrt(mu) I] z against [b; 0], row by row.
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

    w.set(z)
    solveTransposed(S, w)
    let mu = 0
    let length = 1
    for (let k = 0; k < NEWTON_STEPS && length > r * (1 + 2e-15); k++) {
      const ratio = length / norm(w)
      const next = mu + ratio * ratio * ((length - r) / r)
      if (!(next > mu && next < Infinity)) break
      mu = next
      solveAt(mu)
      length = norm(z)
    }
    const scale = largest(z)
    for (let i = 0; i < n; i++) z[i] /= scale
    const back = radius / Math.sqrt(inner(z, z))
    for (let i = 0; i < n; i++) y[i] = center[i] + back * z[i]
  }
}
