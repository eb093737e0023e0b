import { type Matrix } from '@opt/core';
import type { PlanReadout } from './plan/transport-plan.ts';
import type { Problem } from './problem/problem.ts';
/** The answer of a transport solver. */
export interface TransportSolution {
    /** Dual potentials of lengths n and m, with <a, f> = <b, g>; where the mass is 0, the soft-min of C - g or C - f. */
    f: Float64Array;
    g: Float64Array;
    /** <C, P>. */
    cost: number;
    /** Value of the entropic problem's dual, <a, f> + <b, g> - epsilon (sum P - sum a b'). */
    value: number;
    /** KL(P | a b') = sum P log(P / a b') - sum P + sum a b'; the primal value is cost + epsilon kl. */
    kl: number;
    /** |P 1 - a|_1 + |P' 1 - b|_1, relative to the mass. */
    error: number;
    /** Computes the plan, n x m; each call makes a new matrix. */
    plan(): Matrix;
    /** Computes row i of the plan, into `out` (length m) if given. */
    planRow(i: number, out?: Float64Array): Float64Array;
}
/** Converts the working plan to the caller's units and order. */
export declare function transportSolution(problem: Problem, plan: PlanReadout): TransportSolution;
/** Sets the potentials of points without mass to the soft-min that an infinitesimal mass there would have. */
export declare function fillSilent({ cost, rows, columns, a, b, mass }: Problem, f: Float64Array, g: Float64Array, epsilon: number): void;
//# sourceMappingURL=solution.d.ts.map