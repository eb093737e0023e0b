import { number, type Random } from '@opt/core'
import { box } from '@opt/sets'
import type { Environment } from './environment.ts'
import { drawBase, drawSphere, onBox, rowsOf } from './on-box.ts'
import { checkArguments, checkNonnegative, checkRounds } from './options.ts'
import { quadratic } from './quadratic.ts'

/** Options of {@link environments}.corrupted. */
export interface CorruptedOptions {
  rounds: number
  /** Default 0.5. */
  sigma?: number
  /** The number of corrupted rounds. */
  corruptions: number
  /** Length of the vector added to their gradients. Default 2. */
  size?: number
  /** Default 5. */
  pinned?: number
}

/**
 * I.i.d. losses, but in some rounds an adversary adds a vector to the gradient. Sigma2 <= 4 G C with C =
 * corruptions * size.
 *
 * @throws TypeError or RangeError when an option is out of range.
 */
export function corrupted(rng: Random, options: CorruptedOptions): Environment {
  const {
    rounds,
    sigma = 0.5,
    corruptions,
    size = 2,
    pinned = 5,
  } = checkArguments(rng, options, 'corrupted', ['rounds', 'sigma', 'corruptions', 'size', 'pinned'])
  checkRounds(rounds, 'corrupted')
  number(corruptions, 'environments.corrupted: corruptions', { integer: true, min: 0, max: rounds })
  checkNonnegative({ sigma, size, pinned }, 'corrupted')
  const base = drawBase(rng, 8, pinned)
  const bad = new Set(rng.choice(rounds, corruptions))
  const pushes = drawSphere(rng, corruptions, base.dimension, size)
  let next = 0
  return onBox('corrupted', rng, base, { rounds, sigma }, (t, row) => {
    if (!bad.has(t - 1)) return
    const push = pushes.subarray(next * row.length, (next + 1) * row.length)
    next++
    push.forEach((v, i) => {
      row[i] += v
    })
  })
}

/** Options of {@link environments}.randomOrder. */
export interface RandomOrderOptions {
  /** The number of losses. */
  size: number
  /** Default 1. */
  passes?: number
  /** The length by which each loss's gradient differs from a common one. Default 1. */
  sigma?: number
  /** Default 5. */
  pinned?: number
}

/**
 * A finite set of losses, each pass in a fresh random order. Given the losses seen, the next is uniform over
 * those that remain: F_t is their mean, sigma_t^2 their variance, Sigma_t the distance their mean moves. All are
 * exact for the order drawn.
 *
 * @throws TypeError or RangeError when an option is out of range.
 */
export function randomOrder(rng: Random, options: RandomOrderOptions): Environment {
  const {
    size,
    passes = 1,
    sigma = 1,
    pinned = 5,
  } = checkArguments(rng, options, 'randomOrder', ['size', 'passes', 'sigma', 'pinned'])
  number(size, 'environments.randomOrder: size', { integer: true, min: 1 })
  number(passes, 'environments.randomOrder: passes', { integer: true, min: 1 })
  checkRounds(size * passes, 'randomOrder')
  checkNonnegative({ sigma, pinned }, 'randomOrder')
  const { curvature, c, dimension: d } = drawBase(rng, 8, pinned)
  const parts = drawSphere(rng, size, d, sigma)
  const rounds = size * passes
  const targets = new Float64Array(rounds * d)
  const noise = new Float64Array(rounds * d)
  const variances = new Float64Array(rounds)
  const mean = new Float64Array(d)
  for (let pass = 0; pass < passes; pass++) {
    const order = rng.permutation(size)
    mean.fill(0)
    let squares = 0
    // From the last draw, when only one remains, back to the first.
    for (let left = 1; left <= size; left++) {
      const [t, at] = [pass * size + size - left, order[size - left] * d]
      let meanSquare = 0
      for (let i = 0; i < d; i++) {
        mean[i] += (parts[at + i] - mean[i]) / left
        squares += parts[at + i] * parts[at + i]
        meanSquare += mean[i] * mean[i]
        targets[t * d + i] = c[i] - mean[i]
        noise[t * d + i] = parts[at + i] - mean[i]
      }
      variances[t] = Math.max(0, squares / left - meanSquare)
    }
  }
  return quadratic({
    name: 'randomOrder',
    domain: box({ dimension: d }),
    curvature,
    targets: rowsOf(targets, d),
    noise: rowsOf(noise, d),
    variances,
  })
}
