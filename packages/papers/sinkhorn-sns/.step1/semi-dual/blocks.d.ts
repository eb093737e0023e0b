import type { WorkingPotentials } from '../plan/transport-plan.ts';
import type { Problem } from '../problem/problem.ts';
/**
 * Sets the potentials of blocks of points relative to each other. A solver stops when the marginals are right; blocks
 * that exchange less than the tolerance may then stand at any height. Their true heights follow from what they have to
 * exchange, however little that is: with shifts s_k of the blocks, sum_l P_kl exp(s_k - s_l) - P_lk exp(s_l - s_k) is
 * the surplus of block k. Nothing is subtracted from a mass here, so 1e-200 is as good as 0.1.
 *
 * Returns whether there is more than one block.
 */
export declare function alignBlocks(problem: Problem, { f, g }: WorkingPotentials): boolean;
//# sourceMappingURL=blocks.d.ts.map