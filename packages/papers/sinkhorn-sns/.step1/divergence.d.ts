import { type MatrixLike, type SolveOptions, type VectorLike } from '@opt/core';
import type { SinkhornNewtonReport } from './options.ts';
import { type Metric } from './problem/costs.ts';
/** Options of {@link sinkhornDivergence} and {@link wasserstein}; the driver's options go to each solve. */
export interface DistanceOptions extends SolveOptions<SinkhornNewtonReport> {
    /** Regularisation, in units of the cost (not scaled). */
    epsilon: number;
    /** Masses of x and y; uniform by default. */
    a?: VectorLike;
    b?: VectorLike;
}
/** Answer of {@link sinkhornDivergence}. */
export interface Divergence {
    /** V(x, y) - V(x, x) / 2 - V(y, y) / 2, nonnegative up to the tolerance, 0 for equal measures. */
    divergence: number;
    /** Whether all three solves converged. */
    converged: boolean;
    /**
     * Gradients in the masses a and b, up to a constant: potentials of the pair minus those of each cloud with itself.
     */
    gradA: Float64Array;
    gradB: Float64Array;
}
/**
 * Computes the Sinkhorn divergence of two point clouds (Feydy et al. 2019), the debiased entropic transport cost.
 *
 * @param x n x d points.
 * @param y m x d points.
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export declare function sinkhornDivergence(x: MatrixLike, y: MatrixLike, given: DistanceOptions & {
    metric?: Metric;
}): Divergence;
/** A grey picture: height * width nonnegative pixels, row by row, as masses on [0, 1]^2. */
export interface Picture {
    height: number;
    width: number;
    pixels: ArrayLike<number>;
}
/**
 * Approximates W_p between two point clouds or pictures, p = 1 or 2, by (cost of the entropic plan)^(1/p). The entropic
 * plan is not quite optimal, so this is slightly above the true distance, and tends to it with epsilon.
 *
 * @param x n x d points, or a picture.
 * @param y m x d points, or a picture.
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export declare function wasserstein(x: MatrixLike | Picture, y: MatrixLike | Picture, given: DistanceOptions & {
    p?: 1 | 2;
}): {
    distance: number;
    converged: boolean;
};
//# sourceMappingURL=divergence.d.ts.map