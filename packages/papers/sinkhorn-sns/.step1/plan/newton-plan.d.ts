import type { Problem } from '../problem/problem.ts';
import { ScaledPlan } from './scaled-plan.ts';
import type { Direction, Threshold, TransportPlan, Trial } from './transport-plan.ts';
/** The plan in memory with its Newton directions. */
export declare class NewtonPlan extends ScaledPlan implements TransportPlan {
    #private;
    readonly floor = 1e-11;
    constructor(problem: Problem);
    thresholdByMass(mass: number, minimum: number): Threshold;
    thresholdByCount(count: number): Threshold;
    direct(threshold: number | null, tolerance: number): Direction;
    tryStep(alpha: number): Trial;
    free(): void;
}
//# sourceMappingURL=newton-plan.d.ts.map