import type { Backend, DeviceArray, DeviceScope } from '@opt/core';
import type { Problem } from '../problem/problem.ts';
/**
 * What programs need to compute a cost: arrays and numbers to declare, and WGSL functions `row_at(i)` and
 * `column_at(j)`, called once for a line, and `cost(row, column)` of two of their values.
 */
export interface CostAccess {
    /** Distinguishes programs for different costs. */
    kind: string;
    reads: readonly string[];
    numbers: readonly string[];
    wgsl: string;
}
/** A cost on the device: its access, and the arrays and numbers that the access names. */
export interface DeviceCost {
    access: CostAccess;
    arrays: Record<string, DeviceArray>;
    numbers: Record<string, number>;
}
/** Puts the cost of a problem on the device: its points alone where it has them, else the matrix. */
export declare function deviceCost(backend: Backend, scope: DeviceScope, problem: Problem): DeviceCost;
//# sourceMappingURL=cost.d.ts.map