import { type Matrix, number } from '@opt/core'

/**
 * The share of rows whose largest output, the first of equal ones, is not at the place of the label; of a single
 * output, whose sign is not that of the label.
 */
export function errorRate({ data, shape }: Matrix, labels: Int32Array, label: string): number {
  const [n, outputs] = shape as [number, number]
  let errors = 0
  for (let i = 0; i < n; i++) {
    if (outputs === 1) {
      number(labels[i], `${label} of a network with one output`, { min: -1, max: 1 })
      if (data[i] > 0 !== labels[i] > 0) errors++
      continue
    }
    number(labels[i], `${label} of a network with ${outputs} outputs`, { min: 0, max: outputs - 1 })
    let best = 0
    for (let j = 1; j < outputs; j++) if (data[i * outputs + j] > data[i * outputs + best]) best = j
    if (best !== labels[i]) errors++
  }
  return errors / n
}
