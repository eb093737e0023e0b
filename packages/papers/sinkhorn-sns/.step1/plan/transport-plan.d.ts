/** A value, at once or from a device later; `yield* wait(value)` gives it. */
export type Later<T> = T | PromiseLike<T>;
/** Dual potentials of the working problem. */
export interface WorkingPotentials {
    f: Float64Array;
    g: Float64Array;
}
/**
 * The plan P = exp((F + G - C) / epsilon) of a transport problem with its marginals r = P 1 and c = P' 1, in memory or
 * on a device, where F = f + epsilon log a and G = g + epsilon log b. Calls are carried out in order; answers may come
 * later.
 */
export interface TransportPlan {
    readonly rows: number;
    readonly columns: number;
    readonly epsilon: number;
    /** Below this error, steps that do not reduce it have met the rounding of P. */
    readonly floor: number;
    /** Whether scalings must be absorbed before the next iteration. */
    readonly strained: boolean;
    setPotentials(potentials: WorkingPotentials, epsilon: number): void;
    potentials(): Later<WorkingPotentials>;
    /** Computes P at the present potentials; rows and columns that underflowed are first set by a soft-min. */
    evaluate(): Later<void>;
    /**
     * Runs one Sinkhorn iteration. Returns the L1 error of the column marginal before the next one (the rows are exact).
     * A device may work up to `ahead` more iterations ahead, but not beyond the first whose error is at most `target`.
     */
    sinkhorn(ahead: number, target: number): Later<number>;
    /** Multiplies pending scalings into P. */
    absorb(): Later<void>;
    /** Returns the L1 error of both marginals of P. */
    error(): Later<number>;
    /**
     * Scales the rows to their marginal, then the columns, once; returns the L1 error of both. Never lowers the
     * potential.
     */
    balance(): Later<number>;
    /** Selects the fewest large entries that leave out at most `mass` together, but at least `minimum` of them. */
    thresholdByMass(mass: number, minimum: number): Later<Threshold>;
    /** Selects the `count` largest entries, and all that tie with the smallest of them. */
    thresholdByCount(count: number): Later<Threshold>;
    /** Computes Newton's direction from the entries of at least `threshold`, or from all when it is null. */
    direct(threshold: number | null, tolerance: number): Later<Direction>;
    /** Puts P at potentials `alpha` times the direction on; the potentials follow with {@link accept}. */
    tryStep(alpha: number): Later<Trial>;
    /** Moves the potentials to where P is. */
    accept(): void;
    /** Reads the plan for the answer. */
    read(): Later<PlanReadout>;
    /** Frees the memory; nothing may be called after it. */
    free(): void;
}
/** A threshold and the number of entries that reach it. */
export interface Threshold {
    value: number;
    kept: number;
}
/** A Newton direction (dx, dy), as far as the line search needs it. */
export interface Direction {
    /** Number of CG iterations. */
    cg: number;
    /** Derivative of the potential along it. */
    slope: number;
    /** max |dx_i + dy_j|: how far a full step moves the numerator of an exponent. */
    reach: number;
}
/** A tried step. */
export interface Trial {
    /** Derivative of the potential along the direction, at the end of the step. */
    slope: number;
    /** Whether a row or column of P underflowed. */
    empty: boolean;
}
/** Potentials, marginals and transport cost <C, P> of a plan. */
export interface PlanReadout extends WorkingPotentials {
    r: Float64Array;
    c: Float64Array;
    cost: number;
    /** Writes row i of the plan; without it the potentials say what it is. */
    writeRow?(i: number, out: Float64Array): void;
}
/** Whether no potential has left the range of numbers. */
export declare const areFinite: ({ f, g }: WorkingPotentials) => boolean;
//# sourceMappingURL=transport-plan.d.ts.map