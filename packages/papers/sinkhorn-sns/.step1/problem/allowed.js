import { refuse } from '@opt/core';
import { noFlow, sendMost } from './flow.js';
import { describe, obstacle } from './obstacle.js';
/** Finds the range of the costs between points with mass. */
export function costRange(cost, rows, columns) {
    let [low, high, forbids] = [Infinity, -Infinity, false];
    const row = new Float64Array(cost.columns);
    for (const i of rows) {
        cost.writeRow(i, row);
        for (const j of columns) {
            const c = row[j];
            if (c === Infinity) {
                forbids = true;
                continue;
            }
            if (c < low)
                low = c;
            if (c > high)
                high = c;
            if (!(c > -Infinity))
                refuse(`cost[${i}][${j}]`, 'a finite number or Infinity', String(c));
        }
    }
    return low > high ? { low: 0, high: 0, forbids } : { low, high, forbids };
}
/** Costs of so many times epsilon swallow the digits of small ones: they are left out where no plan needs them. */
const HUGE = 1e6;
/** Costs of so many times epsilon swallow epsilon itself. */
const LOST = 1e13;
/** What masses may add to an exponent: -2 log of the smallest double. */
const EXPONENTS = 1500;
/**
 * Chooses the pairs that the solvers work with: those of finite cost or, where costs differ so much that the small ones
 * would be lost, those below a gap that no sum of potentials reaches across, if they can carry the masses.
 */
export function allowedPairs(problem, { low, high, forbids }, epsilon, tolerance) {
    for (const highest of high - low > HUGE * epsilon ? gaps(problem, low, epsilon) : [])
        if (!blocked(problem, highest, tolerance))
            return { highest };
    const infeasible = forbids ? blocked(problem, high, tolerance) : null;
    if (infeasible)
        return { highest: high, infeasible };
    return high - low > LOST * epsilon
        ? { highest: high, lost: `epsilon is lost in the rounding of costs up to ${high}, which the masses need` }
        : { highest: high };
}
/** Lists the highest costs below gaps, in ascending order. */
function gaps({ cost, rows, columns }, low, epsilon) {
    // Costs of one power of two are close to each other: a gap lies between the highest of one and the lowest of another.
    const highest = new Float64Array(2048).fill(-Infinity);
    const lowest = new Float64Array(2048).fill(Infinity);
    const word = new DataView(new ArrayBuffer(8));
    const row = new Float64Array(cost.columns);
    for (const i of rows) {
        cost.writeRow(i, row);
        for (const j of columns) {
            if (row[j] === Infinity)
                continue;
            word.setFloat64(0, row[j] - low);
            const at = word.getUint16(0) >>> 4;
            if (row[j] > highest[at])
                highest[at] = row[j];
            if (row[j] < lowest[at])
                lowest[at] = row[j];
        }
    }
    const far = 2 * (Math.min(rows.length, columns.length) + 1);
    const found = [];
    let below = low;
    for (let at = 0; at < 2048; at++) {
        if (lowest[at] === Infinity)
            continue;
        if (lowest[at] - low > far * (below - low + EXPONENTS * epsilon))
            found.push(below);
        below = highest[at];
    }
    return found;
}
/** Marks the pairs of costs up to `highest`, among the working rows and columns. */
export function allowedUpTo({ cost, rows, columns }, highest) {
    const table = new Uint8Array(rows.length * columns.length);
    const row = new Float64Array(cost.columns);
    rows.forEach((at, i) => {
        cost.writeRow(at, row);
        columns.forEach((from, j) => {
            if (row[from] <= highest)
                table[i * columns.length + j] = 1;
        });
    });
    return { rows: rows.length, columns: columns.length, table };
}
/** Sends as much as the pairs of costs up to `highest` can carry. */
export function largestFlow(problem, highest) {
    const allowed = allowedUpTo(problem, highest);
    const flow = noFlow(problem.a, problem.b);
    sendMost(allowed, flow);
    return { allowed, flow };
}
/** Returns why these pairs cannot carry the masses, or null if they can. */
function blocked(problem, highest, tolerance) {
    const { a, b, rows, columns, mass } = problem;
    const { allowed, flow } = largestFlow(problem, highest);
    const found = obstacle(allowed, a, b, flow, tolerance);
    return found && describe(found, rows, columns, mass);
}
//# sourceMappingURL=allowed.js.map