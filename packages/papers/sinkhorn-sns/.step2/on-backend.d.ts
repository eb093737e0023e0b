import { type BackendChoice, type VectorLike } from '@opt/core';
import type { TransportPlan } from './plan/transport-plan.ts';
import type { CostLike } from './problem/cost-rows.ts';
import { type Problem } from './problem/problem.ts';
import type { TransportSolution } from './solution.ts';
/** The options that say what to solve, how far, and where. */
interface Wanted {
    epsilon: number;
    tolerance?: number | undefined;
    backend?: BackendChoice | undefined;
}
/**
 * Checks a problem and solves it, with a plan on the device that was chosen, or with null for one in memory. With
 * 'auto' a solve that fails on the device is repeated in memory. A problem without a plan is answered at once.
 */
export declare function onBackend<R, T extends TransportSolution>(cost: CostLike, a: VectorLike, b: VectorLike, { epsilon, tolerance, backend: choice }: Wanted, solve: (problem: Problem, device: TransportPlan | null) => Generator<R, T, boolean>): Generator<R, T | TransportSolution, boolean>;
export {};
//# sourceMappingURL=on-backend.d.ts.map