import { digest } from '@opt/testing'
import { linearMdpFtrl } from '../src/index.ts'

test('the bits of all answers are the same in every engine', () => {
  const bits = digest((say) => say(linearMdpFtrl((x) => [x[0] - 1, 3 * x[1]], [0.1, 0.2], { maxIterations: 30 }).x))
  expect(bits).toBe('94b0d1cbacdaa147')
})
