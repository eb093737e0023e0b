import { type Matrix, type MatrixLike, type VectorLike } from '@opt/core';
import { type Allowed } from '../problem/flow.ts';
/** The sums that the rows and columns of a plan should have. */
export interface Marginals {
    a: Float64Array;
    b: Float64Array;
}
/**
 * Moves a plan onto its marginals exactly, changing it by at most 2 (|P 1 - a|_1 + |P' 1 - b|_1) in L1
 * (Altschuler, Niles-Weed and Rigollet 2017, Algorithm 2).
 *
 * @param plan n x m, nonnegative.
 * @param a n nonnegative masses.
 * @param b m nonnegative masses of the same sum.
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export declare function roundPlan(plan: MatrixLike, a: VectorLike, b: VectorLike): Matrix;
/** Rounds a plan in place, as {@link roundPlan}, on allowed pairs only. Returns whether they can carry the masses. */
export declare function roundWithin(P: Matrix, to: Marginals, allowed: Allowed): boolean;
export declare const sum: (x: Float64Array) => number;
//# sourceMappingURL=rounding.d.ts.map