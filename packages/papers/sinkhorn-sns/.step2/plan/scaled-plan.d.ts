import { GibbsPlan, type TransportKernels } from '@opt/core/transport';
import type { Problem } from '../problem/problem.ts';
import type { PlanViews } from './plan-views.ts';
import type { PlanReadout, WorkingPotentials } from './transport-plan.ts';
/** The state that Newton and Sinkhorn share: the plan of the working problem in memory, with its scalings. */
export declare class ScaledPlan extends GibbsPlan<PlanViews> {
    constructor(problem: Problem, views: PlanViews, kernels: TransportKernels);
    /**
     * {@link sinkhorn}, w times as far in the logarithm of each scaling; when w is not 1, the rows' error is counted
     * too.
     */
    relaxed(w: number): number;
    /** The value of the dual at the scalings, up to a constant and in units of epsilon. */
    dual(): number;
    /**
     * Scales the rows to their marginal, unless they are, then the columns, once; returns the error that is left. Never
     * lowers the potential.
     */
    balance(): number;
    setPotentials(potentials: WorkingPotentials, epsilon: number): void;
    /** Copies of f and g, with the scalings. */
    potentials(): WorkingPotentials;
    /** Sets the trial potentials to (F + alpha dx, G + alpha dy). */
    protected aim(alpha: number, dx: Float64Array, dy: Float64Array): void;
    /** Moves the potentials to where P is. */
    accept(): void;
    /** Replaces the plan and its potentials by those computed elsewhere. */
    place(from: {
        potentials(): WorkingPotentials;
        epsilon: number;
        writePlan(out: Float64Array): void;
    }): void;
    read(): PlanReadout;
}
//# sourceMappingURL=scaled-plan.d.ts.map