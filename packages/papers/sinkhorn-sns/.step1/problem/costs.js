import { matrix, number, oneOf, refuse, show } from '@opt/core';
import ndarray from 'ndarray';
import { acrossTheBox, METRICS } from './cost-rows.js';
/**
 * Computes the cost between two point clouds row by row on demand, for problems whose n x m matrix does not fit into
 * memory.
 *
 * @param x n points of d coordinates.
 * @param y m points of d coordinates.
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export const costRows = (x, y, metric = 'sqeuclidean') => rowsBetween(x, y, metric, 'costRows');
/** {@link costRows} for a caller named `name`. */
function rowsBetween(x, y, metric, name) {
    const X = matrix(x, `${name}: x`);
    const [n, d] = X.shape;
    const Y = matrix(y, `${name}: y`, { columns: d });
    const m = Y.shape[0];
    oneOf(metric, `${name}: metric`, METRICS);
    const points = { x: X.data, y: Y.data, dimension: d, metric };
    if (!Number.isFinite(acrossTheBox(points)))
        refuse(`${name}: x and y`, 'points at finite distances', 'a distance of Infinity');
    const manhattan = metric === 'cityblock';
    return {
        rows: n,
        columns: m,
        points,
        writeRow(i, out) {
            number(i, 'costRows.writeRow: i', { integer: true, min: 0, max: n - 1 });
            if (Object.prototype.toString.call(out) !== '[object Float64Array]' || out.length !== m)
                refuse('costRows.writeRow: out', `a Float64Array of length ${m}`, show(out), 'type');
            for (let j = 0; j < m; j++) {
                let sum = 0;
                for (let k = 0; k < d; k++) {
                    const t = X.data[i * d + k] - Y.data[j * d + k];
                    sum += manhattan ? Math.abs(t) : t * t;
                }
                out[j] = metric === 'euclidean' ? Math.sqrt(sum) : sum;
            }
        },
    };
}
/** Computes the whole cost matrix between two point clouds, n x m. */
export const pairwiseCost = (x, y, metric = 'sqeuclidean') => costBetween(x, y, metric, 'pairwiseCost');
/** {@link pairwiseCost} for a caller named `name`. */
export function costBetween(x, y, metric, name) {
    const { rows, columns, writeRow } = rowsBetween(x, y, metric, name);
    const data = new Float64Array(rows * columns);
    for (let i = 0; i < rows; i++)
        writeRow(i, data.subarray(i * columns, (i + 1) * columns));
    return ndarray(data, [rows, columns]);
}
/** Computes squared Euclidean distances, n x m. */
export const squaredEuclidean = (x, y) => costBetween(x, y, 'sqeuclidean', 'squaredEuclidean');
/** Computes Euclidean distances, n x m. */
export const euclidean = (x, y) => costBetween(x, y, 'euclidean', 'euclidean');
/** Computes sums of absolute differences, n x m. */
export const manhattan = (x, y) => costBetween(x, y, 'cityblock', 'manhattan');
/** Lists the points of a height x width grid on [0, 1]^2: pixel (i, j) at (i / (height - 1), j / (width - 1)). */
export const gridPoints = (height, width) => gridOf(height, width, 'gridPoints');
/** {@link gridPoints} for a caller named `name`. */
export function gridOf(height, width, name) {
    number(height, `${name}: height`, { integer: true, min: 1 });
    number(width, `${name}: width`, { integer: true, min: 1 });
    const data = new Float64Array(2 * height * width);
    for (let p = 0; p < height * width; p++) {
        data[2 * p] = height > 1 ? Math.floor(p / width) / (height - 1) : 0;
        data[2 * p + 1] = width > 1 ? (p % width) / (width - 1) : 0;
    }
    return ndarray(data, [height * width, 2]);
}
/**
 * Computes the cost between the pixels of a height x width image, divided by its largest entry, so that 1 / epsilon is
 * the paper's eta.
 */
export const gridCost = (height, width, metric = 'sqeuclidean') => gridCostOf(height, width, metric, 'gridCost');
/** {@link gridCost} for a caller named `name`. */
export function gridCostOf(height, width, metric, name) {
    const points = gridOf(height, width, name);
    return scaled(costBetween(points, points, metric, name));
}
/** Divides a cost by its largest entry, unless that is 0. */
export function scaled(cost) {
    const C = matrix(cost, 'scaled: cost');
    const high = C.data.reduce((h, c) => Math.max(h, c), 0);
    return high > 0
        ? ndarray(C.data.map((c) => c / high), C.shape.slice())
        : C;
}
//# sourceMappingURL=costs.js.map