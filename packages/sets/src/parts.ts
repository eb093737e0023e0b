/**
 * What the sets are made of, for packages that build on them: checks, arithmetic of vectors, and
 * metrics as triangles. The arithmetic checks nothing.
 *
 * @packageDocumentation
 */

export { pNorm } from './linear/p-norm.ts'
export {
  addRow,
  multiplyTriangle,
  solveTransposed,
  solveTriangle,
  type Triangle,
} from './linear/triangle.ts'
export {
  descend,
  distance,
  inner,
  isExact,
  LONG,
  largest,
  squaredDistance,
  VectorSpace,
} from './linear/vectors.ts'
export { checkBounds } from './sets/box.ts'
export { checkDimension, checkSet, metricTriangle } from './sets/convex-set.ts'
