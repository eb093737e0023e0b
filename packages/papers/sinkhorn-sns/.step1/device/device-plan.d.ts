import type { Backend } from '@opt/core';
import type { Direction, PlanReadout, Threshold, TransportPlan, Trial, WorkingPotentials } from '../plan/transport-plan.ts';
import type { Problem } from '../problem/problem.ts';
/**
 * A transport plan whose problem, potentials and marginals are on a device; P itself is computed wherever it is
 * needed.
 */
export declare class DevicePlan implements TransportPlan {
    #private;
    readonly rows: number;
    readonly columns: number;
    readonly floor = 0.000005;
    readonly strained = false;
    constructor(backend: Backend, problem: Problem);
    get epsilon(): number;
    setPotentials(potentials: WorkingPotentials, epsilon: number): void;
    potentials(): Promise<WorkingPotentials>;
    /** In the log domain nothing under- or overflows. */
    evaluate(): void;
    absorb(): void;
    sinkhorn(ahead: number, target: number): number | Promise<number>;
    balance(): Promise<number>;
    error(): Promise<number>;
    thresholdByMass(mass: number, minimum: number): Promise<Threshold>;
    thresholdByCount(count: number): Promise<Threshold>;
    direct(threshold: number | null, tolerance: number): Promise<Direction>;
    tryStep(alpha: number): Promise<Trial>;
    accept(): void;
    read(): Promise<PlanReadout>;
    free(): void;
}
//# sourceMappingURL=device-plan.d.ts.map