/**
 * Convex sets with their projections, simple terms with their proximal operators, and mirror maps.
 *
 * @packageDocumentation
 */

export { entropyMap, simplexEntropyMap } from './mirror/entropy.ts'
export type { MirrorMap } from './mirror/mirror-map.ts'
export { euclideanMap, pNormMap } from './mirror/p-norm.ts'
export { powerMap, radialPowerMap } from './mirror/power.ts'
export { groupLasso } from './proximal/group-lasso.ts'
export { type Indicator, indicator } from './proximal/indicator.ts'
export { type L1NormInBox, l1NormInBox } from './proximal/l1-in-box.ts'
export { type NegativeEntropy, negativeEntropy } from './proximal/negative-entropy.ts'
export { type ElasticNetOptions, elasticNet, type L1Norm, l1Norm, l2Norm, squaredL2Norm } from './proximal/norms.ts'
export type { ProximalTerm } from './proximal/term.ts'
export { type AffineSetOptions, affineSet } from './sets/affine-set.ts'
export { type BallOptions, ball } from './sets/ball.ts'
export { type Box, type BoxOptions, box } from './sets/box.ts'
export type { ConvexSet } from './sets/convex-set.ts'
export { type HalfSpaceOptions, halfSpace } from './sets/half-space.ts'
export { l1Ball } from './sets/l1-ball.ts'
export { type OrthantOptions, orthant } from './sets/orthant.ts'
export { product } from './sets/product.ts'
export { type Simplex, type SimplexOptions, simplex } from './sets/simplex.ts'
