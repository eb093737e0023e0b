import type { Matrix } from '@opt/core'
import { classRows, takeRows } from '../shift/samples.ts'
import { distanceMatrix, largestEntry } from './points.ts'
import { distanceBetween, transported } from './wasserstein1.ts'

/** A distance of two layers' rows, with the labels that it was made for; `upper` where it is a bracket. */
export type Metric = (x: Matrix, y: Matrix, epsilon: number) => { upper: number; exact: boolean }

/** W1 within the classes, weighted by their shares. */
export function withinClasses(labelsA: Int32Array, labelsB: Int32Array): Metric {
  const groups = [...new Set(labelsA)].map((one) => [classRows(labelsA, one), classRows(labelsB, one)])
  return (x, y, epsilon) => {
    const answer = { upper: 0, exact: true }
    for (const [p, q] of groups) {
      const found = distanceBetween(takeRows(x, p), takeRows(y, q), 'auto', epsilon)
      answer.upper += (p.length / labelsA.length) * found.upper
      answer.exact &&= found.exact
    }
    return answer
  }
}

/** W1 in the metric |t - t'| + labelCost [y != y']. */
export function jointly(labelsA: Int32Array, labelsB: Int32Array, labelCost: number): Metric {
  return (x, y, epsilon) => {
    const scale = Math.max(largestEntry(x, y), labelCost)
    const cost = distanceMatrix(x, y, scale)
    const m = labelsB.length
    for (let at = 0; at < cost.data.length; at++)
      if (labelsA[Math.floor(at / m)] !== labelsB[at % m]) cost.data[at] += labelCost / scale
    return transported(cost, 'auto', epsilon, scale)
  }
}
