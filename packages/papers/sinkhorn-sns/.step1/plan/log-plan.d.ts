import type { Problem } from '../problem/problem.ts';
import type { PlanReadout, WorkingPotentials } from './transport-plan.ts';
/** Sinkhorn in the log domain on a cost that is read row by row: needs O(n + m) numbers beside it. */
export declare class LogPlan {
    #private;
    /** The potentials carry everything here: no scaling ever strains. */
    readonly strained = false;
    constructor(problem: Problem);
    setPotentials({ f, g }: WorkingPotentials, epsilon: number): void;
    evaluate(): void;
    /** Columns by the last sums, then rows and the new column sums in one pass: one exponential an entry. */
    sinkhorn(): number;
    /** Computes the marginals and the cost of the plan. */
    absorb(): void;
    read(): PlanReadout;
}
//# sourceMappingURL=log-plan.d.ts.map