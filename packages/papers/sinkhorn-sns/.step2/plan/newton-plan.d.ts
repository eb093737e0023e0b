import type { Problem } from '../problem/problem.ts';
import { ScaledPlan } from './scaled-plan.ts';
import type { Direction, PlanReadout, Threshold, TransportPlan, Trial } from './transport-plan.ts';
/** The plan in memory with its Newton directions. */
export declare class NewtonPlan extends ScaledPlan implements TransportPlan {
    #private;
    readonly floor = 1e-11;
    constructor(problem: Problem);
    /** Whether only the entries that matter follow the potentials. */
    get screened(): boolean;
    /** Lets only the entries that matter for the next steps follow the potentials, if they are few. */
    screen(error: number, target: number): void;
    /** Lets all entries follow the potentials. */
    unscreen(): void;
    protected gibbs(F: Float64Array, G: Float64Array): void;
    /** {@link ScaledPlan.balance}; an error of at most `target` is that of all entries. */
    balance(target?: number): number;
    thresholdByMass(mass: number, minimum: number): Threshold;
    thresholdByCount(count: number): Threshold;
    direct(threshold: number | null, tolerance: number): Direction;
    tryStep(alpha: number): Trial;
    read(): PlanReadout;
    free(): void;
}
//# sourceMappingURL=newton-plan.d.ts.map