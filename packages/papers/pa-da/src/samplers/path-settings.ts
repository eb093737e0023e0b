import { number, oneOf, options as optionsOf, refuse, show, type VectorLike, vector } from '@opt/core'
import { checkDistribution } from './draw.ts'

/**
 * 'ops': one distribution of the operations for all edges (the paper's); 'per-edge': one for each edge; 'table': one
 * probability for each path; 'uniform': no sampling by norms.
 */
export type PathMode = 'ops' | 'per-edge' | 'table' | 'uniform'

/** Options of a {@link PathSampler}. */
export interface PathSamplerOptions {
  /** The number of operations of each edge: [5, 5, 5]. */
  choices: readonly number[]
  /** Default 'ops'. */
  mode?: PathMode | undefined
  /** tau is cut off here. Default 1. */
  tauMax?: number | undefined
  /** A distribution of the operations to drift to, in place of the norms' ('ops' only): the control without gradients. */
  target?: VectorLike | undefined
}

/** Paths of a table are numbered; more than these would take too much memory. */
const TABLE = 1e6

/** Checked {@link PathSamplerOptions}. */
export interface PathSettings {
  choices: readonly number[]
  mode: PathMode
  tauMax: number
  target: Float64Array | undefined
}

/** Checks the options of a {@link PathSampler}. */
export function pathSettings(options: PathSamplerOptions): PathSettings {
  const given = optionsOf(options, 'options', ['choices', 'mode', 'tauMax', 'target'])
  const { mode = 'ops', tauMax = 1 } = given
  const choices: readonly number[] = given.choices
  if (!Array.isArray(choices) || choices.length === 0)
    refuse('choices', 'an array: the number of operations of each edge', show(choices), 'type')
  // Array.from, because forEach would skip holes.
  Array.from(choices).forEach((n, e) => {
    number(n, `choices[${e}]`, { integer: true, min: 1, max: 1e6 })
  })
  oneOf(mode, 'mode', ['ops', 'per-edge', 'table', 'uniform'])
  number(tauMax, 'tauMax', { min: 0, max: 1 })
  choices.forEach((n, e) => {
    if (mode === 'ops' && n !== choices[0]) refuse(`choices[${e}]`, `${choices[0]} like the first (mode 'ops')`, `${n}`)
  })
  const count = choices.reduce((product, n) => product * n, 1)
  if (mode === 'table' && count > TABLE) refuse('choices', `of at most ${TABLE} paths (mode 'table')`, `${count}`)
  if (given.target === undefined) return { choices: [...choices], mode, tauMax, target: undefined }
  if (mode !== 'ops') refuse('target', `left out unless mode is 'ops'`, show(given.target))
  const target = vector(given.target, 'target', { length: choices[0], sign: 'nonnegative' }).slice()
  checkDistribution(target, 'target')
  return { choices: [...choices], mode, tauMax, target }
}
