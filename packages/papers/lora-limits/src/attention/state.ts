import { allFinite, decodeFloats, encodeFloats, number, oneOf, options, refuse } from '@opt/core'
import type { AttentionGradients, Task } from './task.ts'

/** Where an exact computation stands: its pass, the queries done, and the sums so far. */
export interface ExactState extends AttentionGradients {
  readonly pass: 'both' | 'output' | 'gradients'
  readonly row: number
}

/** An interrupted exact computation, as plain JSON. */
export interface SavedGradients {
  readonly pass: 'both' | 'output' | 'gradients'
  /** Queries done in this pass. */
  readonly row: number
  /** Base64 of the sums so far. */
  readonly output: string
  readonly dQ: string
  readonly dK: string
  readonly dV: string
}

const SUMS = ['output', 'dQ', 'dK', 'dV'] as const

/** Writes a state as plain JSON. */
export function saveState({ pass, row, ...sums }: ExactState): SavedGradients {
  const texts = Object.fromEntries(SUMS.map((name) => [name, encodeFloats(sums[name])]))
  return { pass, row, ...texts } as unknown as SavedGradients
}

/** Reads a saved state of a computation of this size. */
export function readState(saved: SavedGradients, { queries, keys, h, hv, upstream }: Task): ExactState {
  const { pass, row, ...texts } = options(saved, 'state')
  oneOf(pass, 'state.pass', upstream.kind === 'function' ? ['output', 'gradients'] : ['both'])
  number(row, 'state.row', { integer: true, min: 0, max: queries })
  const sizes = { output: queries * hv, dQ: queries * h, dK: keys * h, dV: keys * hv }
  const sums = SUMS.map((name) => {
    const values = decodeFloats(texts[name], Float64Array, sizes[name], `state.${name}`)
    if (!allFinite(values)) refuse(`state.${name}`, 'of finite numbers', 'NaN or Infinity')
    return [name, values]
  })
  return { pass, row, ...(Object.fromEntries(sums) as unknown as AttentionGradients) }
}
