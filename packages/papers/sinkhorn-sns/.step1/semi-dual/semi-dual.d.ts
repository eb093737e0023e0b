import { type MatrixView } from '@opt/core';
import type { WorkingPotentials } from '../plan/transport-plan.ts';
/** A working cost and masses. */
export interface SemiDualProblem {
    C: MatrixView;
    a: Float64Array;
    b: Float64Array;
}
/**
 * The dual as a function of the potential of the smaller side alone: the other potential is its soft-min, so that one
 * marginal is always exact. Everything is in logarithms and relative to the mass of a row or column,
 *
 *     R_ij = P_ij / a_i,   T_ij = P_ij / b_j,   residual_i = 1 - sum_j R_ij,
 *
 * so that masses of any size work, and plans whose entries doubles cannot hold. Potentials are f plus epsilon times a
 * scaling phi of about 1: the rounding of f and of the exponents is then a fixed small change of the cost, and does not
 * limit the error.
 */
export declare class SemiDual {
    #private;
    /** Points of the smaller and of the larger side. */
    readonly small: number;
    readonly large: number;
    readonly R: Float64Array;
    readonly T: Float64Array;
    readonly residual: Float64Array;
    /** The points of the small side by descending mass. */
    readonly order: Int32Array;
    /** L1 error of the small side; the large side is exact. */
    error: number;
    epsilon: number;
    readonly phi: Float64Array;
    constructor(problem: SemiDualProblem);
    /** Starts at potentials f and g of the problem's rows and columns. */
    start({ f, g }: WorkingPotentials, epsilon: number): void;
    potentials(): WorkingPotentials;
    /** Sets phi to the soft-min of the other potential: Sinkhorn's step of the small side. */
    balance(): void;
    /** Makes Sinkhorn's step of the large side; computes R, T, the residual and the error. */
    evaluate(): void;
    /** Derivative of the dual along a direction of phi, in units of epsilon. */
    slope(direction: Float64Array): number;
    /** Writes P into a matrix of the problem's shape and stride: b_j T_ij, or a_i R_ij where T_ij underflows. */
    writePlan(out: Float64Array): void;
}
//# sourceMappingURL=semi-dual.d.ts.map