import { matrixView } from '@opt/core'
import { golden } from '@opt/testing'
import { costNamed, flat, type GoldenCost, largestDifference } from './shared.ts'

interface Case extends GoldenCost {
  d: number
  x: number[][]
  y: number[][]
  matrix: number[][]
  weights: number[][]
  weightedGradient: number[][]
  pairCost: number[]
  pairGradient: number[][]
}

test.each(
  golden<Case[]>(import.meta.url, 'costs.json').map(
    (c) => [`${c.cost} ${JSON.stringify(c.parameters)}, d = ${c.d}`, c] as const,
  ),
)('the cost %s has the values and gradients of the reference', (_, c) => {
  const cost = costNamed(c)
  const [x, y] = [flat(c.x), flat(c.y)]
  const [n, m] = [c.x.length, c.y.length]
  const C = matrixView(new Float64Array(n * m), n, m)
  cost.matrix(x, y, c.d, C)
  expect(largestDifference(C.data, flat(c.matrix))).toBeLessThan(1e-12)
  const out = new Float64Array(y.length)
  cost.weightedGradient(x, y, c.d, matrixView(flat(c.weights), n, m), 1, out)
  expect(largestDifference(out, flat(c.weightedGradient))).toBeLessThan(1e-12)
  const pairs = new Float64Array(m)
  cost.pairs(x, y, c.d, pairs)
  expect(largestDifference(pairs, c.pairCost)).toBeLessThan(1e-12)
  const gradient = new Float64Array(y.length)
  cost.pairGradient(x, y, c.d, new Float64Array(m).fill(1), gradient)
  expect(largestDifference(gradient, flat(c.pairGradient))).toBeLessThan(1e-12)
})
