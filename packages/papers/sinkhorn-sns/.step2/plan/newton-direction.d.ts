import { type CSR, type Views } from '@opt/core';
import type { PlanKernels } from '../kernels.ts';
import type { ScaledPlan } from './scaled-plan.ts';
/** Up to this share of the entries a sparse matrix costs less than the whole plan. */
export declare const SPARSE_SHARE = 0.2;
/** The arrays of a {@link NewtonDirection}: a fifth of P's entries, and a few vectors. */
export interface DirectionViews {
    kept: CSR;
    dx: Float64Array;
    dy: Float64Array;
    large: Float64Array;
    /** The diagonal of P P' weighted, or of P'P. */
    squares: Float64Array;
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
    readonly kept: CSR;
    constructor(plan: ScaledPlan, views: DirectionViews, kernels: PlanKernels);
    /** Keeps the entries of P of at least `threshold`. */
    keep(threshold: number): void;
    /** Computes dx and dy from the kept entries, or from all of P. Returns the number of CG iterations. */
    compute(from: 'kept' | 'all', tolerance: number): number;
}
//# sourceMappingURL=newton-direction.d.ts.map