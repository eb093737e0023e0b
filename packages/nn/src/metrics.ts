import { number, refuse, show, type VectorLike, vector } from '@opt/core'

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

/**
 * Returns R^2 of predictions, over all columns together: 1 - sum (y - f)^2 / sum (y - mean y)^2, with the mean of each
 * column. Targets that are all equal give 1 if every prediction is exact, else 0; magnitudes of any size are right.
 *
 * @param predictions, targets n x columns, row by row.
 * @throws TypeError or RangeError when the lengths do not fit or a number is not finite.
 */
export function rSquared(predictions: VectorLike, targets: VectorLike, columns = 1): number {
  number(columns, 'rSquared: columns', { integer: true, min: 1 })
  const y = vector(targets, 'rSquared: targets')
  const f = vector(predictions, 'rSquared: predictions', { length: y.length })
  if (y.length === 0 || y.length % columns !== 0)
    refuse('rSquared: targets', `rows of ${columns}`, `${y.length} numbers`)
  let peak = 0
  for (let i = 0; i < y.length; i++) peak = Math.max(peak, Math.abs(y[i]))
  // From the first row, so that equal targets have deviations of exactly 0.
  const deviation = y.map((value, i) => (peak === 0 ? 0 : value / peak - y[i % columns] / peak))
  const mean = new Float64Array(columns)
  for (let i = 0; i < y.length; i++) mean[i % columns] += deviation[i] / (y.length / columns)
  let width = 0
  for (let i = 0; i < y.length; i++) {
    deviation[i] -= mean[i % columns]
    width = Math.max(width, Math.abs(deviation[i]))
  }
  if (width === 0) return y.every((value, i) => value === f[i]) ? 1 : 0
  let [residual, total] = [0, 0]
  for (let i = 0; i < y.length; i++) {
    const error = 2 * ((y[i] / 2 - f[i] / 2) / peak / width)
    residual += error * error
    total += (deviation[i] / width) * (deviation[i] / width)
  }
  return Math.max(1 - residual / total, -Number.MAX_VALUE)
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
