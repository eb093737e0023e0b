import { type CSR, type MatrixView } from '@opt/core';
import type { Threshold } from './transport-plan.ts';
/** Finds the highest threshold that drops at most `mass` together and keeps at least `minimum` positive entries. */
export declare function thresholdByMass(plan: MatrixView, mass: number, minimum: number): Threshold;
/** Finds the exact threshold of the `count` largest entries; ties at the threshold are all kept. */
export declare function thresholdByCount(plan: MatrixView, count: number): Threshold;
/** Writes the entries of at least `threshold` into arrays that are long enough. */
export declare function keepEntries(plan: MatrixView, threshold: number, into: CSR): void;
/** Writes the transpose of a sparse matrix into arrays that are long enough. */
export declare function transposeInto({ rows, columns, indptr, indices, values }: CSR, into: CSR, next: Int32Array): void;
/**
 * Sums the mass outside the `keep` largest entries of a plan: how well a sparse matrix approximates it (the quantity of
 * the paper's Theorem 1).
 *
 * @param entries nonnegative, in any order.
 * @param keep a nonnegative integer.
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export declare function droppedMass(entries: ArrayLike<number>, keep: number): number;
//# sourceMappingURL=sparsify.d.ts.map