import {
  type Matrix,
  type MatrixLike,
  matrix,
  number,
  options,
  type Random,
  refuse,
  type VectorLike,
  vector,
} from '@opt/core'
import ndarray from 'ndarray'

/** A data set: inputs of a network and, where they are known, labels. */
export interface Sample {
  /** examples x inputs. */
  inputs: MatrixLike
  /** One integer per example: the place of the right output; 0/1 or -1/1 for a single output. */
  labels?: VectorLike | undefined
}

/** Two data sets to compare. */
export interface Pair {
  a: Matrix
  b: Matrix
  /** Names of the arguments, for messages. */
  names: [string, string]
  /** The labels as given. */
  labelsA: Int32Array
  labelsB: Int32Array
  /** The classes, ascending; a single one without labels. */
  classes: number[]
  /** Whether labels are used. */
  labelled: boolean
  /** Examples left out so that the classes have equal numbers in both sets. */
  dropped: { a: number; b: number }
}

/** Labels of examples: integers. */
export function integerLabels(labels: VectorLike, label: string, length: number): Int32Array {
  const given = vector(labels, label, { length })
  return Int32Array.from(given, (value, i) =>
    number(value, `${label}[${i}]`, { integer: true, min: -2147483648, max: 2147483647 }),
  )
}

/**
 * Reads two data sets. With labels in both, examples drawn at random are left out of the larger class of each kind, so
 * that a and b have the same number of every class.
 */
export function readPair(
  given: { a: Sample; b: Sample; names: [string, string]; useLabels: boolean },
  random: Random,
): Pair {
  const [first, second] = given.names
  const A = options(given.a, first, ['inputs', 'labels'])
  const B = options(given.b, second, ['inputs', 'labels'])
  const a = matrix(A.inputs, `${first}.inputs`)
  const b = matrix(B.inputs, `${second}.inputs`, { columns: a.shape[1] })
  const all = (n: number) => new Int32Array(n)
  const labelsOfA = A.labels === undefined ? undefined : integerLabels(A.labels, `${first}.labels`, a.shape[0])
  const labelsOfB = B.labels === undefined ? undefined : integerLabels(B.labels, `${second}.labels`, b.shape[0])
  if (!given.useLabels || !labelsOfA || !labelsOfB)
    return {
      names: given.names,
      a,
      b,
      labelsA: all(a.shape[0]),
      labelsB: all(b.shape[0]),
      classes: [0],
      labelled: false,
      dropped: { a: 0, b: 0 },
    }
  const { keptA, keptB, classes } = balance(labelsOfA, labelsOfB, [`${first}.labels`, `${second}.labels`], random)
  return {
    names: given.names,
    a: takeRows(a, keptA),
    b: takeRows(b, keptB),
    labelsA: keptA.map((i) => labelsOfA[i]),
    labelsB: keptB.map((i) => labelsOfB[i]),
    classes,
    labelled: true,
    dropped: { a: a.shape[0] - keptA.length, b: b.shape[0] - keptB.length },
  }
}

/** Chooses the same number of examples of each class from both, ascending in each set. */
export function balance(
  labelsA: Int32Array,
  labelsB: Int32Array,
  names: [string, string],
  random: Random,
): { keptA: Int32Array; keptB: Int32Array; classes: number[] } {
  const classes = [...new Set([...labelsA, ...labelsB])].sort((x, y) => x - y)
  const kept: [number[], number[]] = [[], []]
  for (const one of classes) {
    const places = [classRows(labelsA, one), classRows(labelsB, one)]
    places.forEach((found, side) => {
      if (found.length === 0) refuse(names[side], `of every class that ${names[1 - side]} has`, `none of class ${one}`)
    })
    const count = Math.min(places[0].length, places[1].length)
    places.forEach((found, side) => {
      const chosen = found.length === count ? found : random.choice(found.length, count).map((k) => found[k])
      for (const place of chosen) kept[side].push(place)
    })
  }
  const [keptA, keptB] = kept.map((places) => Int32Array.from(places).sort())
  return { keptA, keptB, classes }
}

/** The places of a class. */
export function classRows(labels: Int32Array, one: number): Int32Array {
  const places: number[] = []
  for (let i = 0; i < labels.length; i++) if (labels[i] === one) places.push(i)
  return Int32Array.from(places)
}

/** Copies rows, in the order of `places`. */
export function takeRows({ data, shape }: Matrix, places: Int32Array): Matrix {
  const columns = shape[1]
  const out = new Float64Array(places.length * columns)
  places.forEach((i, k) => out.set(data.subarray(i * columns, (i + 1) * columns), k * columns))
  return ndarray(out, [places.length, columns])
}

/** The place of each label among the classes. */
export const placesOf = (labels: Int32Array, classes: number[]): Int32Array => {
  const places = new Map(classes.map((one, k) => [one, k]))
  return labels.map((one) => places.get(one)!)
}
