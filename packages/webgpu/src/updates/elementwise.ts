import type { Program } from '@opt/core'

/** A program on the first `p.n` entries of its arrays, each by itself. */
export const elementwise = (
  name: string,
  writes: readonly string[],
  reads: readonly string[],
  numbers: readonly string[],
  body: string,
): Program => ({
  name,
  each: 'n',
  stop: true,
  reads,
  writes,
  numbers,
  body,
})

/** `d`, the gradient with its penalty. */
export const PENALIZED = `
  let d = p.l2 * x[i] + g[i];`

/** The moments m and v of `d`, with `squared` in place of d where it is another. */
export const moments = (squared = 'd'): string => `
  let first = p.beta1 * m[i] + p.rest1 * d;
  let second = p.beta2 * v[i] + p.rest2 * (${squared} * ${squared});
  m[i] = first;
  v[i] = second;`

/** What {@link moments} is told. */
export const RATES: readonly string[] = ['beta1', 'rest1', 'beta2', 'rest2']

/** The numbers of {@link RATES}: 1 - beta is worked out in float64. */
export const rates = (beta1: number, beta2: number): Record<'beta1' | 'rest1' | 'beta2' | 'rest2', number> => ({
  beta1,
  rest1: 1 - beta1,
  beta2,
  rest2: 1 - beta2,
})

/** Adam's step along `first`, by the root of the mean square named. */
export const descent = (meanSquare = 'second'): string => `
  x[i] = p.keep * x[i] - (p.rate * first) / (sqrt(${meanSquare} * p.correct) + p.epsilon);`
