import { refuse } from '@opt/core'

/** 2^53: integers up to here are exact doubles. */
const EXACT = 9007199254740992

/** The largest frequency. */
export function largest(frequencies: Int32Array): number {
  let top = 0
  for (let i = 0; i < frequencies.length; i++) if (frequencies[i] > top) top = frequencies[i]
  return top
}

/** Packs rows of d frequencies into one double each, in lexicographic order. */
export interface Packer {
  /** The value of a 1 on each axis. */
  places: Float64Array
  pack(frequencies: Int32Array): Float64Array
  unpack(keys: Float64Array): Int32Array
}

/**
 * @throws RangeError when (top + 1)^d exceeds 2^53.
 */
export function packer(d: number, top: number): Packer {
  const radix = top + 1
  const places = new Float64Array(d)
  let place = 1
  for (let axis = d - 1; axis >= 0; axis--) {
    places[axis] = place
    place *= radix
  }
  if (place > EXACT) refuse('frequencies', `such that (top + 1)^d <= 2^53`, `top = ${top}, d = ${d}`)
  return {
    places,
    pack(frequencies) {
      const keys = new Float64Array(frequencies.length / d)
      for (let t = 0; t < keys.length; t++)
        for (let axis = 0; axis < d; axis++) keys[t] += frequencies[t * d + axis] * places[axis]
      return keys
    },
    unpack(keys) {
      const frequencies = new Int32Array(keys.length * d)
      for (let t = 0; t < keys.length; t++) {
        let key = keys[t]
        for (let axis = d - 1; axis >= 0; axis--) {
          const rest = Math.floor(key / radix)
          frequencies[t * d + axis] = key - rest * radix
          key = rest
        }
      }
      return frequencies
    },
  }
}
