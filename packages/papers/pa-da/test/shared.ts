import { random } from '@opt/core'
import { Supernet, searchSpace } from '../src/index.ts'

/** n examples of normal features with labels that they do not explain. */
export function noise(seed: number, n = 12, d = 3, classes = 3): { inputs: number[][]; labels: number[] } {
  const rng = random(seed)
  const inputs = Array.from({ length: n }, () => Array.from({ length: d }, () => rng.normal()))
  return { inputs, labels: inputs.map(() => rng.integer(0, classes)) }
}

/** A supernet for {@link noise}. */
export const small = (seed: number, space = searchSpace()): Supernet =>
  new Supernet({ inputs: 3, classes: 3, channels: 4, space, dtype: 'float64', seed })
