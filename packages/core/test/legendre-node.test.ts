import { digest } from '@opt/testing'
import { legendreNode } from '../src/index.ts'

test('n nodes of Gauss and Legendre integrate powers up to 2 n - 1', () => {
  for (const n of [1, 2, 3, 8, 31]) {
    const rule = Array.from({ length: n }, (_, k) => legendreNode(n, k))
    for (let power = 0; power < 2 * n; power++) {
      const integral = rule.reduce((sum, { node, weight }) => sum + weight * node ** power, 0)
      expect(integral).toBeCloseTo(power % 2 === 0 ? 2 / (power + 1) : 0, 13)
    }
  }
  expect(legendreNode(2, 0).node).toBeCloseTo(1 / Math.sqrt(3), 15)
  expect(() => legendreNode(3, 3)).toThrow('legendreNode: k must be an integer between 0 and 2, got 3')
})

test('its bits', () => {
  expect(digest((say) => say([0, 7, 199, 399].map((k) => legendreNode(400, k))))).toBe('8bda45da5d194860')
})
