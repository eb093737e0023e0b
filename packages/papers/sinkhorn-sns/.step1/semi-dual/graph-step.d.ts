import type { SemiDual } from './semi-dual.ts';
/**
 * Computes Newton's direction of the semi-dual, (I - R T') x = residual, by elimination without subtractions.
 *
 * The matrix is the Laplacian of a graph whose weights W = R T' are sums of nonnegative numbers, accurate to their last
 * digits however small, and a diagonal entry is the sum of a row's weights. So weights of 1e-200 and 1e-100 are told
 * apart (Grassmann, Taksar and Heyman 1985), while both would vanish in a matrix that subtracts them from 1. The move
 * residual / weight of an eliminated point or block is right while it is small. Where it is large, the flow grows
 * exponentially with the potential, and asinh gives the move. The direction still ascends: it is L^-T of numbers of the
 * same signs.
 */
export declare function graphStep({ small, large, R, T, residual, order, }: Pick<SemiDual, 'small' | 'large' | 'R' | 'T' | 'residual' | 'order'>): Float64Array;
//# sourceMappingURL=graph-step.d.ts.map