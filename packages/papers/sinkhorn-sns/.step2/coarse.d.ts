import { type Level, type SolveLevel, type Steps } from './level.ts';
import { NewtonPlan } from './plan/newton-plan.ts';
import type { ScaledPlan } from './plan/scaled-plan.ts';
import type { WorkingPotentials } from './plan/transport-plan.ts';
import { type Problem } from './problem/problem.ts';
/** A problem with fewer points: one of each group of neighbours, with the mass of all. */
export interface Coarser {
    problem: Problem;
    /** Points in a group of rows and of columns (the last group takes what is left over). */
    groups: [rows: number, columns: number];
}
/** Leaves out most points of a problem, or returns null when it has few. */
export declare function coarser(problem: Problem): Coarser | null;
/**
 * Puts a plan at the potentials of a coarser problem: f of each row is that of its group, g the soft-min over the
 * coarser rows. One Sinkhorn iteration makes the rows exact.
 */
export declare function refine(plan: ScaledPlan, { f }: WorkingPotentials, { problem, groups }: Coarser, epsilon: number): void;
/**
 * Solves levels with fewer points, again from still fewer, and puts the plan near the lowest of them that helps.
 *
 * @param levels epsilons, the last level first.
 * @returns how many of the levels are left to solve; the plan stands at the start of the first of them, unless all are.
 */
export declare function startOnFewer(solveLevel: SolveLevel, level: Level, plan: NewtonPlan, problem: Problem, levels: readonly number[]): Steps<number | 'stopped'>;
export declare function beyond(x: WorkingPotentials, y: WorkingPotentials, t: number): WorkingPotentials;
//# sourceMappingURL=coarse.d.ts.map