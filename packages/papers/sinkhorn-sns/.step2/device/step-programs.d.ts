import { type Program } from '@opt/core/program';
/** Moves the potentials of one side so that its marginal is right: by epsilon (log a - the line's log-sum-exp). */
export declare const fit: Program;
/** Computes the marginal of one side. */
export declare const marginal: Program;
/** Writes the L1 distance of two vectors to place `at`; sets `stop` when it is at most `goal`. One workgroup. */
export declare const distance: Program;
/** Moves potentials along a direction. */
export declare const along: Program;
/** Writes four numbers of one side, from place `at` on: the slope (a - r)'d, least and largest d, least r. */
export declare const survey: Program;
//# sourceMappingURL=step-programs.d.ts.map