import { calling, log2, number, options as optionsOf, pow } from '@opt/core'

/** Argument of {@link cooling}. */
export interface CoolingOptions {
  /** Noise and sharpness of the first epoch. */
  sigma: number
  alpha: number
  /** Steps of an epoch. */
  every: number
}

/**
 * Makes the official code's schedules: after epoch e = 1, 2, ... sigma is multiplied by log2(e + 1) / log2(e + 2), and
 * alpha by 2.
 *
 * @returns functions of the step, for the options `sigma` and `alpha`; alpha stops at 1e300.
 * @throws TypeError or RangeError that names the wrong argument.
 */
export function cooling(given: CoolingOptions): { sigma: (step: number) => number; alpha: (step: number) => number } {
  return calling('cooling', () => {
    const { sigma, alpha, every } = optionsOf(given, 'options', ['sigma', 'alpha', 'every'])
    number(sigma, 'sigma', { nonnegative: true })
    number(alpha, 'alpha', { positive: true })
    number(every, 'every', { integer: true, min: 1 })
    return {
      sigma: (step) => sigma / log2(Math.floor(step / every) + 2),
      alpha(step) {
        let value = alpha
        for (let e = Math.floor(step / every); e > 0 && value < 1e300; e--) value *= 2
        return value
      },
    }
  })
}

/** Argument of {@link decay}. */
export interface DecayOptions {
  /** What the value is multiplied by each time. Default 0.98. */
  factor?: number | undefined
  /** Steps between. Default 100. */
  every?: number | undefined
}

/**
 * Makes a schedule that multiplies a value by a factor every so many steps, as an official variant of consensus hopping
 * does with its width.
 *
 * @throws TypeError or RangeError that names the wrong argument.
 */
export function decay(value: number, given?: DecayOptions): (step: number) => number {
  return calling('decay', () => {
    const { factor = 0.98, every = 100 } = optionsOf(given, 'options', ['factor', 'every'])
    number(value, 'value', { positive: true })
    number(factor, 'factor', { positive: true })
    number(every, 'every', { integer: true, min: 1 })
    return (step) => value * pow(factor, Math.floor(step / every))
  })
}
