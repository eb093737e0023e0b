import type { CostRows } from './cost-rows.ts';
import { type Allowed, type Flow } from './flow.ts';
/** The points of a problem that have mass. */
export interface Support {
    cost: CostRows;
    /** Positive masses, sum 1. */
    a: Float64Array;
    b: Float64Array;
    /** Their indices among the caller's rows and columns. */
    rows: Int32Array;
    columns: Int32Array;
    /** Sum of the caller's masses. */
    mass: number;
}
/** Which pairs are allowed, and what follows from that; see the fields of the same names of `Problem`. */
export interface AllowedPairs {
    highest: number;
    infeasible?: string;
    lost?: string;
}
/** Lowest and highest finite cost, and whether there are infinite ones. */
export interface CostRange {
    low: number;
    high: number;
    forbids: boolean;
}
/** Finds the range of the costs between points with mass. */
export declare function costRange(cost: CostRows, rows: Int32Array, columns: Int32Array): CostRange;
/**
 * Chooses the pairs that the solvers work with: those of finite cost or, where costs differ so much that the small ones
 * would be lost, those below a gap that no sum of potentials reaches across, if they can carry the masses.
 */
export declare function allowedPairs(problem: Support, { low, high, forbids }: CostRange, epsilon: number, tolerance: number): AllowedPairs;
/** Marks the pairs of costs up to `highest`, among the working rows and columns. */
export declare function allowedUpTo({ cost, rows, columns }: Pick<Support, 'cost' | 'rows' | 'columns'>, highest: number): Allowed;
/** Sends as much as the pairs of costs up to `highest` can carry. */
export declare function largestFlow(problem: Support, highest: number): {
    allowed: Allowed;
    flow: Flow;
};
//# sourceMappingURL=allowed.d.ts.map