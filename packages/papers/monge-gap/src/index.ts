/**
 * Transport maps learned with the Monge gap.
 *
 * @packageDocumentation
 */

export { type Cost, type PointCostOptions, type Points, pointCost, type Twist } from './costs/cost.ts'
export { elasticL1, pNormP, sqPNorm } from './costs/norms.ts'
export { euclidean, euclideanP, sqEuclidean } from './costs/radial.ts'
export { cosine, geodesic } from './costs/sphere.ts'
export type { EpsilonOptions } from './epsilon.ts'
export { type ExactMongeGap, exactMongeGap, type MongeGap, type MongeGapOptions, mongeGap } from './monge-gap.ts'
export {
  type SinkhornDivergence,
  type SinkhornDivergenceOptions,
  sinkhornDivergence,
} from './sinkhorn-divergence.ts'
