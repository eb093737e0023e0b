import { exp, log, number } from '@opt/core';
import ndarray from 'ndarray';
/** Converts the working plan to the caller's units and order. */
export function transportSolution(problem, plan) {
    const { rows, columns, mass, scale, shift, a, b } = problem;
    const epsilon = problem.epsilon / scale;
    const { rows: n, columns: m } = problem.cost;
    const { r, c, cost, ...working } = plan;
    const writeRow = plan.writeRow ?? exponentialRow(problem, working);
    const total = sum(r);
    const linear = dot(a, working.f) + dot(b, working.g);
    const spread = dot(r, working.f) + dot(c, working.g);
    const tilt = (dot(b, working.g) - dot(a, working.f)) / 2;
    const offset = (shift - epsilon * log(mass)) / 2;
    const f = new Float64Array(n);
    const g = new Float64Array(m);
    rows.forEach((at, i) => (f[at] = (working.f[i] + tilt) / scale + offset));
    columns.forEach((at, j) => (g[at] = (working.g[j] - tilt) / scale + offset));
    fillSilent(problem, f, g, epsilon);
    const inRow = new Int32Array(n).fill(-1);
    rows.forEach((at, i) => (inRow[at] = i));
    const packed = new Float64Array(columns.length);
    function planRow(i, out = new Float64Array(m)) {
        number(i, 'planRow: i', { integer: true, min: 0, max: n - 1 });
        number(out.length, 'planRow: length of out', { min: m, max: m });
        out.fill(0);
        if (inRow[i] >= 0) {
            writeRow(inRow[i], packed);
            for (let j = 0; j < columns.length; j++)
                out[columns[j]] = mass * packed[j];
        }
        return out;
    }
    return {
        f,
        g,
        cost: mass * (cost / scale + shift * total),
        value: mass * (linear / scale + shift - epsilon * (log(mass) + total - mass)),
        kl: mass * ((spread - cost) / problem.epsilon - (log(mass) + 1) * total + mass),
        error: distance(r, a) + distance(c, b),
        plan() {
            const out = new Float64Array(n * m);
            rows.forEach((at) => planRow(at, out.subarray(at * m, (at + 1) * m)));
            return ndarray(out, [n, m]);
        },
        planRow,
    };
}
/** Computes rows of the plan from its potentials. */
function exponentialRow(problem, { f, g }) {
    const { a, b, epsilon } = problem;
    return (i, out) => {
        problem.writeCost(out, out.length, i, i + 1);
        for (let j = 0; j < out.length; j++)
            out[j] = a[i] * b[j] * exp((f[i] + g[j] - out[j]) / epsilon);
    };
}
/** Sets the potentials of points without mass to the soft-min that an infinitesimal mass there would have. */
export function fillSilent({ cost, rows, columns, a, b, mass }, f, g, epsilon) {
    const silentRows = others(rows, f.length);
    const silentColumns = others(columns, g.length);
    const row = new Float64Array(g.length);
    for (const i of silentRows) {
        cost.writeRow(i, row);
        f[i] = softMin(columns, b, (j) => row[j] - g[j], epsilon, mass);
    }
    if (silentColumns.length === 0)
        return;
    const column = silentColumns.map(() => new Float64Array(f.length));
    for (const i of rows) {
        cost.writeRow(i, row);
        silentColumns.forEach((j, k) => (column[k][i] = row[j] - f[i]));
    }
    silentColumns.forEach((j, k) => (g[j] = softMin(rows, a, (i) => column[k][i], epsilon, mass)));
}
/** The numbers 0 .. n - 1 without these. */
function others(these, n) {
    const set = new Set(these);
    return Array.from({ length: n }, (_, i) => i).filter((i) => !set.has(i));
}
function softMin(at, weights, h, epsilon, mass) {
    let low = Infinity;
    for (const k of at)
        low = Math.min(low, h(k));
    // No pair is allowed: any potential will do.
    if (low === Infinity)
        return 0;
    let total = 0;
    at.forEach((k, i) => (total += weights[i] * mass * exp((low - h(k)) / epsilon)));
    return low - epsilon * log(total);
}
function distance(x, y) {
    let total = 0;
    for (let i = 0; i < x.length; i++)
        total += Math.abs(y[i] - x[i]);
    return total;
}
function dot(x, y) {
    let total = 0;
    for (let i = 0; i < x.length; i++)
        total += x[i] * y[i];
    return total;
}
function sum(x) {
    let total = 0;
    for (const v of x)
        total += v;
    return total;
}
//# sourceMappingURL=solution.js.map