import { number, refuse, type VectorLike, vector } from '@opt/core'

/** Reads n class labels, integers from 0 to classes - 1. */
export function checkLabels(labels: VectorLike, n: number, classes: number, label: string): Int32Array {
  const y = vector(labels, label, { length: n })
  for (let i = 0; i < n; i++)
    if (!(Number.isInteger(y[i]) && y[i] >= 0 && y[i] < classes))
      refuse(`${label}[${i}]`, `a class from 0 to ${classes - 1}`, `${number(y[i], `${label}[${i}]`)}`)
  return Int32Array.from(y)
}
