import { log } from '@opt/core';
import { writeCost } from './problem.js';
/** So many neighbours of a side become one point of the coarser problem, ... */
export const GROUP = 4;
/** ... if at least so many are left of each side. */
const FEWEST = 32;
/** The point of a group that stands for all of them; its neighbour before it tries whether it can. */
export const MIDDLE = GROUP >> 1;
/**
 * Leaves out most points of a problem: one of each {@link GROUP} neighbours remains, with the mass of all; the last
 * group takes what is left over. Returns null when few points would remain, or pairs are forbidden: no plan might have
 * the marginals.
 */
export function coarser(problem) {
    const { a, b, rows, columns, forbids } = problem;
    if (forbids || Math.min(a.length, b.length) < GROUP * FEWEST)
        return null;
    const [coarseA, coarseB] = [sums(a), sums(b)];
    const fewer = {
        ...problem,
        a: coarseA,
        b: coarseB,
        logA: coarseA.map(log),
        logB: coarseB.map(log),
        rows: middles(rows, coarseA.length),
        columns: middles(columns, coarseB.length),
        writeCost: (out, stride, from = 0, to = coarseA.length) => writeCost(fewer, out, stride, from, to),
    };
    return fewer;
}
/** The group of a point, of so many groups. */
export const groupOf = (point, groups) => Math.min(groups - 1, Math.floor(point / GROUP));
function sums(masses) {
    const groups = Math.floor(masses.length / GROUP);
    const total = new Float64Array(groups);
    masses.forEach((mass, i) => (total[groupOf(i, groups)] += mass));
    return total;
}
const middles = (points, groups) => Int32Array.from({ length: groups }, (_, k) => points[k * GROUP + MIDDLE]);
//# sourceMappingURL=coarser.js.map