import { number, oneOf, options as optionsOf, type Random, refuse, show } from '@opt/core'
import { SearchSpace, searchSpace } from '../space.ts'
import type { Sizes } from './layout.ts'
import type { Dtype } from './memory.ts'

/** Options of a {@link Supernet}. */
export interface SupernetOptions {
  /** Features of an example. */
  inputs: number
  classes: number
  /** Width of the hidden states. Default 24. */
  channels?: number | undefined
  /** Width within thin operations that state none. Default 2. */
  bottleneck?: number | undefined
  /** Default {@link searchSpace}(). */
  space?: SearchSpace | undefined
  /** Seed of the initial weights. Default 0. */
  seed?: number | Random | undefined
  /** Default 'float32'. */
  dtype?: Dtype | undefined
}

/** Checked {@link SupernetOptions}. */
export interface SupernetSettings {
  space: SearchSpace
  sizes: Sizes
  dtype: Dtype
  seed: number | Random
}

/** With their gradients and momentum they must fit into one memory of 4 GB. */
const MOST = 1e8
const NAMES = ['inputs', 'classes', 'channels', 'bottleneck', 'space', 'seed', 'dtype'] as const

export function supernetSettings(options: SupernetOptions): SupernetSettings {
  const given = optionsOf(options, 'options', NAMES)
  const { space = searchSpace(), channels = 24, bottleneck = 2, dtype = 'float32', seed = 0 } = given
  if (!(space instanceof SearchSpace)) refuse('space', 'what searchSpace() returned', show(space), 'type')
  const positive = { integer: true, min: 1, max: 1e6 }
  const inputs = number(given.inputs, 'inputs', positive)
  const classes = number(given.classes, 'classes', { ...positive, min: 2 })
  number(channels, 'channels', { ...positive, min: space.ops.includes('pool') ? 3 : 1 })
  number(bottleneck, 'bottleneck', positive)
  oneOf(dtype, 'dtype', ['float64', 'float32'])
  const weights = inputs * channels + channels * channels * space.cells * space.edges.length
  if (weights > MOST) refuse('channels', `few enough for ${MOST} weights`, `${channels}, which make ${weights}`)
  return { space, sizes: { inputs, classes, channels, bottleneck }, dtype, seed }
}
