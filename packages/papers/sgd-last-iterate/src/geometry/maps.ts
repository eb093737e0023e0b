import { number, refuse, show, type VectorLike, vector } from '@opt/core'
import { euclideanMap, type MirrorMap, pNormMap, powerMap, radialPowerMap, simplexEntropyMap } from '@opt/sets'
import { largest, pNorm } from '@opt/sets/parts'

/** The names of the maps. */
export type MapName = 'euclidean' | 'entropy' | 'lp' | 'power' | 'radialPower'

/**
 * A mirror map psi in the scale that the theory needs: D(x, y) >= |x - y|^order / order in a norm |.|,
 * where D(x, y) = psi(x) - psi(y) - <grad psi(y), x - y>. Methods with `out` fill and return it, if
 * given.
 */
export interface ConvexityMap {
  readonly name: MapName
  /** 2 for strongly convex maps, q = p / (p - 1) > 2 for those that tolerate heavy tails. */
  readonly order: number
  /** |.| is the norm l_normExponent. */
  readonly normExponent: number
  /** The dual norm, in which subgradients and noise are measured, is l_dualExponent; may be Infinity. */
  readonly dualExponent: number
  /**
   * Returns grad psi(x).
   *
   * @throws RangeError or TypeError when x is no vector of the interior of the domain.
   */
  gradient(x: VectorLike, out?: Float64Array): Float64Array
  /**
   * Returns the x with grad psi(x) = theta; for entropy() the softmax of theta.
   *
   * @throws RangeError or TypeError when theta is no vector of finite numbers, or x overflows.
   */
  inverse(theta: VectorLike, out?: Float64Array): Float64Array
  /**
   * Returns D(x, y), never negative; 0 log 0 = 0, Infinity where y_i = 0 < x_i.
   *
   * @throws RangeError or TypeError when x or y is outside the domain, or their lengths differ.
   */
  divergence(x: VectorLike, y: VectorLike): number
  /**
   * Returns |x|.
   *
   * @throws RangeError or TypeError when x is no vector of finite numbers.
   */
  norm(x: VectorLike): number
  /**
   * Returns the dual norm of g.
   *
   * @throws RangeError or TypeError when g is no vector of finite numbers.
   */
  dualNorm(g: VectorLike): number
  /** {@link gradient} for inner loops: x becomes its gradient; nothing is checked or allocated. */
  gradientInPlace(x: Float64Array): void
  /** {@link inverse} for inner loops: theta becomes its point; nothing is checked or allocated. */
  inverseInPlace(theta: Float64Array): void
  /** {@link norm} and {@link dualNorm} for inner loops: nothing is checked or allocated. */
  normOf(x: Float64Array): number
  dualNormOf(g: Float64Array): number
}

/** The maps made here. */
const MADE: WeakSet<object> = /* @__PURE__ */ new WeakSet()

/** ||x||_r; the largest |x_i| for r = Infinity. */
const normIn = (r: number) => (r === Infinity ? largest : (x: Float64Array) => pNorm(x, r))

/** psi = map / scale, with the norm l_r and its dual. */
function convexityMap(name: MapName, map: MirrorMap, r: number, order = 2, scale = 1): ConvexityMap {
  const dualExponent = r === 1 ? Infinity : r / (r - 1)
  const [normOf, dualNormOf] = [normIn(r), normIn(dualExponent)]
  const multiply = (x: Float64Array, by: number) => {
    if (by !== 1) for (let i = 0; i < x.length; i++) x[i] *= by
    return x
  }
  const made = Object.freeze<ConvexityMap>({
    name,
    order,
    normExponent: r,
    dualExponent,
    gradient: (x, out) => {
      const slope = multiply(map.gradient(vector(x, `${name}.gradient: x`)), 1 / scale)
      if (!(largest(slope) < Infinity)) refuse(`${name}.gradient: x`, 'such that the answer is finite', 'larger')
      return write(slope, out, `${name}.gradient: out`)
    },
    inverse: (theta, out) => map.inverseGradient(multiply(copied(theta, `${name}.inverse: theta`), scale), out),
    divergence: (x, y) => {
      const from = vector(x, `${name}.divergence: x`)
      return map.divergence(from, vector(y, `${name}.divergence: y`, { length: from.length })) / scale
    },
    norm: (x) => normOf(vector(x, `${name}.norm: x`)),
    dualNorm: (g) => dualNormOf(vector(g, `${name}.dualNorm: g`)),
    gradientInPlace(x) {
      map.gradientInPlace(x)
      multiply(x, 1 / scale)
    },
    inverseInPlace(theta) {
      multiply(theta, scale)
      map.inverseGradientInPlace(theta)
    },
    normOf,
    dualNormOf,
  })
  MADE.add(made)
  return made
}

/** Fills and returns `out`, if given. */
function write(values: Float64Array, out: Float64Array | undefined, label: string): Float64Array {
  if (out === undefined) return values
  if (Object.prototype.toString.call(out) !== '[object Float64Array]')
    refuse(label, 'a Float64Array', show(out), 'type')
  if (out.length !== values.length) refuse(label, `of length ${values.length}`, `length ${show(out.length)}`)
  out.set(values)
  return out
}

const copied = (x: VectorLike, label: string) => Float64Array.from(vector(x, label))

/** psi(x) = ||x||^2 / 2, 1-strongly convex in the l2 norm. */
export const euclidean = (): ConvexityMap => convexityMap('euclidean', euclideanMap(), 2)

/**
 * psi(x) = sum x_i log x_i on the simplex of probabilities, 1-strongly convex in the l1 norm; the dual
 * norm is the largest entry. From the centre, x_i = 1/d, D(x*, x) <= log d.
 */
export const entropy = (): ConvexityMap => convexityMap('entropy', simplexEntropyMap(), 1)

/**
 * psi(x) = ||x||_p^2 / (2 (p - 1)), 1-strongly convex in the l_p norm.
 *
 * @param p above 1 and at most 2.
 * @throws RangeError or TypeError when p is no such number.
 */
export function lp(p: number): ConvexityMap {
  number(p, 'lp: p', { min: 1 + 1e-6, max: 2 })
  return convexityMap('lp', pNormMap(p), p, 2, p - 1)
}

/**
 * psi(x) = 2^(q-2)/q sum |x_i|^q with q = p / (p - 1): uniformly convex, D(x, y) >= ||x - y||_q^q / q,
 * for noise of which only the moment of order p exists, E ||xi||_p^p <= sigma^p.
 *
 * @param p between 1.01 and 2, 2 excluded.
 * @throws RangeError or TypeError when p is no such number.
 */
export function power(p: number): ConvexityMap {
  const q = heavyExponent(p, 'power: p')
  return convexityMap('power', powerMap(q), q, q)
}

/**
 * psi(x) = 2^(q-2)/q ||x||_2^q with q = p / (p - 1), as {@link power} but in the l2 norm.
 *
 * @param p between 1.01 and 2, 2 excluded.
 * @throws RangeError or TypeError when p is no such number.
 */
export function radialPower(p: number): ConvexityMap {
  const q = heavyExponent(p, 'radialPower: p')
  return convexityMap('radialPower', radialPowerMap(q), 2, q)
}

/** Checks the order of a moment, 1 < p < 2, and returns q = p / (p - 1). */
export function heavyExponent(p: number, label: string): number {
  number(p, label, { min: 1.01 })
  if (!(p < 2)) refuse(label, 'less than 2', show(p))
  return p / (p - 1)
}

/** Checks that an argument is a map of this package: others have unknown constants. */
export function checkMap(map: unknown, label: string): ConvexityMap {
  if (!MADE.has(map as object)) refuse(label, 'a map such as euclidean() or entropy()', show(map), 'type')
  return map as ConvexityMap
}
