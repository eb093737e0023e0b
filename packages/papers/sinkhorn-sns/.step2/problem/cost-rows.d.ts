import { type MatrixLike } from '@opt/core';
/** A cost matrix that is computed row by row, so that it need not fit into memory. */
export interface CostRows {
    rows: number;
    columns: number;
    /** Writes row i, `columns` numbers; Infinity forbids a pair. */
    writeRow(i: number, out: Float64Array): void;
    /** The points whose distances these are, if any: a device then computes costs where they are needed. */
    points?: CostPoints;
}
/** Two point clouds, row-major, and the cost between their points. */
export interface CostPoints {
    x: Float64Array;
    y: Float64Array;
    dimension: number;
    metric: 'sqeuclidean' | 'euclidean' | 'cityblock';
}
/** Names of ground costs, as in scipy's cdist. */
export declare const METRICS: readonly CostPoints['metric'][];
/** A cost: a matrix, or its rows on demand. */
export type CostLike = MatrixLike | CostRows;
/** Checks rows on demand; reads a matrix row by row. */
export declare function costRowsOf(cost: CostLike): CostRows;
/** Bounds the costs between points by that across the box around them, without a look at every pair. */
export declare function acrossTheBox({ x, y, dimension, metric }: CostPoints): number;
//# sourceMappingURL=cost-rows.d.ts.map