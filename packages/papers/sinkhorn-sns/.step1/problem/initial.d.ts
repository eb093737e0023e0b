import { type VectorLike } from '@opt/core';
import type { Problem } from './problem.ts';
/** Converts a user's potentials to those of the working problem; zeros without. */
export declare function initialPotentials({ cost, rows, columns, shift, scale, mass, epsilon, range }: Problem, initial: {
    f: VectorLike;
    g: VectorLike;
} | undefined): {
    f: Float64Array;
    g: Float64Array;
};
//# sourceMappingURL=initial.d.ts.map