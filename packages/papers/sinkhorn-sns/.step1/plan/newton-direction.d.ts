import { type CSR, type Views } from '@opt/core';
import type { ScaledPlan } from './scaled-plan.ts';
/** Up to this share of the entries a sparse matrix costs less than the whole plan. */
export declare const SPARSE_SHARE = 0.1;
/** The arrays of a {@link NewtonDirection}: a tenth of P's entries, twice, and a few vectors. */
export interface DirectionViews {
    kept: CSR;
    transposed: CSR;
    dx: Float64Array;
    dy: Float64Array;
    large: Float64Array;
    scratch: [Float64Array, Float64Array, Float64Array, Float64Array];
}
/** Lays out the arrays of a {@link NewtonDirection}. */
export declare function directionViews(rows: number, columns: number, views: Views): DirectionViews;
/**
 * Computes the Newton direction of the potential with only some of P's entries kept:
 *
 *     1/epsilon [diag(r)  A; A'  diag(c)] (dx, dy) = (a - r, b - c)
 *
 * by conjugate gradients on the Schur complement of the smaller side. A is P without its small entries, but the
 * diagonal keeps the full sums r and c: so the matrix stays positive semidefinite and every direction ascends.
 */
export declare class NewtonDirection {
    #private;
    readonly dx: Float64Array;
    readonly dy: Float64Array;
    constructor(plan: ScaledPlan, views: DirectionViews);
    /**
     * Computes dx and dy from the entries of at least `threshold`, or from all of P when it is null. Returns the number
     * of CG iterations.
     */
    compute(threshold: number | null, tolerance: number): number;
}
//# sourceMappingURL=newton-direction.d.ts.map