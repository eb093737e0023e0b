import { log, options, vector } from '@opt/core';
/** Converts a user's potentials to those of the working problem; zeros without. */
export function initialPotentials({ cost, rows, columns, shift, scale, mass, epsilon, range }, initial) {
    if (initial === undefined)
        return { f: new Float64Array(rows.length), g: new Float64Array(columns.length) };
    options(initial, 'initial');
    const f = vector(initial.f, 'initial.f', { length: cost.rows });
    const g = vector(initial.g, 'initial.g', { length: cost.columns });
    const offset = epsilon * log(mass);
    return withinReach(Float64Array.from(rows, (i) => (f[i] - shift) * scale + offset), Float64Array.from(columns, (j) => g[j] * scale), REACH * (range + 750 * epsilon));
}
/** Potentials are brought back when they are this many times as far out as a solution's can be. */
const REACH = 4;
/** Clamps potentials so far out that costs would be lost in their rounding. */
function withinReach(f, g, reach) {
    const inside = (v) => Math.abs(v) <= reach;
    if (f.every(inside) && g.every(inside))
        return { f, g };
    const top = g.reduce((high, v) => Math.max(high, v), -Infinity);
    const clamp = (v) => Math.min(reach, Math.max(-reach, Number.isNaN(v) ? 0 : v));
    return { f: f.map((v) => clamp(v + top)), g: g.map((v) => clamp(v - top)) };
}
//# sourceMappingURL=initial.js.map