import { matrix, number, options as optionsOf, refuse, SOLVE_OPTIONS, show, vector, } from '@opt/core';
import { costBetween, gridPoints } from './problem/costs.js';
import { workingProblem } from './problem/problem.js';
import { alignBlocks } from './semi-dual/blocks.js';
import { sinkhornNewton } from './sinkhorn-newton.js';
import { fillSilent } from './solution.js';
const DISTANCE_OPTIONS = ['epsilon', 'a', 'b', ...SOLVE_OPTIONS];
const uniform = (n) => new Float64Array(n).fill(1 / n);
/**
 * Computes the Sinkhorn divergence of two point clouds (Feydy et al. 2019), the debiased entropic transport cost.
 *
 * @param x n x d points.
 * @param y m x d points.
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export function sinkhornDivergence(x, y, given) {
    const { a, b, metric = 'sqeuclidean', ...options } = optionsOf(given, 'sinkhornDivergence: options', [...DISTANCE_OPTIONS, 'metric']);
    const X = matrix(x, 'sinkhornDivergence: x');
    const Y = matrix(y, 'sinkhornDivergence: y', { columns: X.shape[1] });
    const from = vector(a ?? uniform(X.shape[0]), 'sinkhornDivergence: a', { length: X.shape[0], sign: 'nonnegative' });
    const to = vector(b ?? uniform(Y.shape[0]), 'sinkhornDivergence: b', { length: Y.shape[0], sign: 'nonnegative' });
    const own = (points, masses) => {
        const s = sinkhornNewton(costBetween(points, points, metric, 'sinkhornDivergence'), masses, masses, options);
        // The exact f and g are equal. Those found may differ by the heights of blocks, which cancel in their mean.
        return { ...s, potential: s.f.map((v, i) => (v + s.g[i]) / 2) };
    };
    const xx = own(X, from);
    if (same(X.data, Y.data) && same(from, to)) {
        const zeros = new Float64Array(from.length);
        return { divergence: 0, converged: xx.status === 'converged', gradA: zeros, gradB: zeros.slice() };
    }
    const yy = own(Y, to);
    const cost = costBetween(X, Y, metric, 'sinkhornDivergence');
    const xy = sinkhornNewton(cost, from, to, options);
    const { f, g } = aligned(cost, from, to, options, xy);
    return {
        divergence: xy.value - (xx.value + yy.value) / 2,
        converged: [xy, xx, yy].every(({ status }) => status === 'converged'),
        gradA: f.map((v, i) => v - xx.potential[i]),
        gradB: g.map((v, j) => v - yy.potential[j]),
    };
}
const same = (x, y) => x.length === y.length && x.every((v, i) => v === y[i]);
/** Corrects the relative heights of blocks that hardly exchange mass. */
function aligned(cost, a, b, options, solution) {
    const problem = workingProblem(cost, a, b, options);
    const { rows, columns, scale, shift } = problem;
    let { f, g } = solution;
    for (let round = 0; round < 2; round++) {
        const working = {
            f: Float64Array.from(rows, (i) => (f[i] - shift) * scale),
            g: Float64Array.from(columns, (j) => g[j] * scale),
        };
        if (!alignBlocks(problem, working))
            break;
        f = f.slice();
        g = g.slice();
        rows.forEach((at, i) => (f[at] = working.f[i] / scale + shift));
        columns.forEach((at, j) => (g[at] = working.g[j] / scale));
        fillSilent(problem, f, g, options.epsilon);
        // Finds the blocks again, from the corrected potentials.
        if (round === 0)
            ({ f, g } = sinkhornNewton(cost, a, b, { ...options, initial: { f, g } }));
    }
    return { f, g };
}
/**
 * Approximates W_p between two point clouds or pictures, p = 1 or 2, by (cost of the entropic plan)^(1/p). The entropic
 * plan is not quite optimal, so this is slightly above the true distance, and tends to it with epsilon.
 *
 * @param x n x d points, or a picture.
 * @param y m x d points, or a picture.
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export function wasserstein(x, y, given) {
    const { p = 2, a, b, ...options } = optionsOf(given, 'wasserstein: options', [...DISTANCE_OPTIONS, 'p']);
    if (p !== 1 && p !== 2)
        refuse('wasserstein: p', '1 or 2', show(p));
    const from = measureOf(x, a, 'x');
    const to = measureOf(y, b, 'y');
    const cost = costBetween(from.points, to.points, p === 1 ? 'euclidean' : 'sqeuclidean', 'wasserstein');
    const { cost: paid, status } = sinkhornNewton(cost, from.masses, to.masses, options);
    return { distance: p === 1 ? paid : Math.sqrt(Math.max(0, paid)), converged: status === 'converged' };
}
function measureOf(x, masses, label) {
    if (typeof x === 'object' && x !== null && 'pixels' in x) {
        const { height, width } = x;
        number(height, `wasserstein: ${label}.height`, { integer: true, min: 1 });
        number(width, `wasserstein: ${label}.width`, { integer: true, min: 1 });
        const length = height * width;
        const pixels = vector(x.pixels, `wasserstein: ${label}.pixels`, { length, sign: 'nonnegative' });
        const total = pixels.reduce((s, v) => s + v, 0);
        if (!(total > 0 && total < Infinity))
            refuse(`wasserstein: ${label}`, 'a picture with a pixel above 0 and of finite sum', `pixels of sum ${total}`);
        return { points: gridPoints(height, width), masses: pixels.map((v) => v / total) };
    }
    const points = matrix(x, `wasserstein: ${label}`);
    const [length] = points.shape;
    const given = masses && vector(masses, `wasserstein: ${label === 'x' ? 'a' : 'b'}`, { length, sign: 'nonnegative' });
    return { points, masses: given ?? uniform(length) };
}
//# sourceMappingURL=divergence.js.map