import { matrixCopy, vector } from '@opt/core';
import { sendMost } from '../problem/flow.js';
import { obstacle } from '../problem/obstacle.js';
import { equalSums } from '../problem/problem.js';
/** Computes row and column sums. */
function marginals({ data, shape }) {
    const [n, m] = shape;
    const r = new Float64Array(n);
    const c = new Float64Array(m);
    for (let i = 0; i < n; i++)
        for (let j = 0; j < m; j++) {
            const p = data[i * m + j];
            r[i] += p;
            c[j] += p;
        }
    return { r, c };
}
/**
 * Moves a plan onto its marginals exactly, changing it by at most 2 (|P 1 - a|_1 + |P' 1 - b|_1) in L1
 * (Altschuler, Niles-Weed and Rigollet 2017, Algorithm 2).
 *
 * @param plan n x m, nonnegative.
 * @param a n nonnegative masses.
 * @param b m nonnegative masses of the same sum.
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export function roundPlan(plan, a, b) {
    const P = matrixCopy(plan, 'roundPlan: plan', { sign: 'nonnegative' });
    const [n, m] = P.shape;
    const to = {
        a: vector(a, 'roundPlan: a', { length: n, sign: 'nonnegative' }),
        b: vector(b, 'roundPlan: b', { length: m, sign: 'nonnegative' }),
    };
    equalSums(sum(to.a), sum(to.b), 'roundPlan: a and b');
    const { ea, eb } = shrink(P, to);
    const missing = sum(ea);
    if (missing > 0)
        for (let i = 0; i < n; i++)
            for (let j = 0; j < m; j++)
                P.data[i * m + j] += (ea[i] * eb[j]) / missing;
    return P;
}
/** Scales rows, then columns, down to their masses; returns the masses that are missing then. */
function shrink(P, to) {
    const [n, m] = P.shape;
    const factors = (target, sums) => target.map((t, k) => (sums[k] > t ? t / sums[k] : 1));
    const x = factors(to.a, marginals(P).r);
    for (let i = 0; i < n; i++)
        for (let j = 0; j < m; j++)
            P.data[i * m + j] *= x[i];
    const y = factors(to.b, marginals(P).c);
    for (let i = 0; i < n; i++)
        for (let j = 0; j < m; j++)
            P.data[i * m + j] *= y[j];
    const { r, c } = marginals(P);
    return {
        ea: to.a.map((t, i) => Math.max(t - r[i], 0)),
        eb: to.b.map((t, j) => Math.max(t - c[j], 0)),
    };
}
/** Rounds a plan in place, as {@link roundPlan}, on allowed pairs only. Returns whether they can carry the masses. */
export function roundWithin(P, to, allowed) {
    const [n, m] = P.shape;
    for (let k = 0; k < P.data.length; k++)
        P.data[k] *= allowed.table[k];
    const { ea, eb } = shrink(P, to);
    const sent = Array.from({ length: m }, (_, j) => {
        const column = new Map();
        for (let i = 0; i < n; i++)
            if (P.data[i * m + j] > 0)
                column.set(i, P.data[i * m + j]);
        return column;
    });
    const flow = { sent, supply: ea, demand: eb };
    sendMost(allowed, flow);
    sent.forEach((column, j) => {
        for (const [i, amount] of column)
            P.data[i * m + j] = amount;
    });
    return obstacle(allowed, to.a, to.b, flow, 1e-9 * sum(to.a)) === null;
}
export const sum = (x) => x.reduce((s, v) => s + v, 0);
//# sourceMappingURL=rounding.js.map