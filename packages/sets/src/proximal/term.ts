import { number, refuse, show, type VectorLike, vector, vectorCopy } from '@opt/core'

/** A closed convex function f with its proximal operator. */
export interface ProximalTerm {
  /** The name of the function that made it, such as 'l1Norm'. */
  readonly kind: string
  /**
   * Returns f(x); Infinity outside its domain, and where it overflows.
   *
   * @throws RangeError or TypeError when x is no vector of finite numbers.
   */
  value(x: VectorLike): number
  /**
   * Returns the proximal point, argmin f(x) + ||x - v||^2 / (2 step).
   *
   * @param step > 0.
   * @param out filled and returned, if given; may be v itself.
   * @throws RangeError or TypeError when v is no vector of finite numbers, the step is not
   * positive, or `out` has another length.
   */
  prox(v: VectorLike, step: number, out?: Float64Array): Float64Array
  /**
   * {@link prox} for hot loops: x becomes its proximal point; nothing is checked, nothing
   * allocated.
   */
  proxInPlace(x: Float64Array, step: number): void
}

/** What a kind of term defines; {@link term} adds the checks. */
interface Definition {
  value(x: Float64Array): number
  proxInPlace(x: Float64Array, step: number): void
  /** The dimension, if it is fixed. */
  dimension?: number
  /** Refuses vectors of lengths that do not fit. */
  check?(length: number, label: string): void
}

/** Makes a term of its definition: checks arguments and copies them. */
export function term(name: string, { value, proxInPlace, dimension, check }: Definition): ProximalTerm {
  const rule = { length: dimension }
  return {
    kind: name,
    value(given) {
      const x = vector(given, `${name}.value: x`, rule)
      check?.(x.length, `${name}.value: x`)
      return value(x)
    },
    prox(v, step, out) {
      const x = vectorCopy(v, `${name}.prox: v`, rule)
      check?.(x.length, `${name}.prox: v`)
      number(step, `${name}.prox: step`, { positive: true })
      if (out !== undefined) checkOut(out, x.length, `${name}.prox: out`)
      proxInPlace(x, step)
      if (out === undefined) return x
      out.set(x)
      return out
    },
    proxInPlace,
  }
}

/** Checks the weight of a term. */
export const weightOf = (weight: number, name: string): number =>
  number(weight, `${name}: weight`, { nonnegative: true })

/** Checks an array that is written into. */
export function checkOut(out: unknown, length: number, label: string): asserts out is Float64Array {
  if (Object.prototype.toString.call(out) !== '[object Float64Array]')
    refuse(label, 'a Float64Array', show(out), 'type')
  const given = (out as Float64Array).length
  if (given !== length) refuse(label, `of length ${length}`, `length ${given}`)
}
