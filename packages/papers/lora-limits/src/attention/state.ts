import { allFinite, decodeFloats, encodeFloats, number, oneOf, options, refuse, show } from '@opt/core'
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
  /** Hash of the projected tokens, the factor, the mask and the target: a state of others is refused. */
  readonly inputs: string
  /** Base64 of the sums so far. */
  readonly output: string
  readonly dQ: string
  readonly dK: string
  readonly dV: string
}

const SUMS = ['output', 'dQ', 'dK', 'dV'] as const

/** Writes a state as plain JSON. */
export function saveState({ pass, row, ...sums }: ExactState, task: Task): SavedGradients {
  const texts = Object.fromEntries(SUMS.map((name) => [name, encodeFloats(sums[name])]))
  return { pass, row, inputs: hashOf(task), ...texts } as unknown as SavedGradients
}

/** Reads a saved state of a computation of this size. */
export function readState(saved: SavedGradients, task: Task): ExactState {
  const { queries, keys, h, hv, upstream } = task
  const { pass, row, inputs, ...texts } = options(saved, 'state')
  oneOf(pass, 'state.pass', upstream.kind === 'function' ? ['output', 'gradients'] : ['both'])
  number(row, 'state.row', { integer: true, min: 0, max: queries })
  const hash = hashOf(task)
  if (inputs !== hash) refuse('state.inputs', `'${hash}', of the same head and batch`, show(inputs))
  const sizes = { output: queries * hv, dQ: queries * h, dK: keys * h, dV: keys * hv }
  const sums = SUMS.map((name) => {
    const values = decodeFloats(texts[name], Float64Array, sizes[name], `state.${name}`)
    if (!allFinite(values)) refuse(`state.${name}`, 'of finite numbers', 'NaN or Infinity')
    return [name, values]
  })
  return { pass, row, ...(Object.fromEntries(sums) as unknown as AttentionGradients) }
}

/** Hashes the bits of everything that the sums depend on, but the code of a loss. */
function hashOf({ beta, causal, Q, K, V, upstream }: Task): string {
  const given = upstream.kind === 'target' ? [upstream.target] : upstream.kind === 'array' ? [upstream.gradient] : []
  let [a, b] = [0x811c9dc5, 0x9747b28c]
  for (const { buffer, byteOffset, length } of [Q, K, V, Float64Array.of(beta, Number(causal)), ...given])
    for (const word of new Int32Array(buffer, byteOffset, 2 * length)) {
      a = Math.imul(a ^ word, 0x01000193)
      b = Math.imul(((b << 13) | (b >>> 19)) ^ word, 0x85ebca6b)
    }
  return [a, b].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('')
}
