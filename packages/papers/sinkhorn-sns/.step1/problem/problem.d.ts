import { type VectorLike } from '@opt/core';
import { type Support } from './allowed.ts';
import { type CostLike } from './cost-rows.ts';
/**
 * A transport problem as the solvers see it: only points with mass, masses of sum 1, and a cost that is shifted to
 * start at 0 and scaled by a power of two (exactly) to a range of about 1, so that nothing overflows on the way.
 */
export interface Problem extends Support {
    logA: Float64Array;
    logB: Float64Array;
    /** Working cost = (cost - shift) * scale. */
    shift: number;
    scale: number;
    /** Largest working cost of an allowed pair. */
    range: number;
    /** Pairs that cost more than this are forbidden (in the caller's units). */
    highest: number;
    /** Whether any pair is forbidden. */
    forbids: boolean;
    /** Why no plan has these marginals: ends the solve. */
    infeasible?: string;
    /** Why the answer cannot be certified: keeps the solve from converging. */
    lost?: string;
    /** Regularisation of the working cost. */
    epsilon: number;
    /** Writes the working cost of rows `from` to `to`, by default all, row-major with the given stride. */
    writeCost(out: Float64Array, stride: number, from?: number, to?: number): void;
}
/** Options of {@link workingProblem}. */
export interface WorkingOptions {
    epsilon: number;
    tolerance?: number | undefined;
    fromPoints?: boolean;
}
/** Refuses sums of masses that differ. */
export declare function equalSums(a: number, b: number, label: string): void;
/**
 * Checks everything a user may get wrong and prepares the working problem. The caller's arrays are only read.
 *
 * @param options.fromPoints take the range of a cost with points from their bounding box, not entry by entry.
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export declare function workingProblem(given: CostLike, a: VectorLike, b: VectorLike, { epsilon, tolerance, fromPoints }: WorkingOptions): Problem;
export declare function writeCost(problem: Problem, out: Float64Array, stride: number, from: number, to: number): void;
//# sourceMappingURL=problem.d.ts.map