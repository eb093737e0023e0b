import { number, refuse, show } from '@opt/core'

/**
 * Returns the class of the largest output in a row, the first of equal ones; for a single output, 1 if it is positive,
 * else 0.
 *
 * @throws RangeError when an output is NaN or missing.
 */
export function predictedClass(outputs: ArrayLike<number>, row: number, classes: number): number {
  return argmax(outputs, row, classes, 'predictedClass: outputs')
}

function argmax(outputs: ArrayLike<number>, row: number, classes: number, label: string): number {
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
 * Returns the fraction of rows of outputs (n x classes) whose {@link predictedClass} is the label.
 *
 * @throws TypeError or RangeError when the lengths do not fit, a label is not a class or an output is NaN.
 */
export function accuracy(outputs: ArrayLike<number>, labels: ArrayLike<number>, classes: number): number {
  const side = check('accuracy', outputs, labels, classes)
  let right = 0
  for (let i = 0; i < labels.length; i++) {
    const label = classAt(labels, i, side, 'accuracy')
    if (argmax(outputs, i, classes, 'accuracy: outputs') === label) right++
  }
  return right / labels.length
}

/** The square is below 2^31. */
const MOST_CLASSES = 46340

/**
 * Returns the confusion matrix, classes x classes, row-major: entry (i, j) counts the examples of class i whose
 * {@link predictedClass} is j. It is 2 x 2 for a single output.
 *
 * @throws TypeError or RangeError when the lengths do not fit, a label is not a class, an output is NaN or there are
 *   more than 46,340 classes.
 */
export function confusion(outputs: ArrayLike<number>, labels: ArrayLike<number>, classes: number): Int32Array {
  const side = check('confusion', outputs, labels, classes)
  number(classes, 'confusion: classes', { max: MOST_CLASSES })
  const table = new Int32Array(side * side)
  for (let i = 0; i < labels.length; i++) {
    const label = classAt(labels, i, side, 'confusion')
    table[label * side + argmax(outputs, i, classes, 'confusion: outputs')]++
  }
  return table
}

/** Checks the lengths. Returns the number of classes: 2 for a single output. */
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
