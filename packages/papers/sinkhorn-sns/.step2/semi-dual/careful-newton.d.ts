import { type Level, type Steps } from '../level.ts';
import type { NewtonPlan } from '../plan/newton-plan.ts';
import type { WorkingPotentials } from '../plan/transport-plan.ts';
/**
 * Newton's method on the semi-dual, for problems on which sparse Newton misses its tolerance: those with blocks of
 * points that exchange almost no mass, and those with masses too small for P. Every level is solved to the final
 * tolerance, so that no imbalance is left which a smaller epsilon could not correct.
 *
 * Leaves the plan at its answer. Returns why it ended above the tolerance, or undefined.
 */
export declare function carefulNewton(level: Level, plan: NewtonPlan, range: number): Steps<string | undefined>;
/** Puts the plan at potentials at which its own exponentials would leave the range of doubles. */
export declare function placeInLogs(plan: NewtonPlan, potentials: WorkingPotentials): void;
/** Whether a row or column has so little mass that P cannot hold all of its entries. */
export declare const isLight: ({ a, b }: {
    a: Float64Array;
    b: Float64Array;
}) => boolean;
//# sourceMappingURL=careful-newton.d.ts.map