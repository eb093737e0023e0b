import { legendreNode, type MatrixLike, matrix, number, options, refuse, type VectorLike, vector } from '@opt/core'
import { power } from '../grid/basis.ts'

/** A quadrature rule on the unit box: n points (n x d) and n positive weights; or the nodes an axis of Gauss-Legendre. */
export type Rule = number | { points: MatrixLike; weights: VectorLike }

/** A checked rule: one array of coordinates an axis. */
export interface Quadrature {
  n: number
  x: Float64Array[]
  weights: Float64Array
}

const MOST_POINTS = 4_000_000

/**
 * Returns the nodes and weights of Gauss and Legendre on [0, 1], exact for polynomials of degree 2 q - 1.
 *
 * @throws TypeError or RangeError when q is not an integer from 1 to 10,000.
 */
export function gaussLegendre(q: number): { nodes: Float64Array; weights: Float64Array } {
  number(q, 'gaussLegendre: q', { integer: true, min: 1, max: 10_000 })
  const [nodes, weights] = [new Float64Array(q), new Float64Array(q)]
  for (let k = 0; k < (q + 1) >> 1; k++) {
    const { node, weight } = legendreNode(q, k)
    const x = 2 * k + 1 === q ? 0 : node
    nodes[k] = 0.5 * (1 - x)
    nodes[q - 1 - k] = 0.5 * (1 + x)
    weights[k] = weights[q - 1 - k] = weight / 2
  }
  return { nodes, weights }
}

/** Returns the product rule with so many nodes an axis; the first axis is the slowest. */
export function productRule(q: number, d: number): Quadrature {
  const { nodes, weights } = gaussLegendre(q)
  const n = power(q, d)
  if (n > MOST_POINTS) refuse('rule', `such that nodes^${d} <= ${MOST_POINTS}`, `${q}`)
  const place = (i: number, axis: number) => Math.floor(i / power(q, d - 1 - axis)) % q
  return {
    n,
    x: Array.from({ length: d }, (_, j) => Float64Array.from({ length: n }, (_, i) => nodes[place(i, j)])),
    weights: Float64Array.from({ length: n }, (_, i) => {
      let product = 1
      for (let j = 0; j < d; j++) product *= weights[place(i, j)]
      return product
    }),
  }
}

/** The default nodes an axis for d = 1, 2, 3. */
export const NODES: readonly number[] = [64, 32, 14]

/** Checks a rule, or makes the default one: 64, 32, 14 nodes an axis for d = 1, 2, 3. */
export function quadrature(rule: Rule | undefined, d: number, label: string): Quadrature {
  if (rule === undefined) {
    if (d > NODES.length) refuse(label, `given for d > ${NODES.length}: { points, weights }`, 'undefined')
    return productRule(NODES[d - 1], d)
  }
  if (typeof rule === 'number') {
    number(rule, label, { integer: true, min: 1, max: 10_000 })
    return productRule(rule, d)
  }
  const { points, weights } = options(rule, label, ['points', 'weights'])
  const at = places(points, d, `${label}.points`)
  for (const xj of at.x)
    for (let i = 0; i < at.n; i++)
      if (xj[i] < 0 || xj[i] > 1) refuse(`${label}.points[${i}]`, 'in the unit box', `${xj[i]}`)
  return { ...at, weights: vector(weights, `${label}.weights`, { length: at.n, sign: 'positive' }) }
}

/** Returns points as a rule without weights. */
export function places(points: MatrixLike, d: number, label = 'points'): Pick<Quadrature, 'n' | 'x'> {
  const { data, shape } = matrix(points, label, { columns: d })
  const n = shape[0]
  return { n, x: Array.from({ length: d }, (_, j) => Float64Array.from({ length: n }, (_, i) => data[i * d + j])) }
}
