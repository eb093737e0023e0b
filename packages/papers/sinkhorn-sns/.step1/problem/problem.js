import { log, number, refuse, vector } from '@opt/core';
import { allowedPairs, costRange } from './allowed.js';
import { acrossTheBox, costRowsOf } from './cost-rows.js';
/** Refuses sums of masses that differ. */
export function equalSums(a, b, label) {
    if (!(Math.abs(a - b) <= 1e-9 * Math.max(a, b)))
        refuse(label, 'of equal sums', `${a} and ${b}`);
}
/** Finds the positive masses: their indices, the masses divided by their sum, and the sum. */
function positive(masses) {
    const at = Int32Array.from(masses.keys()).filter((i) => masses[i] > 0);
    let total = 0;
    for (const i of at)
        total += masses[i];
    return { at, mass: Float64Array.from(at, (i) => masses[i] / total), total };
}
/**
 * Checks everything a user may get wrong and prepares the working problem. The caller's arrays are only read.
 *
 * @param options.fromPoints take the range of a cost with points from their bounding box, not entry by entry.
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export function workingProblem(given, a, b, { epsilon, tolerance = 1e-9, fromPoints = false }) {
    const cost = costRowsOf(given);
    const sources = positive(vector(a, 'a', { length: cost.rows, sign: 'nonnegative' }));
    const targets = positive(vector(b, 'b', { length: cost.columns, sign: 'nonnegative' }));
    number(epsilon, 'epsilon', { positive: true });
    for (const [name, { total }] of [['a', sources], ['b', targets]])
        if (!(total > 0 && total < Infinity))
            refuse(name, 'of positive, finite sum', `sum ${total}`);
    equalSums(sources.total, targets.total, 'a and b');
    const extent = fromPoints && cost.points
        ? { low: 0, high: acrossTheBox(cost.points), forbids: false }
        : costRange(cost, sources.at, targets.at);
    const { low, high } = extent;
    if (!Number.isFinite(high - low))
        refuse('cost', 'of finite range', `${low} to ${high}`);
    const working = {
        cost,
        a: sources.mass,
        b: targets.mass,
        rows: sources.at,
        columns: targets.at,
        mass: sources.total,
    };
    const pairs = allowedPairs(working, extent, epsilon, tolerance);
    const forbids = extent.forbids || pairs.highest < high;
    const range = pairs.highest - low;
    // Costs and epsilon must be small beside the cost of forbidden pairs.
    const size = forbids ? Math.max(range, epsilon) : range;
    let scale = 1;
    while (size * scale > 1)
        scale /= 2;
    while (size > 0 && size * scale <= 0.5 && scale < 1e307)
        scale *= 2;
    if (!(epsilon * scale > 0 && Number.isFinite(1 / (epsilon * scale))))
        refuse('epsilon', `of a size with the range of cost (${range})`, String(epsilon));
    const problem = {
        ...working,
        ...pairs,
        logA: working.a.map(log),
        logB: working.b.map(log),
        forbids,
        shift: low,
        scale,
        range: range * scale,
        epsilon: epsilon * scale,
        writeCost: (out, stride, from = 0, to = working.a.length) => writeCost(problem, out, stride, from, to),
    };
    return problem;
}
/** The working cost of a forbidden pair: exp(-FORBIDDEN / epsilon) is 0, and 0 times it is 0. */
const FORBIDDEN = 1e20;
export function writeCost(problem, out, stride, from, to) {
    const { cost, rows, columns, shift, scale, highest, forbids } = problem;
    const row = new Float64Array(cost.columns);
    for (let i = from; i < to; i++) {
        cost.writeRow(rows[i], row);
        const at = (i - from) * stride;
        for (let j = 0; j < columns.length; j++)
            out[at + j] = (row[columns[j]] - shift) * scale;
        if (forbids)
            for (let j = 0; j < columns.length; j++)
                if (row[columns[j]] > highest)
                    out[at + j] = FORBIDDEN;
    }
}
//# sourceMappingURL=problem.js.map