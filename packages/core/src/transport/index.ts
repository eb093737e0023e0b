/**
 * Entropic transport plans in memory at a fixed regularisation: what the packages on optimal transport share.
 *
 * @packageDocumentation
 */

export { type Balanced, GibbsPlan, type GibbsPotentials } from './gibbs-plan.ts'
export { type TransportKernels, transportKernels } from './kernels.ts'
export { type GibbsViews, gibbsViews } from './views.ts'
