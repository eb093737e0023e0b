import { allocate, number, refuse, solveScratch, type VectorLike, vectorCopy } from '@opt/core'
import { type Domain, domainOf } from './domain.ts'
import { factor } from './factor.ts'
import { inner, LONG, squaredDistance, symmetricProduct, VectorSpace } from './vectors.ts'

/** Options of {@link ball}: a centre says the dimension too. */
export interface BallOptions {
  dimension?: number
  /** Default 1. */
  radius?: number
  /** Default: the origin. */
  center?: VectorLike
}

const NEWTON_STEPS = 60

/**
 * The Euclidean ball ||x - center|| <= radius; its diameter is twice the radius.
 *
 * @throws RangeError when the radius is not positive, or neither dimension nor centre is given.
 */
export function ball({ dimension, radius = 1, center }: BallOptions): Domain {
  number(radius, 'ball: radius', { positive: true })
  if (dimension === undefined && center === undefined)
    refuse('ball: dimension', 'given when center is not', 'undefined')
  if (dimension !== undefined) number(dimension, 'ball: dimension', { integer: true, min: 1 })
  const c = center
    ? vectorCopy(center, 'ball: center', dimension === undefined ? {} : { length: dimension })
    : new Float64Array(dimension!)
  const space = new VectorSpace(c.length, 3)
  const [middle, away, edge] = [space.copy(c), space.zeros(), space.zeros()]
  const metricProjection = secular(c, radius)
  return domainOf({
    kind: 'ball',
    diameter: 2 * radius,
    center: c,
    excess: (x) => Math.sqrt(squaredDistance(x, c)) - radius,
    isInside: (y) => squaredDistance(y, c) <= radius * radius,
    projectInPlace(y) {
      if (y.length < LONG) return projectShort(y, c, radius)
      away.set(y)
      space.descend(away, 1, middle, away)
      const square = space.inner(away, away)
      if (square <= radius * radius) return
      space.descend(middle, -radius / Math.sqrt(square), away, edge)
      y.set(edge)
    },
    projectMetricInPlace(y, H, stride) {
      if (squaredDistance(y, c) > radius * radius) metricProjection(y, H, stride)
    },
  })
}

function projectShort(y: Float64Array, c: Float64Array, radius: number): void {
  const square = squaredDistance(y, c)
  if (square <= radius * radius) return
  const scale = radius / Math.sqrt(square)
  for (let i = 0; i < y.length; i++) y[i] = c[i] + scale * (y[i] - c[i])
}

/**
 * The metric projection of an outer point: z = x - center solves (H + mu I) z = H(y - center) for the mu > 0 at which ||z|| = radius.
 * Newton on 1/||z|| - 1/radius from mu = 0 climbs to it without ever passing (More and Sorensen, 1983).
 */
function secular(center: Float64Array, radius: number): (y: Float64Array, H: Float64Array, stride: number) => void {
  const n = center.length
  const plan = () =>
    allocate((ws) => ({
      L: ws.matrix(n, n),
      ...{ b: ws.f64(n), z: ws.f64(n), w: ws.f64(n), work: ws.f64(solveScratch(n, n)) },
    }))
  let space: ReturnType<typeof plan> | undefined
  return (y, H, stride) => {
    space ??= plan()
    const { L, b, z, w, work, kernels } = space
    for (let i = 0; i < n; i++) z[i] = y[i] - center[i]
    symmetricProduct(H, stride, z, b)
    let mu = 0
    for (let k = 0; k < NEWTON_STEPS; k++) {
      factor(kernels, n, H, stride, mu, L, work)
      z.set(b)
      kernels.trsv(n, L.data, L.stride, z)
      kernels.trsvT(n, L.data, L.stride, z)
      const length = Math.sqrt(inner(z, z))
      if (length <= radius * (1 + 2e-15)) break
      w.set(z)
      kernels.trsv(n, L.data, L.stride, w)
      const next = mu + ((length * length) / inner(w, w)) * ((length - radius) / radius)
      if (!(next > mu)) break
      mu = next
    }
    const scale = radius / Math.sqrt(inner(z, z))
    for (let i = 0; i < n; i++) y[i] = center[i] + scale * z[i]
  }
}
