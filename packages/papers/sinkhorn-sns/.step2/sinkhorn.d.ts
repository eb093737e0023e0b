import { type BackendChoice, type Solver, type VectorLike } from '@opt/core';
import type { Potentials } from './options.ts';
import type { CostLike } from './problem/cost-rows.ts';
import { type TransportSolution } from './solution.ts';
/** Options of {@link sinkhorn}. */
export interface SinkhornOptions {
    /** Regularisation, in units of the cost. */
    epsilon: number;
    /**
     * 'kernel' (default): scalings of an absorbed kernel matrix, two products per iteration; needs 2 n m numbers. Goes on
     * in the log domain when the scalings leave the range of doubles.
     * 'log': soft-mins of the cost, one exponential per entry; needs O(n + m) numbers beside the cost.
     */
    domain?: 'kernel' | 'log';
    /**
     * Over-relaxation of each half-iteration, 1 <= relaxation < 2 (Thibault et al. 2021), in the kernel domain: 'auto'
     * chooses it from the rate of 20 plain iterations. A step that lowers the dual is followed by a plain one. Default 1.
     */
    relaxation?: 'auto' | number;
    /** Potentials to start from. */
    initial?: Potentials | undefined;
    /**
     * A device that does the work, such as `await webgpu()` of @opt/webgpu, or 'auto'. Only with `sinkhorn.async`. It
     * works in the log domain in float32, without relaxation, and reaches an error of about 1e-6.
     */
    backend?: BackendChoice | undefined;
}
/** The report of {@link sinkhorn} after each iteration. */
export interface SinkhornReport {
    /** L1 error of the column marginal (the rows are exact), relative to the mass. */
    error: number;
}
/**
 * Solves entropic optimal transport by Sinkhorn's algorithm, the baseline of the paper, in the kernel domain with
 * absorption (Schmitzer 2019) or in the log domain.
 *
 * @param cost n x m, Infinity forbids a pair; with domain 'log' also rows on demand, never held in memory.
 * @param a n nonnegative masses; zeros are allowed.
 * @param b m nonnegative masses of the same sum.
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export declare const sinkhorn: Solver<[
    cost: CostLike,
    a: VectorLike,
    b: VectorLike,
    options: SinkhornOptions
], SinkhornReport, TransportSolution>;
//# sourceMappingURL=sinkhorn.d.ts.map