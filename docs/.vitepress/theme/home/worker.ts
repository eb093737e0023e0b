// Solves the transports of the moving picture, one at each request.
import { random } from '@opt/core'
import { pairwiseCost, scaled, sinkhornNewton } from '@opt/sinkhorn-sns'
import { clouds } from './shapes.ts'

export interface Leg {
  from: string
  to: string
  /** The place of each point, and the mean target of its mass. */
  start: Float64Array
  end: Float64Array
  iterations: number
  milliseconds: number
}

const COUNT = 420
const EPSILON = 1 / 10_000
const all = clouds(COUNT, random(8))

const asRows = (points: Float64Array) => Array.from({ length: COUNT }, (_, i) => [points[2 * i]!, points[2 * i + 1]!])

/** Moves points in place to the plan's mean targets, where the next transport starts. */
function leg(k: number, start: Float64Array): Leg {
  const source = all[k % all.length]!
  const target = all[(k + 1) % all.length]!
  const began = performance.now()
  const cost = scaled(pairwiseCost(asRows(start), asRows(target.points), 'sqeuclidean'))
  const masses = new Float64Array(COUNT).fill(1 / COUNT)
  const { planRow, iterations } = sinkhornNewton(cost, masses, masses, { epsilon: EPSILON, tolerance: 1e-8 })
  const milliseconds = performance.now() - began
  const end = new Float64Array(2 * COUNT)
  for (let i = 0; i < COUNT; i++) {
    const row = planRow(i)
    for (let j = 0; j < COUNT; j++) {
      end[2 * i]! += COUNT * row[j]! * target.points[2 * j]!
      end[2 * i + 1]! += COUNT * row[j]! * target.points[2 * j + 1]!
    }
  }
  return { from: source.name, to: target.name, start, end, iterations, milliseconds }
}

let at = 0
let points = all[0]!.points
self.onmessage = () => {
  const answer = leg(at++, points)
  points = answer.end
  self.postMessage(answer)
}
