import { blockTask, temperatureLogistic } from '../../dist/index.js'

// The same problem in each thread: nothing but numbers is sent.
const rows = (n, shift) =>
  Array.from({ length: n }, (_, i) => [((7 * i + shift) % 11) / 5 - 1, ((5 * i + shift) % 13) / 6 - 1, 1])
const examples = (n, shift) => ({
  inputs: rows(n, shift),
  labels: rows(n, shift).map(([a, b], i) => (a + b + ((i % 5) - 2) / 4 > 0 ? 1 : -1)),
})
export const problem = temperatureLogistic(examples(40, 1), examples(20, 3), [0.5, 1, 1.5, 2, 3], { l2: 0.1 })
export const step = blockTask(problem)
