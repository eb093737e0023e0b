import { type SolveLevel, type Steps } from './level.ts';
import type { Settings, SinkhornNewtonSolution } from './options.ts';
import { type TransportPlan } from './plan/transport-plan.ts';
import type { Problem } from './problem/problem.ts';
/** Solves a problem at a large epsilon, then at smaller ones, each from the potentials of the one before. */
export declare function anneal(solveLevel: SolveLevel, plan: TransportPlan, problem: Problem, settings: Settings): Steps<SinkhornNewtonSolution & {
    message: string | undefined;
}>;
//# sourceMappingURL=annealing.d.ts.map