import { number, refuse, show } from '@opt/core'

/** The class that a row of outputs speaks for: the largest, the first among equals; of a single output, 1 when it is positive. */
export function predictedClass(outputs: ArrayLike<number>, row: number, classes: number): number {
  if (classes === 1) return outputs[row] > 0 ? 1 : 0
  let best = 0
  for (let k = 1; k < classes; k++) if (outputs[row * classes + k] > outputs[row * classes + best]) best = k
  return best
}

/**
 * The share of rows of outputs (n x classes) whose largest entry is that of the label.
 *
 * @throws TypeError or RangeError when the lengths do not fit or a label is no class.
 */
export function accuracy(outputs: ArrayLike<number>, labels: ArrayLike<number>, classes: number): number {
  const table = confusion(outputs, labels, classes)
  const side = Math.sqrt(table.length)
  let right = 0
  for (let k = 0; k < side; k++) right += table[k * side + k]
  return right / labels.length
}

/**
 * How many examples of class i (row) were taken for class j (column); 2 x 2 for a single output.
 *
 * @throws TypeError or RangeError when the lengths do not fit or a label is no class.
 */
export function confusion(outputs: ArrayLike<number>, labels: ArrayLike<number>, classes: number): Int32Array {
  number(classes, 'confusion: classes', { integer: true, min: 1 })
  if (labels.length === 0) refuse('confusion: labels', 'nonempty', 'length 0')
  if (outputs.length !== labels.length * classes)
    refuse('confusion: outputs', `of length ${labels.length * classes}`, `length ${outputs.length}`)
  const side = Math.max(classes, 2)
  const table = new Int32Array(side * side)
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]
    if (!(Number.isInteger(label) && label >= 0 && label < side))
      refuse(`confusion: labels[${i}]`, `a class from 0 to ${side - 1}`, show(label))
    table[label * side + predictedClass(outputs, i, classes)]++
  }
  return table
}
