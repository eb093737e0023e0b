import { type Experiment } from '@opt/core';
/** Compares the iterations of SNS and Sinkhorn to 1e-9 on the paper's three families and on smooth densities. */
export declare const experiment: Experiment;
//# sourceMappingURL=experiment.d.ts.map