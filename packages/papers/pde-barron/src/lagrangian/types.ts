/** Values of a function and of its gradient at n points of the unit box. */
export interface Points {
  n: number
  /** One array of n coordinates for each of the d axes. */
  x: readonly Float64Array[]
  /** n values u. */
  u: Float64Array
  /** d arrays of n: the gradient p. */
  p: readonly Float64Array[]
}

/** What is known of a Lagrangian where |u| <= uMax and |p| <= pMax. Infinite without a limit. */
export interface Limits {
  uMax?: number | undefined
  pMax?: number | undefined
}

/** diag(mu, lambda I) <= the Hessian of L in (u, p) <= diag(Mu, Lambda I). */
export interface Constants {
  lambda: number
  Lambda: number
  mu: number
  Mu: number
}

/** An energy density L(x, u, p), convex in (u, p). All functions write n results, one a point. */
export interface Lagrangian {
  readonly name: string
  /** L(x, u, p). */
  value(at: Points, out: Float64Array): void
  /** L_u into `du`, L_p into the d arrays of `dp`. */
  slopes(at: Points, du: Float64Array, dp: readonly Float64Array[]): void
  /** The Hessian of L in (u, p) times (v, q), into `hu` and the d arrays of `hp`. */
  hessian(at: Points, v: Float64Array, q: readonly Float64Array[], hu: Float64Array, hp: readonly Float64Array[]): void
  /** The sum of d L_pj / d x_j at fixed u and p; left out where L_p does not depend on x. */
  divergence?: ((at: Points, out: Float64Array) => void) | undefined
  constants(limits: Limits): Constants
}
