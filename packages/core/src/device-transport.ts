/** A value, at once or from a device later: take it with {@link wait}. */
export type Later<T> = T | PromiseLike<T>

/** Dual potentials of a transport problem. */
export interface TransportPotentials {
  f: Float64Array
  g: Float64Array
}

/** A transport problem as a backend takes it: positive masses of sum 1, and a cost of about 0 to 1. */
export interface TransportInput {
  a: Float64Array
  b: Float64Array
  cost:
    | { kind: 'matrix'; writeRow(i: number, out: Float64Array): void }
    /** Points of `dimension` coordinates, row by row; the cost is `scale` times the metric. */
    | {
        kind: 'points'
        x: Float64Array
        y: Float64Array
        dimension: number
        metric: 'sqeuclidean' | 'euclidean' | 'cityblock'
        scale: number
      }
}

/**
 * The plan P = exp((F + G - C) / epsilon) of a transport problem, in memory or on a device, with its marginals r = P 1 and c = P' 1;
 * F = f + epsilon log a and G = g + epsilon log b. Whatever is asked may be answered later. Calls are carried out in order.
 */
export interface TransportPlan {
  readonly rows: number
  readonly columns: number
  readonly epsilon: number
  /** Below this error a step that does not help has met the rounding of P. */
  readonly floor: number
  /** Must scalings be absorbed before the next iteration? */
  readonly strained: boolean
  setPotentials(potentials: TransportPotentials, epsilon: number): void
  potentials(): Later<TransportPotentials>
  /** Computes P at the present potentials; rows and columns that underflowed are first set by a soft-min. */
  evaluate(): Later<void>
  /**
   * One Sinkhorn iteration; the L1 error of the column marginal before the next one (the rows are exact). A device may work
   * `ahead` up to so many more iterations, but not beyond the first whose error is at most `target`.
   */
  sinkhorn(ahead: number, target: number): Later<number>
  /** Multiplies scalings into P; does nothing where there are none. */
  absorb(): Later<void>
  /** L1 error of both marginals as P stands. */
  error(): Later<number>
  /** Scales the rows to their marginal, then the columns, once; returns the L1 error of both marginals. Never lowers the potential. */
  balance(): Later<number>
  /** The largest entries that leave out no more than `mass` together, but at least `minimum` of them. */
  thresholdByMass(mass: number, minimum: number): Later<TransportThreshold>
  /** The `count` largest entries; ties at the threshold are all kept. */
  thresholdByCount(count: number): Later<TransportThreshold>
  /** Computes Newton's direction from the entries of at least `threshold`, or from all when it is null; returns the number of CG iterations. */
  direct(threshold: number | null, tolerance: number): Later<TransportDirection>
  /** Puts P at potentials `alpha` times the direction on, and leaves the potentials where they are until {@link accept}. */
  tryStep(alpha: number): Later<TransportTrial>
  accept(): void
  /** The plan as it stands, for the answer. */
  read(): Later<TransportReadout>
  /** Gives memory back; nothing may be called after it. */
  free(): void
}

/** A threshold and how many entries reach it. */
export interface TransportThreshold {
  value: number
  kept: number
}

/** What is known of a Newton direction. */
export interface TransportDirection {
  cg: number
  /** Derivative of the potential along it. */
  slope: number
  /** max |dx_i + dy_j|: how far it moves an exponent's numerator. */
  reach: number
}

/** What is known of a tried step. */
export interface TransportTrial {
  /** Derivative of the potential along the direction, where the step ends. */
  slope: number
  /** Has some row or column of P underflowed? */
  empty: boolean
}

/** A plan's potentials, marginals and transport cost <C, P>. */
export interface TransportReadout extends TransportPotentials {
  r: Float64Array
  c: Float64Array
  cost: number
}
