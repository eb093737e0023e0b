import { type Problem } from './problem.ts';
/** So many neighbours of a side become one point of the coarser problem, ... */
export declare const GROUP: number;
/** The point of a group that stands for all of them; its neighbour before it tries whether it can. */
export declare const MIDDLE: number;
/**
 * Leaves out most points of a problem: one of each {@link GROUP} neighbours remains, with the mass of all; the last
 * group takes what is left over. Returns null when few points would remain, or pairs are forbidden: no plan might have
 * the marginals.
 */
export declare function coarser(problem: Problem): Problem | null;
/** The group of a point, of so many groups. */
export declare const groupOf: (point: number, groups: number) => number;
//# sourceMappingURL=coarser.d.ts.map