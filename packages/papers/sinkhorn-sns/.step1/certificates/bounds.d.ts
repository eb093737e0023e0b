import { type MatrixLike, type VectorLike } from '@opt/core';
/** Bounds of a transport problem, from a plan and potentials. */
export interface TransportBounds {
    /**
     * lower <= exact optimal transport cost <= upper, rounding errors included; upper is Infinity if no plan was found.
     */
    lower: number;
    upper: number;
    /** dual <= entropic optimum <= primal; with exact arithmetic the gap is 0 only at the optimum. */
    dual: number;
    primal: number;
    gap: number;
}
/**
 * Certifies a solution: bounds the true (unregularised) optimum from feasible dual potentials and the rounded plan, and
 * the entropic one from the potentials and the rounded plan.
 *
 * @param cost n x m; Infinity forbids a pair.
 * @param a n nonnegative masses.
 * @param b m nonnegative masses of the same sum.
 * @param solution potentials (lengths n and m), plan (n x m) and the epsilon they belong to.
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export declare function transportBounds(cost: MatrixLike, a: VectorLike, b: VectorLike, solution: {
    f: VectorLike;
    g: VectorLike;
    plan: MatrixLike;
    epsilon: number;
}): TransportBounds;
//# sourceMappingURL=bounds.d.ts.map