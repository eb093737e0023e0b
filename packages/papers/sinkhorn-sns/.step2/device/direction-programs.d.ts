import { type Program } from '@opt/core/program';
/** Scalars of a run of conjugate gradients, by place. */
export declare const Scalar: {
    readonly rz: 0;
    readonly alpha: 1;
    readonly beta: 2;
    readonly rr: 3;
    readonly rr0: 4;
    readonly iterations: 5;
    readonly length: 8;
};
/** large = (m - s) / s: the larger side's part of the right-hand side. */
export declare const eliminate: Program;
/** out = 1 / s. */
export declare const reciprocal: Program;
/** large = large / s. */
export declare const divide: Program;
/** q = s x - q. */
export declare const complement: Program;
/** M = 1 / (s - squares): the inverse diagonal of the Schur complement, which cancellation may leave at or below 0. */
export declare const invert: Program;
/** x = 0; r = epsilon (m - s - y); z = M r; d = z. */
export declare const begin: Program;
/** The first r'z and r'r; one workgroup. */
export declare const measure: Program;
/** alpha = r'z / d'q; stops when the direction has no positive curvature left; one workgroup. */
export declare const curvature: Program;
/** x += alpha d; r -= alpha q; z = M r. */
export declare const advance: Program;
/** beta and the next r'z; stops when |r| is at most `tolerance` times what it was; one workgroup. */
export declare const judge: Program;
/** d = z + beta d. */
export declare const turn: Program;
/** dl = (epsilon (m - s) - large) / s: the larger side's part of the direction. */
export declare const substitute: Program;
//# sourceMappingURL=direction-programs.d.ts.map