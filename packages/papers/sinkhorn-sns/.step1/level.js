/** A level on the way whose error is below this is accepted even if it missed its target. */
export const GOOD_ENOUGH = 0.05;
/** Makes the report of an iteration. */
export function reportOf({ plan, unit, last }, phase, error) {
    return { phase, epsilon: plan.epsilon / unit, levelError: error, error: last ? error : Infinity };
}
/** Extrapolates potentials along the levels: those after `good`, t times as far from it as `before` is. */
export const beyond = (before, good, t) => ({
    f: good.f.map((v, i) => v + t * (v - before.f[i])),
    g: good.g.map((v, j) => v + t * (v - before.g[j])),
});
//# sourceMappingURL=level.js.map