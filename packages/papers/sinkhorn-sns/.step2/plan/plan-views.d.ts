import type { Views } from '@opt/core';
import { type GibbsViews } from '@opt/core/transport';
/** The arrays of a `ScaledPlan`; those of the rows have n numbers, those of the columns m. */
export interface PlanViews extends GibbsViews {
    /** The potentials of a trial step. */
    trialF: Float64Array;
    trialG: Float64Array;
}
/** Lays out the arrays of a `ScaledPlan`. */
export declare const planViews: (n: number, m: number, views: Views) => PlanViews;
//# sourceMappingURL=plan-views.d.ts.map