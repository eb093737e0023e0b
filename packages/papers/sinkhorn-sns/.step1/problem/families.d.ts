import { type Matrix, type Random, type VectorLike } from '@opt/core';
import { type Metric } from './costs.ts';
/** A transport problem: a cost and two marginals. */
export interface TransportProblem {
    cost: Matrix;
    a: Float64Array;
    b: Float64Array;
}
/** Draws the paper's random assignment: costs uniform on [0, 1), equal masses 1 / n. */
export declare function randomAssignment(n: number, rng: Random): TransportProblem;
/** Options of {@link imagePair}. */
export interface ImagePairOptions {
    height: number;
    width: number;
    metric?: Metric;
    /** The pixel value that counts as 1: 255 in a photograph. Default: the largest of both pictures. */
    maxPixel?: number;
    /** Added to each pixel / maxPixel before normalising, so that every pixel has mass. Default 0.01. */
    floor?: number;
}
/**
 * Makes the paper's image problem: two grey pictures of one size as histograms over their pixels, with the cost between
 * pixels divided by its maximum.
 *
 * @param x height * width nonnegative pixels, row by row.
 * @param y as many of the other picture.
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export declare function imagePair(x: VectorLike, y: VectorLike, options: ImagePairOptions): TransportProblem;
/**
 * Makes a smooth problem whose plan has many entries that matter: two mixtures of Gaussians on a grid of [0, 1], with
 * cost |s - t|^p divided by its maximum.
 *
 * @param n an integer of at least 2.
 */
export declare function densities1d(n: number, p?: 1 | 2): TransportProblem;
//# sourceMappingURL=families.d.ts.map