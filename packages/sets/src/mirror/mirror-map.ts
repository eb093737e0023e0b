import { refuse, type VectorLike, vector, vectorCopy } from '@opt/core'
import { checkOut } from '../proximal/term.ts'

/**
 * A strictly convex function phi whose gradient maps points to dual vectors and back. Methods with
 * `out` fill and return it, if given; it may be the argument itself.
 */
export interface MirrorMap {
  /**
   * Returns phi(x); Infinity where it overflows.
   *
   * @throws RangeError or TypeError when x is outside the domain.
   */
  value(x: VectorLike): number
  /**
   * Returns the gradient of phi at x.
   *
   * @throws RangeError or TypeError when x is outside the interior of the domain.
   */
  gradient(x: VectorLike, out?: Float64Array): Float64Array
  /**
   * Returns the x with gradient(x) = y, the gradient of the conjugate of phi.
   *
   * @throws RangeError or TypeError when y is no vector of finite numbers, or x overflows.
   */
  inverseGradient(y: VectorLike, out?: Float64Array): Float64Array
  /** {@link gradient} for hot loops: x becomes its gradient; nothing is checked, nothing allocated. */
  gradientInPlace(x: Float64Array): void
  /**
   * {@link inverseGradient} for hot loops: y becomes its point; nothing is checked, nothing
   * allocated.
   */
  inverseGradientInPlace(y: Float64Array): void
  /**
   * Returns the Bregman divergence phi(x) - phi(y) - <gradient(y), x - y>, never negative; Infinity
   * where it is infinite or overflows.
   *
   * @throws RangeError or TypeError when x or y is outside the domain, or their lengths differ.
   */
  divergence(x: VectorLike, y: VectorLike): number
}

/** What a kind of map defines; {@link mirrorMap} adds the rest. */
interface Definition {
  value(x: Float64Array): number
  gradientInPlace(x: Float64Array): void
  inverseGradientInPlace(y: Float64Array): void
  divergence(x: Float64Array, y: Float64Array): number
  /** The sign of points: all finite numbers, or those that are nonnegative. */
  sign: 'any' | 'nonnegative'
}

/** Makes a mirror map of its definition: checks arguments and copies them. */
export function mirrorMap(name: string, definition: Definition): MirrorMap {
  const { sign } = definition
  const write = (from: Float64Array, out: Float64Array | undefined, label: string) => {
    from.forEach((v, i) => {
      if (!Number.isFinite(v)) refuse(label, 'such that the answer is finite', `entry ${i} with ${v}`)
    })
    if (out === undefined) return from
    checkOut(out, from.length, `${label.slice(0, label.indexOf(':'))}: out`)
    out.set(from)
    return out
  }
  return {
    value: (x) => definition.value(vector(x, `${name}.value: x`, { sign })),
    gradient(given, out) {
      const label = `${name}.gradient: x`
      const x = vectorCopy(given, label, { sign: sign === 'any' ? 'any' : 'positive' })
      definition.gradientInPlace(x)
      return write(x, out, label)
    },
    inverseGradient(given, out) {
      const label = `${name}.inverseGradient: y`
      const y = vectorCopy(given, label)
      definition.inverseGradientInPlace(y)
      return write(y, out, label)
    },
    gradientInPlace: definition.gradientInPlace,
    inverseGradientInPlace: definition.inverseGradientInPlace,
    divergence(x, y) {
      const from = vector(x, `${name}.divergence: x`, { sign })
      const to = vector(y, `${name}.divergence: y`, { sign, length: from.length })
      return Math.max(definition.divergence(from, to), 0)
    },
  }
}
