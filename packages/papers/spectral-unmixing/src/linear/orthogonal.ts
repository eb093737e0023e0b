import { dot } from '@opt/core'

/** What remains of a unit vector inside the span of the others, in rounding errors. */
const DEPENDENT = 1e-10

/**
 * An orthonormal basis that grows a vector at a time, by Gram and Schmidt's method, done twice.
 */
export class Basis {
  readonly vectors: Float64Array[] = []

  /** Subtracts from v its part in the span, twice; returns the coefficients. */
  reduce(v: Float64Array): Float64Array {
    const coefficients = new Float64Array(this.vectors.length)
    for (let pass = 0; pass < 2; pass++)
      this.vectors.forEach((q, i) => {
        const part = dot(q, v)
        coefficients[i] += part
        for (let j = 0; j < v.length; j++) v[j] -= part * q[j]
      })
    return coefficients
  }

  /**
   * Adds the direction of v.
   *
   * @returns the coefficients of v in the basis, the last for the new vector; undefined, and nothing is added, when v lies
   *   in the span up to rounding.
   */
  add(v: ArrayLike<number>): Float64Array | undefined {
    const rest = Float64Array.from(v)
    const size = Math.sqrt(dot(rest, rest))
    const coefficients = this.reduce(rest)
    const left = Math.sqrt(dot(rest, rest))
    if (!(left > DEPENDENT * size)) return undefined
    this.vectors.push(rest.map((x) => x / left))
    return Float64Array.of(...coefficients, left)
  }
}

/** Returns log det(V'V) of columns of equal length; -Infinity when they are dependent. */
export function logVolume(columns: readonly ArrayLike<number>[], log: (x: number) => number): number {
  const basis = new Basis()
  let sum = 0
  for (const column of columns) {
    const coefficients = basis.add(column)
    if (coefficients === undefined) return -Infinity
    sum += 2 * log(coefficients[coefficients.length - 1])
  }
  return sum
}
