import type { Backend, DeviceScope } from '@opt/core';
import type { WorkingPotentials } from '../plan/transport-plan.ts';
import type { Problem } from '../problem/problem.ts';
import type { Pairs, Sides } from './sides.ts';
/** Potentials on the device, as pairs of a multiple of a grid and a rest; and those of a tried step. */
export declare class DevicePotentials {
    #private;
    epsilon: number;
    grid: number;
    now: Pairs;
    trial: Pairs;
    constructor(backend: Backend, scope: DeviceScope, problem: Problem);
    set({ f, g }: WorkingPotentials, epsilon: number): void;
    read(): Promise<WorkingPotentials>;
    /** Sets the tried ones `alpha` times the direction on. */
    try(alpha: number, { rows, columns }: Sides): void;
    /** Makes the tried ones the present ones. */
    accept(): void;
}
//# sourceMappingURL=potentials.d.ts.map