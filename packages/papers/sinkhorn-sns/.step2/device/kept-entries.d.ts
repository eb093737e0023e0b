import type { DeviceArray, DeviceScope } from '@opt/core';
import type { Threshold } from '../plan/transport-plan.ts';
import type { PlanPasses } from './plan-passes.ts';
import type { Pairs, Side } from './sides.ts';
/** The large entries of a plan on the device, by rows and by columns. */
export declare class KeptEntries {
    #private;
    constructor(scope: DeviceScope, passes: PlanPasses, stop: DeviceArray);
    /**
     * Selects as few entries as leave out at most `mass` together (each counted as if it were the largest of its bin),
     * but at least `minimum`.
     */
    byMass(pairs: Pairs, epsilon: number, mass: number, minimum: number): Promise<Threshold>;
    /** Selects the `count` largest entries: finds the bin of the last of them, ten bits finer each time. */
    byCount(pairs: Pairs, epsilon: number, count: number): Promise<Threshold>;
    /** Collects the entries of at least the threshold, about `kept` of them, by rows and by columns. */
    collect({ F, G }: Pairs, epsilon: number, { value, kept }: Threshold): void;
    /** Writes y = A x (rows) or A'x (columns) with the collected entries, or with their squares. */
    multiply(side: Side, x: DeviceArray, y: DeviceArray, square?: boolean): void;
    /** Frees the collected entries. */
    drop(): void;
}
//# sourceMappingURL=kept-entries.d.ts.map