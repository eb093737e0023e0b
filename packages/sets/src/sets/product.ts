import { number, refuse, show, vector } from '@opt/core'
import { hypot } from '../linear/triangle.ts'
import { type ConvexSet, checkSet, convexSet, finiteDiameter } from './convex-set.ts'

/**
 * The product of sets: the first entries of x belong to the first, the next to the second, and so
 * on. Metric projections do not split into blocks and are refused.
 *
 * @throws TypeError when a part is not a convex set, RangeError when there is none.
 */
export function product(parts: readonly ConvexSet[]): ConvexSet {
  if (!Array.isArray(parts)) refuse('product: parts', 'an array of convex sets', show(parts), 'type')
  if (parts.length === 0) refuse('product: parts', 'nonempty', 'length 0')
  parts.forEach((part, k) => checkSet(part, `product: parts[${k}]`))
  const center = Float64Array.from(
    parts.flatMap((part, k) => [...vector(part.center(), `product: parts[${k}].center()`, { length: part.dimension })]),
  )
  const scratch = parts.map((part) => new Float64Array(part.dimension))
  /**
   * Calls `work` with each part and a copy of its block, which it writes back; stops at the first
   * false.
   */
  const eachBlock = (y: Float64Array, work: (part: ConvexSet, block: Float64Array, k: number) => boolean): boolean => {
    let at = 0
    for (let k = 0; k < parts.length; k++) {
      const block = scratch[k]
      for (let i = 0; i < block.length; i++) block[i] = y[at + i]
      if (!work(parts[k], block, k)) return false
      for (let i = 0; i < block.length; i++) y[at + i] = block[i]
      at += block.length
    }
    return true
  }
  const project = (part: ConvexSet, block: Float64Array) => {
    part.projectInPlace(block)
    return true
  }
  const inside = (part: ConvexSet, block: Float64Array) => part.isInside(block)
  const diameter = () => parts.reduce((length, part) => hypot(length, part.diameter), 0)
  return convexSet({
    kind: 'product',
    diameter: parts.some((part) => part.diameter === Infinity) ? Infinity : finiteDiameter(diameter(), 'product'),
    center,
    // Parts only know whether a point is within a tolerance; the distance to the projection bounds
    // how far a constraint is broken.
    excess: (x) => {
      const y = x.slice()
      eachBlock(y, project)
      return y.reduce((worst, v, i) => Math.max(worst, Math.abs(v - x[i])), 0)
    },
    supportAt: (g, unit) => {
      let sum = 0
      eachBlock(
        g.map((v) => v / unit),
        (part, block, k) => {
          const value = part.support(block)
          sum += value === Infinity ? value : number(value, `product: parts[${k}].support(g)`)
          return true
        },
      )
      return sum
    },
    isInside: (y) => eachBlock(y, inside),
    projectInPlace: (y) => void eachBlock(y, project),
    projectMetricInPlace: () => refuse('product.projectMetric: set', 'one with a metric projection', 'a product'),
  })
}
