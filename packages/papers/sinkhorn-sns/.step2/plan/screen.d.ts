import type { CSR } from '@opt/core';
import type { PlanKernels } from '../kernels.ts';
import type { ScaledPlan } from './scaled-plan.ts';
/**
 * A plan of which only the kept entries follow the potentials, as in sparse stabilised scaling (Schmitzer, SIAM Journal on
 * Scientific Computing 41, 2019). The others stay in the marginals with the sums that they had; `unseen` bounds what
 * that hides.
 */
export declare class Screen {
    #private;
    readonly kept: CSR;
    /** @param kept entries of P, which stands at the plan's potentials. */
    constructor(plan: ScaledPlan, kernels: PlanKernels, kept: CSR);
    /** Computes the kept entries and the marginals at potentials. */
    gibbs(F: Float64Array, G: Float64Array): void;
    /** Scales the rows to their marginal, then the columns. Returns the error that is left, as far as it is seen. */
    balance(): number;
    /**
     * Bounds the L1 error of the marginals that comes from entries left out, when the potentials are F and G: an entry
     * grows by at most exp of how far its row and the farthest column have moved.
     */
    unseen(F: Float64Array, G: Float64Array): number;
}
//# sourceMappingURL=screen.d.ts.map