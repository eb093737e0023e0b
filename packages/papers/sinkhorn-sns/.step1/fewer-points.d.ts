import { type Level, type SolveLevel, type Steps } from './level.ts';
import { NewtonPlan } from './plan/newton-plan.ts';
import type { Problem } from './problem/problem.ts';
/**
 * Solves levels with a quarter of the points, which start from a quarter of these and so on, as far down as that helps;
 * a step costs a sixteenth then. Where neighbours have similar costs that is the last level, where costs are random the
 * first ones.
 *
 * @param levels epsilons, the last level first.
 * @returns how many of the levels are left to solve; unless all of them are, the plan stands at the first.
 */
export declare function startOnFewer(solveLevel: SolveLevel, level: Level, plan: NewtonPlan, problem: Problem, levels: readonly number[]): Steps<number | 'stopped'>;
//# sourceMappingURL=fewer-points.d.ts.map