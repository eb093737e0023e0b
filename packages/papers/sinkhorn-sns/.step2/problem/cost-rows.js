import { callback, matrix, number, oneOf, options, vector } from '@opt/core';
/** Names of ground costs, as in scipy's cdist. */
export const METRICS = ['sqeuclidean', 'euclidean', 'cityblock'];
/** Checks rows on demand; reads a matrix row by row. */
export function costRowsOf(cost) {
    if (typeof cost === 'object' && cost !== null && 'writeRow' in cost)
        return checkRows(cost);
    const { data, shape } = matrix(cost, 'cost', { infinity: true });
    const [rows, columns] = shape;
    return { rows, columns, writeRow: (i, out) => out.set(data.subarray(i * columns, (i + 1) * columns)) };
}
function checkRows(cost) {
    const { rows, columns, writeRow, points } = cost;
    number(rows, 'cost.rows', { integer: true, min: 1 });
    number(columns, 'cost.columns', { integer: true, min: 1 });
    callback(writeRow, 'cost.writeRow');
    if (points === undefined)
        return cost;
    const { x, y, dimension, metric } = options(points, 'cost.points');
    number(dimension, 'cost.points.dimension', { integer: true, min: 1 });
    vector(x, 'cost.points.x', { length: rows * dimension });
    vector(y, 'cost.points.y', { length: columns * dimension });
    oneOf(metric, 'cost.points.metric', METRICS);
    return cost;
}
/** Bounds the costs between points by that across the box around them, without a look at every pair. */
export function acrossTheBox({ x, y, dimension, metric }) {
    let sum = 0;
    for (let k = 0; k < dimension; k++) {
        let [low, high] = [Infinity, -Infinity];
        for (const points of [x, y])
            for (let i = k; i < points.length; i += dimension) {
                if (points[i] < low)
                    low = points[i];
                if (points[i] > high)
                    high = points[i];
            }
        sum += metric === 'cityblock' ? high - low : (high - low) * (high - low);
    }
    return metric === 'euclidean' ? Math.sqrt(sum) : sum;
}
//# sourceMappingURL=cost-rows.js.map