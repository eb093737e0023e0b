import { number, options as optionsOf, refuse } from '@opt/core'
import { flatRows, type Rows } from './rows.ts'

/** What makes a surrogate, as bare numbers of any model. Outputs and gradient are examples x C, as a matrix or flat. */
export interface SurrogateNumbers {
  /** z, the outputs at which the gradient was taken. */
  outputs: Rows
  /** g, each example's own gradient in its outputs. */
  gradient: Rows
  /** The step size in target space, > 0. */
  eta: number
}

/**
 * Returns z - eta g, flat: fitting them in least squares, by any regression, minimises the surrogate.
 *
 * @throws TypeError or RangeError for numbers that are not finite, or of different shapes.
 */
export function pseudoTargets(given: SurrogateNumbers): Float64Array {
  const { z, g, eta } = numbersOf(given, 'pseudoTargets')
  return z.map((value, k) => number(value - eta * g[k], `pseudoTargets: target[${k}]`))
}

/**
 * Returns the surrogate G at other outputs f: mean_i [ g_i.(f_i - z_i) + |f_i - z_i|^2 / (2 eta) ]. With eta <= 1/L the
 * loss at f is at most the loss at z plus this.
 *
 * @param at f, like the outputs.
 * @param examples the number of rows.
 * @throws TypeError or RangeError for numbers that are not finite, or of different shapes.
 */
export function surrogateValue(given: SurrogateNumbers, at: Rows, examples: number): number {
  const { z, g, eta } = numbersOf(given, 'surrogateValue')
  number(examples, 'surrogateValue: examples', { integer: true, min: 1, max: z.length })
  const f = alike(at, z, 'surrogateValue: at')
  let sum = 0
  for (let k = 0; k < z.length; k++) sum += (f[k] - z[k]) * (g[k] + (f[k] - z[k]) / (2 * eta))
  return number(sum / examples, 'surrogateValue: G')
}

function numbersOf(given: SurrogateNumbers, name: string) {
  const { outputs, gradient, eta } = optionsOf(given, `${name}: given`)
  const z = flatRows(outputs, `${name}: outputs`)
  const g = alike(gradient, z, `${name}: gradient`)
  number(eta, `${name}: eta`, { positive: true })
  return { z, g, eta }
}

function alike(rows: Rows, { length }: Float64Array, label: string): Float64Array {
  const flat = flatRows(rows, label)
  if (flat.length !== length) refuse(label, `${length} numbers like the outputs`, `length ${flat.length}`)
  return flat
}
