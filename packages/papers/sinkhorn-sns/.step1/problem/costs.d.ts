import { type Matrix, type MatrixLike } from '@opt/core';
import { type CostPoints, type CostRows } from './cost-rows.ts';
/** Ground costs, named as in scipy's cdist. */
export type Metric = CostPoints['metric'];
/**
 * Computes the cost between two point clouds row by row on demand, for problems whose n x m matrix does not fit into
 * memory.
 *
 * @param x n points of d coordinates.
 * @param y m points of d coordinates.
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export declare const costRows: (x: MatrixLike, y: MatrixLike, metric?: Metric) => CostRows;
/** Computes the whole cost matrix between two point clouds, n x m. */
export declare const pairwiseCost: (x: MatrixLike, y: MatrixLike, metric?: Metric) => Matrix;
/** {@link pairwiseCost} for a caller named `name`. */
export declare function costBetween(x: MatrixLike, y: MatrixLike, metric: Metric, name: string): Matrix;
/** Computes squared Euclidean distances, n x m. */
export declare const squaredEuclidean: (x: MatrixLike, y: MatrixLike) => Matrix;
/** Computes Euclidean distances, n x m. */
export declare const euclidean: (x: MatrixLike, y: MatrixLike) => Matrix;
/** Computes sums of absolute differences, n x m. */
export declare const manhattan: (x: MatrixLike, y: MatrixLike) => Matrix;
/** Lists the points of a height x width grid on [0, 1]^2: pixel (i, j) at (i / (height - 1), j / (width - 1)). */
export declare const gridPoints: (height: number, width: number) => Matrix;
/** {@link gridPoints} for a caller named `name`. */
export declare function gridOf(height: number, width: number, name: string): Matrix;
/**
 * Computes the cost between the pixels of a height x width image, divided by its largest entry, so that 1 / epsilon is
 * the paper's eta.
 */
export declare const gridCost: (height: number, width: number, metric?: Metric) => Matrix;
/** {@link gridCost} for a caller named `name`. */
export declare function gridCostOf(height: number, width: number, metric: Metric, name: string): Matrix;
/** Divides a cost by its largest entry, unless that is 0. */
export declare function scaled(cost: MatrixLike): Matrix;
//# sourceMappingURL=costs.d.ts.map