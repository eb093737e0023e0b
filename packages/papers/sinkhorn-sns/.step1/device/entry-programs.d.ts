import { type Program } from '@opt/core/program';
import type { CostAccess } from './cost.ts';
/** Bins of a histogram. */
export declare const BINS = 1024;
/**
 * Counts the entries of P in each of {@link BINS} bins: the bits of a positive float32, minus `low`, over 2^shift. With
 * low = 0 and shift = 21 a bin is a quarter of an octave.
 */
export declare const histogram: (access: CostAccess) => Program;
/** Counts the entries of at least `threshold` in each line. */
export declare const countEntries: (access: CostAccess, across: boolean) => Program;
/** Writes places and values of the entries of at least `threshold`, line by line, in order. */
export declare const fillEntries: (access: CostAccess, across: boolean) => Program;
/** Computes where each line starts: the sum of the counts before it; one workgroup. */
export declare const starts: Program;
/** y = A x for kept entries, 32 threads a line; with \`square\` y = (A o A) x. */
export declare const multiply: (square: boolean) => Program;
//# sourceMappingURL=entry-programs.d.ts.map