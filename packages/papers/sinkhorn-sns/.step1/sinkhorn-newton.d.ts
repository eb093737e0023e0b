import { type Solver, type VectorLike } from '@opt/core';
import { type SinkhornNewtonOptions, type SinkhornNewtonReport, type SinkhornNewtonSolution } from './options.ts';
import type { CostLike } from './problem/cost-rows.ts';
/**
 * Entropic optimal transport by sparse Newton iterations on the Sinkhorn potential (Tang et al., ICLR 2024):
 *
 *     min <C, P> + epsilon KL(P | a b')   subject to   P 1 = a,  P' 1 = b
 *
 * The annealing of epsilon, the adaptive number of kept entries and what follows where sparse Newton gives up are ours;
 * `annealing: false` with a fixed `warmup` and `keep` is the paper's algorithm.
 *
 * @param cost n x m; Infinity forbids a pair.
 * @param a n nonnegative masses; zeros are allowed.
 * @param b m nonnegative masses of the same sum.
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export declare const sinkhornNewton: Solver<[
    cost: CostLike,
    a: VectorLike,
    b: VectorLike,
    options: SinkhornNewtonOptions
], SinkhornNewtonReport, SinkhornNewtonSolution>;
//# sourceMappingURL=sinkhorn-newton.d.ts.map