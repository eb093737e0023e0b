import type { VectorLike } from '@opt/core'

/**
 * An activation phi of a wide network, scaled so that E[phi(z)^2] = 1 for z ~ N(0, 1), and what a network of
 * infinite width sees of it: the dual D(s) = E[phi(u) phi(v)] for standard normal u, v of correlation s.
 */
export interface Activation {
  readonly name: string
  /** A = E[phi(z)]. */
  readonly mean: number
  /** A' = E[phi'(z)]. */
  readonly derivativeMean: number
  /** B' = E[phi'(z)^2] = D'(1). */
  readonly derivativeSecondMoment: number
  /** c_i, with D(s) = sum c_i s^i; null for a rectifier, whose dual is in closed form. */
  readonly powers: Float64Array | null
  /** Fraction of E[phi^2] beyond the degree of the series: it is kept as one power of high degree. */
  readonly missing: number
  /** D(s) for -1 <= s <= 1. */
  dual(s: number): number
  /** D'(s). */
  dualDerivative(s: number): number
  /** 1 - D(1 - delta), to relative accuracy also for small delta. */
  dualGap(delta: number): number
  /** A layer, with S = s = 1 - gap: writes D'(s), 1 - D(s) and D(s) into out. */
  layer(s: number, gap: number, out: Float64Array): void
  /** phi(z). */
  value(z: number): number
  /** phi'(z). */
  slope(z: number): number
  /** phi''(z). */
  curvature(z: number): number
  /** Plain JSON, from which {@link activation} makes the same duals. */
  toJSON(): ActivationState
}

/** An activation as plain JSON: the powers of its dual, or the slope of a rectifier below 0. */
export type ActivationState = { powers: number[]; signs: number[]; name: string } | { rectifier: number }

/** An activation by its coefficients in orthonormal Hermite polynomials h_0 = 1, h_1 = z, h_2 = (z^2 - 1)/sqrt 2, ... */
export interface HermiteSeries {
  /** a_0, a_1, ...; scaled to sum a_i^2 = 1. */
  hermite: VectorLike
}

/** An activation as a function. */
export interface ActivationFunction {
  fn: (z: number) => number
  /** Where phi' jumps; 0 need not be named. Default none. */
  kinks?: readonly number[] | undefined
  /** Of the Hermite series. Default 40. */
  degree?: number | undefined
}
