import { type Program } from '@opt/core/program';
import type { CostAccess } from './cost.ts';
/**
 * What a pass over the plan P = exp((F + G - C) / epsilon) sums along each line: the log-sum-exp as (largest exponent,
 * sum of exponentials relative to it), P times a vector, P squared times a vector, or P times C.
 */
export type Mode = 'lse' | 'product' | 'square' | 'cost';
/** Rows of one workgroup: each entry of the other side is read once for all of them. */
export declare const ROWS = 4;
/** Columns of a matrix of one workgroup, and threads for each. */
export declare const COLUMNS = 64;
/** The arrays, numbers and helpers with which a program computes entries of P. */
export declare function planAccess(access: CostAccess, mode: Mode): {
    reads: string[];
    numbers: string[];
    helpers: string;
};
/** Sums along rows, or when `across` along columns with the columns' entries read one after the other (for points). */
export declare const rowPass: (access: CostAccess, mode: Mode, across?: boolean) => Program;
/** Sums along the columns of a matrix, in chunks of `chunk` rows: one part per chunk and column, chunk by chunk. */
export declare const columnPass: (access: CostAccess, mode: Mode) => Program;
/** Adds up the parts of a product. */
export declare const gather: Program;
//# sourceMappingURL=pass-programs.d.ts.map