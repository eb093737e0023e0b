import type { Problem } from './problem/problem.ts';
import { type TransportSolution } from './solution.ts';
/** The answer where no plan has the marginals: a largest possible flow, with potentials 0. */
export declare function infeasibleAnswer(problem: Problem): TransportSolution & {
    status: 'infeasible';
    message: string;
};
//# sourceMappingURL=infeasible.d.ts.map