import { exp, log } from '@opt/core';
import { balance } from './balance.js';
/** Two points belong to one block if they exchange more than this share of the lighter one's mass. */
const TOGETHER = 1e-4;
/** Masses of a block that differ by less than this share are equal up to rounding. */
const EQUAL = 1e-14;
/**
 * Sets the potentials of blocks of points relative to each other. A solver stops when the marginals are right; blocks
 * that exchange less than the tolerance may then stand at any height. Their true heights follow from what they have to
 * exchange, however little that is: with shifts s_k of the blocks, sum_l P_kl exp(s_k - s_l) - P_lk exp(s_l - s_k) is
 * the surplus of block k. Nothing is subtracted from a mass here, so 1e-200 is as good as 0.1.
 *
 * Returns whether there is more than one block.
 */
export function alignBlocks(problem, { f, g }) {
    const { a, b, epsilon } = problem;
    const exponents = exponentsOf(problem, { f, g });
    const { ofRow, ofColumn, count } = findBlocks(problem, exponents);
    if (count === 1)
        return false;
    const surplus = new Float64Array(count);
    const size = new Float64Array(count);
    ofRow.forEach((k, i) => {
        surplus[k] += a[i];
        size[k] += a[i];
    });
    ofColumn.forEach((k, j) => {
        surplus[k] -= b[j];
        size[k] += b[j];
    });
    for (let k = 0; k < count; k++)
        if (Math.abs(surplus[k]) <= EQUAL * size[k])
            surplus[k] = 0;
    const shifts = balance(exchange(exponents, ofRow, ofColumn, count), surplus);
    ofRow.forEach((k, i) => (f[i] += epsilon * shifts[k]));
    ofColumn.forEach((k, j) => (g[j] -= epsilon * shifts[k]));
    return true;
}
/** Computes log P. */
function exponentsOf(problem, { f, g }) {
    const { a, b, logA, logB, epsilon } = problem;
    const [n, m] = [a.length, b.length];
    const E = new Float64Array(n * m);
    problem.writeCost(E, m);
    for (let i = 0, k = 0; i < n; i++) {
        for (let j = 0; j < m; j++, k++)
            E[k] = (f[i] + g[j] - E[k]) / epsilon + logA[i] + logB[j];
    }
    return E;
}
/** Numbers the blocks: that of each row and of each column. */
function findBlocks({ a, b }, E) {
    const [n, m] = [a.length, b.length];
    const parent = Int32Array.from({ length: n + m }, (_, k) => k);
    const root = (k) => {
        let at = k;
        while (parent[at] !== at)
            at = parent[at] = parent[parent[at]];
        return at;
    };
    for (let i = 0; i < n; i++)
        for (let j = 0; j < m; j++)
            if (E[i * m + j] > log(TOGETHER * Math.min(a[i], b[j])))
                parent[root(i)] = root(n + j);
    const numbers = new Map();
    const block = (k) => {
        const at = root(k);
        if (!numbers.has(at))
            numbers.set(at, numbers.size);
        return numbers.get(at);
    };
    const ofRow = Int32Array.from(a, (_, i) => block(i));
    const ofColumn = Int32Array.from(b, (_, j) => block(n + j));
    return { ofRow, ofColumn, count: numbers.size };
}
/** Computes the logarithms of the masses that blocks send each other. */
function exchange(E, ofRow, ofColumn, count) {
    const high = new Float64Array(count * count).fill(-Infinity);
    const sums = new Float64Array(count * count);
    const each = (visit) => ofRow.forEach((k, i) => {
        ofColumn.forEach((l, j) => {
            if (k !== l)
                visit(k * count + l, E[i * ofColumn.length + j]);
        });
    });
    each((pair, e) => (high[pair] = Math.max(high[pair], e)));
    each((pair, e) => (sums[pair] += exp(e - high[pair])));
    return high.map((h, pair) => (h === -Infinity ? h : h + log(sums[pair])));
}
//# sourceMappingURL=blocks.js.map