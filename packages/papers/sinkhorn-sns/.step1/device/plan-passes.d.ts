import type { Backend, DeviceArray, DeviceScope } from '@opt/core';
import type { DeviceCost } from './cost.ts';
import { type Mode } from './pass-programs.ts';
import type { Pairs, Side } from './sides.ts';
/** Sums along rows and columns of a plan that is never in memory. */
export declare class PlanPasses {
    #private;
    readonly n: number;
    readonly m: number;
    readonly backend: Backend;
    readonly cost: DeviceCost;
    constructor(backend: Backend, scope: DeviceScope, cost: DeviceCost, n: number, m: number, stop: DeviceArray);
    length(side: Side): number;
    /** Where {@link logSums} leaves its parts, and how many there are for each line. */
    lines(side: Side): {
        lines: DeviceArray;
        count: number;
    };
    /** Computes the log-sum-exp of each line of exponents. */
    logSums(side: Side, pairs: Pairs, epsilon: number): void;
    /** Writes P w (rows) or P'w (columns) to out; with 'square' of the squared entries, with 'cost' the sums of P C. */
    sums(mode: Exclude<Mode, 'lse'>, side: Side, pairs: Pairs, epsilon: number, { out, ...weights }: {
        w?: DeviceArray;
        out: DeviceArray;
    }): void;
}
//# sourceMappingURL=plan-passes.d.ts.map