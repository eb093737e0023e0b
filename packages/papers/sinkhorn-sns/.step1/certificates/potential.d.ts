import { type Matrix, type MatrixLike, type VectorLike } from '@opt/core';
/** The dual at a point. */
export interface PotentialAt {
    /** D(f, g). */
    value: number;
    /** a - P 1. */
    gradF: Float64Array;
    /** b - P' 1. */
    gradG: Float64Array;
    /** P_ij = a_i b_j exp((f_i + g_j - C_ij) / epsilon), n x m. */
    plan: Matrix;
}
/**
 * Evaluates the concave dual of entropic transport with its gradient (the paper's Lyapunov potential, equation 3, in
 * the KL form):
 *
 *     D(f, g) = <a, f> + <b, g> - epsilon (sum P - sum a b')
 *
 * Its Hessian is -1/epsilon [diag(P 1)  P; P'  diag(P' 1)].
 *
 * @param cost n x m; Infinity forbids a pair.
 * @param a n nonnegative masses.
 * @param b m nonnegative masses.
 * @param at potentials of lengths n and m, and a positive epsilon.
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export declare function potential(cost: MatrixLike, a: VectorLike, b: VectorLike, at: {
    f: VectorLike;
    g: VectorLike;
    epsilon: number;
}): PotentialAt;
/** Checks a problem and its potentials; error messages name the calling function. */
export declare function checkPotentials(name: string, cost: MatrixLike, a: VectorLike, b: VectorLike, { f, g, epsilon }: {
    f: VectorLike;
    g: VectorLike;
    epsilon: number;
}): {
    C: Matrix;
    from: Float64Array;
    to: Float64Array;
    F: Float64Array;
    G: Float64Array;
    epsilon: number;
};
//# sourceMappingURL=potential.d.ts.map