import { refuse, show, vector } from '@opt/core'
import { hypot } from '../linear/triangle.ts'
import { checkDomain, type Domain, domainOf } from './domain.ts'

/**
 * The product of domains: the first entries of x belong to the first, the next to the second, and so on. Metric
 * projections do not split into blocks and are refused, so the Newton learners do not run on it.
 *
 * @throws TypeError when a part is not a domain, RangeError when there is none.
 */
export function product(parts: readonly Domain[]): Domain {
  if (!Array.isArray(parts)) refuse('product: parts', 'an array of domains', show(parts), 'type')
  if (parts.length === 0) refuse('product: parts', 'nonempty', 'length 0')
  parts.forEach((part, k) => checkDomain(part, `product: parts[${k}]`))
  const center = Float64Array.from(
    parts.flatMap((part, k) => [...vector(part.center(), `product: parts[${k}].center()`, { length: part.dimension })]),
  )
  const scratch = parts.map((part) => new Float64Array(part.dimension))
  /** Calls `work` with each part and a copy of its block, which it writes back; stops at the first false. */
  const eachBlock = (y: Float64Array, work: (part: Domain, block: Float64Array) => boolean): boolean => {
    let at = 0
    for (let k = 0; k < parts.length; k++) {
      const block = scratch[k]
      for (let i = 0; i < block.length; i++) block[i] = y[at + i]
      if (!work(parts[k], block)) return false
      for (let i = 0; i < block.length; i++) y[at + i] = block[i]
      at += block.length
    }
    return true
  }
  const project = (part: Domain, block: Float64Array) => {
    part.projectInPlace(block)
    return true
  }
  const inside = (part: Domain, block: Float64Array) => part.isInside(block)
  return domainOf({
    kind: 'product',
    diameter: parts.reduce((length, { diameter }) => hypot(length, diameter), 0),
    center,
    // Parts only know whether a point is within a tolerance; the distance to the projection bounds
    // how far a constraint is broken.
    excess: (x) => {
      const y = x.slice()
      eachBlock(y, project)
      return y.reduce((worst, v, i) => Math.max(worst, Math.abs(v - x[i])), 0)
    },
    isInside: (y) => eachBlock(y, inside),
    projectInPlace: (y) => void eachBlock(y, project),
    projectMetricInPlace: () =>
      refuse('product.projectMetric: domain', 'a ball, box or simplex (a metric couples the parts)', 'a product'),
  })
}
