import type { Matrix, Random } from '@opt/core'
import { box } from '@opt/sets'
import ndarray from 'ndarray'
import type { Environment } from './environment.ts'
import { quadratic } from './quadratic.ts'

/** The expected losses on a box before anything shifts: their gradient is A x - c. */
export interface Base {
  curvature: Float64Array
  c: Float64Array
  dimension: number
  /** The index of the flat coordinate that no constant gradient pulls. */
  free: number
}

const sign = (rng: Random) => (rng.uniform() < 0.5 ? -1 : 1)

/**
 * Curvatures 1, 1/2, 1/4, ... with minimisers at +-0.9, then a flat coordinate pinned at its bound by a gradient,
 * and a free one.
 */
export function drawBase(rng: Random, scales: number, pinned: number): Base {
  const dimension = scales + 2
  const curvature = new Float64Array(dimension)
  const c = new Float64Array(dimension)
  for (let i = 0, a = 1; i < scales; i++, a /= 2) {
    curvature[i] = a
    c[i] = a * 0.9 * sign(rng)
  }
  c[scales] = pinned * sign(rng)
  return { curvature, c, dimension, free: scales + 1 }
}

/** Draws `count` vectors of length sigma in random directions, one after the other. */
export function drawSphere(rng: Random, count: number, dimension: number, sigma: number): Float64Array {
  const xi = new Float64Array(count * dimension)
  if (sigma === 0) return xi
  for (let t = 0; t < count; t++) {
    let square = 0
    for (let i = 0; i < dimension; i++) {
      const z = rng.normal()
      xi[t * dimension + i] = z
      square += z * z
    }
    const scale = sigma / Math.sqrt(square)
    for (let i = 0; i < dimension; i++) xi[t * dimension + i] *= scale
  }
  return xi
}

/** A view of data as a matrix. */
export const rowsOf = (data: Float64Array, columns: number): Matrix => ndarray(data, [data.length / columns, columns])

/** Settings of {@link onBox}. */
interface BoxWorld {
  rounds: number
  sigma: number
  G?: number | undefined
}

/**
 * Makes a world on [-1, 1]^d with noise of length sigma; `shift` changes the row c_t, which is c, of round t = 1,
 * 2, ...
 */
export function onBox(
  name: string,
  rng: Random,
  { curvature, c, dimension }: Pick<Base, 'curvature' | 'c' | 'dimension'>,
  { rounds, sigma, G }: BoxWorld,
  shift: (t: number, row: Float64Array) => void,
): Environment {
  const targets = new Float64Array(rounds * dimension)
  for (let t = 1; t <= rounds; t++) {
    const row = targets.subarray((t - 1) * dimension, t * dimension)
    row.set(c)
    shift(t, row)
  }
  return quadratic({
    name,
    domain: box({ dimension }),
    curvature,
    targets: rowsOf(targets, dimension),
    noise: rowsOf(drawSphere(rng, rounds, dimension, sigma), dimension),
    G,
  })
}
