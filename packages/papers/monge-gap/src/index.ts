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
export { type ExactMongeGap, exactMongeGap } from './exact-monge-gap.ts'
export { learnMap } from './learn-map.ts'
export { type MapLossOptions, type MapLossState, type MapLossValue, mapLoss } from './map/map-loss.ts'
export type { LearnedMap, LearnMapOptions, LearnMapReport, MapCheckpoint } from './map/options.ts'
export { type MapOutput, type OutputChoice, structured } from './map/outputs.ts'
export type { Sampler, SourceState } from './map/source.ts'
export type { TermState } from './map/transport-term.ts'
export { type MongeGap, type MongeGapOptions, mongeGap } from './monge-gap.ts'
export {
  type SinkhornDivergence,
  type SinkhornDivergenceOptions,
  sinkhornDivergence,
} from './sinkhorn-divergence.ts'
