// The problem of the second table, which each thread makes for itself: 8 models of 400 features on 5000 rows.

import { random } from '@opt/core'
import { blockTask, temperatureLogistic } from '@opt/mbbo'

export const [MODELS, ROWS, FEATURES] = [8, 5000, 400]
const rng = random(1)
const draw = (n) => {
  const inputs = Array.from({ length: n }, () =>
    Float64Array.from({ length: FEATURES }, () => rng.normal() / Math.sqrt(FEATURES)),
  )
  return { inputs, labels: inputs.map((row) => (row[0] + row[1] + 0.02 * rng.normal() > 0 ? 1 : -1)) }
}
const temperatures = Array.from({ length: MODELS }, (_, i) => 0.3 + 0.1 * i)
export const problem = temperatureLogistic(draw(ROWS), draw(ROWS), temperatures, { l2: 0.01 })
export const step = blockTask(problem)

/** Arithmetic alone, some milliseconds of it: how much faster two threads are at best, on this machine at this time. */
export const spin = (seed) => {
  let x = seed
  for (let i = 0; i < 4e6; i++) x = (x * 16807) % 2147483647
  return x
}
