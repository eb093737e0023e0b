/**
 * Which materials each pixel of a hyperspectral image holds, though some of its bands are broken.
 *
 * @packageDocumentation
 */

export { type ColourMap, type ColourMapOptions, colourMap } from './colour-map.ts'
export { fcls } from './fcls/fcls.ts'
export { constant, data, type Guidance, guidanceMap, hoyer, learned } from './guidance.ts'
export {
  abundanceError,
  hoyerSparsity,
  type Match,
  type MatchOptions,
  matchEndmembers,
  spectralAngle,
} from './metrics.ts'
export type { Loss } from './model.ts'
export type { GivenStart, UnmixOptions } from './options.ts'
export { type Scene, type SceneOptions, scene } from './scene.ts'
export { type Vca, type VcaOptions, vca } from './start/vca.ts'
export { bandNoise, type Start, whitenedStart } from './start/whitened.ts'
export type { UnmixState } from './state.ts'
export { type Unmixed, type UnmixReport, unmix } from './unmix.ts'
