import { number, refuse, show } from '@opt/core'

/**
 * The class that a row of outputs speaks for: the largest, the first among equals; of a single output, 1 when it is positive.
 *
 * @throws RangeError when an output is NaN, or missing: it speaks for no class.
 */
export function predictedClass(outputs: ArrayLike<number>, row: number, classes: number): number {
  return spokenFor(outputs, row, classes, 'predictedClass: outputs')
}

function spokenFor(outputs: ArrayLike<number>, row: number, classes: number, label: string): number {
  const first = row * classes
  let best = first
  for (let at = first; at < first + classes; at++) {
    if (!(typeof outputs[at] === 'number' && outputs[at] >= -Infinity))
      refuse(`${label}[${at}]`, 'a number', show(outputs[at]))
    if (outputs[at] > outputs[best]) best = at
  }
  if (classes === 1) return outputs[first] > 0 ? 1 : 0
  return best - first
}

/**
 * The share of rows of outputs (n x classes) whose largest entry is that of the label.
 *
 * @throws TypeError or RangeError when the lengths do not fit, a label is no class or an output is NaN.
 */
export function accuracy(outputs: ArrayLike<number>, labels: ArrayLike<number>, classes: number): number {
  let right = 0
  const side = check('accuracy', outputs, labels, classes)
  for (let i = 0; i < labels.length; i++) {
    const label = classAt(labels, i, side, 'accuracy')
    if (spokenFor(outputs, i, classes, 'accuracy: outputs') === label) right++
  }
  return right / labels.length
}

/** A table has at most 2^31 entries. */
const MOST_CLASSES = 46340

/**
 * How many examples of class i (row) were taken for class j (column); 2 x 2 for a single output.
 *
 * @throws TypeError or RangeError when the lengths do not fit, a label is no class, an output is NaN or the table has no room.
 */
export function confusion(outputs: ArrayLike<number>, labels: ArrayLike<number>, classes: number): Int32Array {
  const side = check('confusion', outputs, labels, classes)
  number(classes, 'confusion: classes', { max: MOST_CLASSES })
  const table = new Int32Array(side * side)
  for (let i = 0; i < labels.length; i++) {
    const label = classAt(labels, i, side, 'confusion')
    table[label * side + spokenFor(outputs, i, classes, 'confusion: outputs')]++
  }
  return table
}

/** Returns how many classes there are. */
function check(name: string, outputs: ArrayLike<number>, labels: ArrayLike<number>, classes: number): number {
  number(classes, `${name}: classes`, { integer: true, min: 1 })
  for (const [label, x] of Object.entries({ outputs, labels }))
    if (typeof x?.length !== 'number') refuse(`${name}: ${label}`, 'an array', show(x), 'type')
  if (labels.length === 0) refuse(`${name}: labels`, 'nonempty', 'length 0')
  if (outputs.length !== labels.length * classes)
    refuse(`${name}: outputs`, `of length ${labels.length * classes}`, `length ${outputs.length}`)
  return Math.max(classes, 2)
}

function classAt(labels: ArrayLike<number>, i: number, side: number, name: string): number {
  const label = labels[i]
  if (!(Number.isInteger(label) && label >= 0 && label < side))
    refuse(`${name}: labels[${i}]`, `a class from 0 to ${side - 1}`, show(label))
  return label
}
