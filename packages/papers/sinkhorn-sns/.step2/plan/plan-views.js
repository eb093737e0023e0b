import { gibbsViews } from '@opt/core/transport';
/** Lays out the arrays of a `ScaledPlan`. */
export const planViews = (n, m, views) => ({
    ...gibbsViews(n, m, views),
    trialF: views.f64(n),
    trialG: views.f64(m),
});
//# sourceMappingURL=plan-views.js.map