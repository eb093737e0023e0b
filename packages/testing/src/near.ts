/** A number, or numbers in arrays of any depth: `3`, `Float64Array.of(1, 2)`, `[[1, 2], [3, 4]]`. */
export type Numbers = number | ArrayLike<Numbers>

/** The largest difference allowed; of several the largest counts. */
export interface Tolerance {
  /** The difference itself. Default 0. */
  absolute?: number
  /** Times the size of the expected number. Default 0. */
  relative?: number
  /** Times the size of the largest expected number. Default 0. */
  ofLargest?: number
  /** Begins the message of a failure, for instance the step and the array. */
  label?: string
}

/**
 * Throws unless every number is within the tolerance of the expected one. Arrays are compared entry
 * by entry in order, whatever their kind and nesting. Equal infinities and NaN in the same place
 * are near.
 *
 * `{ absolute: t, relative: t }` is the usual tolerance relative to max(1, |expected|).
 */
export function near(
  actual: Numbers,
  expected: Numbers,
  { absolute = 0, relative = 0, ofLargest = 0, label = 'near' }: Tolerance,
): void {
  const [x, y] = [flat(actual), flat(expected)]
  if (x.length !== y.length) throw new Error(`${label}: ${x.length} numbers, expected ${y.length}`)
  const least = ofLargest > 0 ? Math.max(absolute, ofLargest * Math.max(...y.map(Math.abs))) : absolute
  x.forEach((value, i) => {
    const allowed = Math.max(least, relative * Math.abs(y[i]))
    if (!(Object.is(value, y[i]) || Math.abs(value - y[i]) <= allowed))
      throw new Error(`${label}: entry ${i} is ${value}, expected ${y[i]} within ${allowed}`)
  })
}

/** The largest |actual - expected|; Infinity if the lengths differ or a difference is NaN. */
export function distance(actual: Numbers, expected: Numbers): number {
  const [x, y] = [flat(actual), flat(expected)]
  if (x.length !== y.length) return Infinity
  return x.reduce((most, value, i) => {
    const difference = Math.abs(value - y[i])
    return Number.isNaN(difference) ? Infinity : Math.max(most, difference)
  }, 0)
}

const flat = (x: Numbers): number[] => (typeof x === 'number' ? [x] : Array.from(x).flatMap(flat))
