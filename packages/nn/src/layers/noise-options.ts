import { number, refuse, show } from '@opt/core'
import type { NoiseRates } from './layer-noise.ts'

/** Noise in training; without effect on predictions. */
export interface NoiseOptions {
  /**
   * The fraction of units that is dropped, at random for each example, in [0, 1): one number for the hidden layers, or
   * an array with one for the inputs and for each hidden layer (default 0).
   */
  dropout?: number | readonly number[] | undefined
  /** The standard deviation of the normal noise added to the same units, likewise (default 0). */
  gaussianNoise?: number | readonly number[] | undefined
  /**
   * The fraction of weights that is dropped, at random for all examples, in [0, 1): one number for all layers, or an
   * array with one for each (default 0).
   */
  dropConnect?: number | readonly number[] | undefined
}

/** Returns the noise of each of `count` layers of weights; null without any. */
export function noiseOf(options: NoiseOptions, count: number): NoiseRates[] | null {
  const all = {
    dropout: perLayer(options.dropout, count, 'mlp: dropout', true),
    gaussianNoise: perLayer(options.gaussianNoise, count, 'mlp: gaussianNoise', true),
    dropConnect: perLayer(options.dropConnect, count, 'mlp: dropConnect', false),
  }
  for (const name of ['dropout', 'dropConnect'] as const)
    for (const rate of all[name]) if (rate >= 1) refuse(`mlp: ${name}`, 'less than 1', show(rate))
  if (Object.values(all).every((rates) => rates.every((rate) => rate === 0))) return null
  return all.dropout.map((dropout, l) => ({
    dropout,
    gaussianNoise: all.gaussianNoise[l],
    dropConnect: all.dropConnect[l],
  }))
}

/** Returns one rate per layer; a single number leaves out the inputs if it is one of units. */
function perLayer(
  given: number | readonly number[] | undefined,
  count: number,
  label: string,
  ofUnits: boolean,
): number[] {
  const rule = { nonnegative: true }
  if (!Array.isArray(given)) {
    const rate = number(given ?? 0, label, rule)
    return Array.from({ length: count }, (_, l) => (ofUnits && l === 0 ? 0 : rate))
  }
  if (given.length !== count)
    refuse(label, `a number or an array of length ${count}`, `an array of length ${given.length}`)
  return Array.from(given, (rate, l) => number(rate, `${label}[${l}]`, rule))
}
