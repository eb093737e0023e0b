import {
  callback,
  cryptographicRandom,
  log,
  options as optionsOf,
  Random,
  type RandomState,
  refuse,
  show,
} from '@opt/core'
import { discreteGaussian, FINENESS, gridOf } from './discrete-gaussian.ts'

/** A source of the noise that a guarantee rests on. */
export interface Noise {
  /** Whether nobody can predict it. Default false: such a run simulates. */
  readonly secure?: boolean | undefined
  /** Fills an array with independent standard normal numbers, for noise that is added in floating point. */
  normals(out: Float64Array): void
  /** For noise on a grid: adds noise of the given deviation to a message, and returns. Replaces {@link normals}. */
  readonly addOnGrid?: ((message: Float64Array, deviation: number) => void) | undefined
  /** Draws minibatches and random clients; needed for these only. */
  readonly random?: Random | undefined
  /** Returns the state of a seeded source, for checkpoints; absent for a secure one. */
  readonly state?: (() => RandomState) | undefined
  /** Restores a {@link state}. */
  readonly load?: ((state: RandomState) => void) | undefined
}

/** Options of {@link secureNoise}. */
export interface SecureNoiseOptions {
  /**
   * Draws the discrete Gaussian on a grid of powers of two, in whole numbers, instead of normal numbers in floating point.
   * Default false.
   */
  exact?: boolean | undefined
}

/**
 * Makes noise from the platform's cryptographic source (Web Crypto: browsers, Node 20 and later), which nobody can predict
 * or repeat. Every value is half the sum of four independent normal numbers, of 53 random bits each: that their low bits
 * betray the noise, as those of a single one do (Mironov, CCS 2012; Jin et al., S&P 2022), is then infeasible in practice.
 *
 * With `exact` messages are rounded to a grid of at most deviation / 2^24, and what is added is discrete Gaussian noise
 * (Canonne, Kamath & Steinke, NeurIPS 2020): nothing depends on rounding, and the guarantee is that of the Renyi
 * accountant.
 *
 * @throws TypeError for wrong options.
 */
export function secureNoise(options?: SecureNoiseOptions): Noise {
  const { exact = false } = optionsOf(options, 'secureNoise: options', ['exact'])
  if (typeof exact !== 'boolean') refuse('secureNoise: options.exact', 'true or false', show(exact), 'type')
  const random = cryptographicRandom()
  const normals = (out: Float64Array) => {
    for (let i = 0; i < out.length; i++) out[i] = (polar(random) + polar(random) + (polar(random) + polar(random))) / 2
  }
  return exact ? { secure: true, random, normals, addOnGrid: onGrid(random) } : { secure: true, random, normals }
}

/**
 * Makes noise that repeats, for tests and experiments: a run with it says that it simulates and guarantees nothing.
 *
 * @param random the generator to draw from.
 * @param options with `exact` as for {@link secureNoise}.
 * @throws TypeError when it is no generator of @opt/core, or an option is wrong.
 */
export function seededNoise(random: Random, options?: SecureNoiseOptions): Noise {
  if (!(random instanceof Random)) refuse('seededNoise: random', 'a generator of @opt/core', show(random), 'type')
  const { exact = false } = optionsOf(options, 'seededNoise: options', ['exact'])
  if (typeof exact !== 'boolean') refuse('seededNoise: options.exact', 'true or false', show(exact), 'type')
  let source = random
  const noise: Noise = {
    secure: false,
    get random() {
      return source
    },
    normals(out) {
      for (let i = 0; i < out.length; i++) out[i] = source.normal()
    },
    state: () => source.state(),
    load(state) {
      source = new Random(state)
    },
  }
  if (!exact) return noise
  return Object.defineProperty(noise, 'addOnGrid', {
    value: (message: Float64Array, deviation: number) => onGrid(source)(message, deviation),
  })
}

/** Checks a source of noise. */
export function checkNoise(noise: Noise, label: string): Noise {
  if (typeof noise !== 'object' || noise === null) refuse(label, 'a source of noise', show(noise), 'type')
  callback(noise.normals, `${label}.normals`)
  if (noise.addOnGrid !== undefined) callback(noise.addOnGrid, `${label}.addOnGrid`)
  if (noise.random !== undefined && !(noise.random instanceof Random))
    refuse(`${label}.random`, 'a generator of @opt/core', show(noise.random), 'type')
  return noise
}

/** Of messages with more noise than this, sums could overflow, which would depend on records. */
const LARGEST = 1e200

/** Adds noise of a deviation to a message, which becomes NaN where that is too large; `scratch` has its length. */
export function addNoise(noise: Noise, message: Float64Array, deviation: number, scratch: Float64Array): void {
  if (deviation === 0) return
  if (!(deviation <= LARGEST)) {
    message.fill(Number.NaN)
    return
  }
  if (noise.addOnGrid) {
    noise.addOnGrid(message, deviation)
    return
  }
  noise.normals(scratch)
  for (let j = 0; j < message.length; j++) message[j] += deviation * scratch[j]
  scratch.fill(0)
}

/**
 * Returns the deviation of noise for a sensitivity and a multiplier. On a grid of at most deviation / 2^24, rounding moves
 * two messages of d entries apart by sqrt(d) of it at most; lengths that were clipped are right to 1e-9 of the clip.
 *
 * @throws RangeError when the grid is too coarse for a message of this size.
 */
export function deviationOf(noise: Noise, sensitivity: number, multiplier: number, d: number): number {
  if (!noise.addOnGrid) return multiplier * sensitivity
  const moved = (multiplier * Math.sqrt(d)) / FINENESS
  if (!(moved < 0.5)) refuse('noise', 'in floating point for so many parameters and so much noise', 'exact')
  return (multiplier * sensitivity * (1 + 1e-9)) / (1 - moved)
}

const onGrid = (random: Random) => (message: Float64Array, deviation: number) => {
  const grid = gridOf(deviation)
  const scale = Math.max(FINENESS, Math.ceil(deviation / grid))
  for (let j = 0; j < message.length; j++)
    message[j] = (Math.round(message[j] / grid) + Number(discreteGaussian(random, scale))) * grid
}

/** Draws a normal number by Marsaglia's polar method; its twin is thrown away, so that nothing waits in memory. */
function polar(random: Random): number {
  for (;;) {
    const u = random.uniform(-1, 1)
    const v = random.uniform(-1, 1)
    const s = u * u + v * v
    if (s < 1 && s > 0) return u * Math.sqrt((-2 * log(s)) / s)
  }
}
