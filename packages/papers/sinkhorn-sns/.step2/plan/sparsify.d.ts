import { type MatrixView, type Views } from '@opt/core';
import type { PlanKernels } from '../kernels.ts';
import type { Threshold } from './transport-plan.ts';
/** A plan in memory whose entries are counted, with the arrays for that. */
export interface Counted {
    P: MatrixView;
    /** How many entries a bin has, and their sum. */
    count: Int32Array;
    mass: Float64Array;
}
/** Lays out the bins. */
export declare const binViews: (views: Views) => Omit<Counted, 'P'>;
/** Finds the highest threshold that drops at most `mass` together and keeps at least `minimum` positive entries. */
export declare function thresholdByMass(plan: Counted, kernels: PlanKernels, mass: number, minimum: number): Threshold;
/** Finds the lowest threshold above `floor` that keeps at most `most` entries, and the mass that it drops. */
export declare function thresholdByRoom(plan: Counted, kernels: PlanKernels, floor: number, most: number): Threshold & {
    dropped: number;
};
/** Finds the exact threshold of the `count` largest entries; ties at the threshold are all kept. */
export declare function thresholdByCount(plan: Counted, kernels: PlanKernels, count: number): Threshold;
/**
 * Sums the mass outside the `keep` largest entries of a plan: how well a sparse matrix approximates it (the quantity of
 * the paper's Theorem 1).
 *
 * @param entries nonnegative, in any order.
 * @param keep a nonnegative integer.
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export declare function droppedMass(entries: ArrayLike<number>, keep: number): number;
//# sourceMappingURL=sparsify.d.ts.map