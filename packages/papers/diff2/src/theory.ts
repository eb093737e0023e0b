import { cbrt, number, options as optionsOf } from '@opt/core'

/** What the rates depend on. */
export interface TheoryOptions {
  /** G, by which the gradient of every record's loss is bounded. */
  lipschitz: number
  /** L, the Lipschitz constant of the gradient of every record's loss. */
  smoothness: number
  /** D0, the mean loss at the start minus its least value. */
  gap: number
  /** d, the number of parameters. */
  size: number
  /** N = P times the smallest client's records. */
  records: number
  epsilon: number
}

/** The rates of the paper, without constants and logarithms. */
export interface Rates {
  /** sqrt(L G^2 D0 d) / (N epsilon): the squared gradient norm that DP gradient descent reaches. */
  dpGradientDescent: number
  /** (L G D0)^(2/3) d^(2/3) / (N epsilon)^(4/3): that of DIFF2-GD. */
  diff2: number
  /** R = L D0 / diff2: the rounds of DIFF2-GD. */
  rounds: number
  /** T = (N epsilon)^2 / (R d), at least 1 and at most R. */
  restart: number
}

/**
 * Returns what theory says of the squared gradient norm that each method reaches from a budget, up to constants and
 * logarithms (Murata & Suzuki, ICML 2023, Theorem for DIFF2-GD, and Table 1). Rates compare sizes of problems; they predict
 * no figures.
 *
 * @throws TypeError or RangeError for numbers that are not positive.
 */
export function diff2Theory(options: TheoryOptions): Rates {
  const names = ['lipschitz', 'smoothness', 'gap', 'size', 'records', 'epsilon'] as const
  const given = optionsOf(options, 'diff2Theory: options', names)
  for (const name of names) number(given[name], `diff2Theory: options.${name}`, { positive: true })
  const { lipschitz: G, smoothness: L, gap, size: d, records, epsilon } = given
  const information = records * epsilon
  const root = cbrt(L) * cbrt(G) * cbrt(gap) * (cbrt(d) / cbrt(information))
  const diff2 = (root * root) / cbrt(information) / cbrt(information)
  const rounds = (L * gap) / diff2
  const restart = ((information / rounds) * information) / d
  return {
    dpGradientDescent: (Math.sqrt(L) * G * Math.sqrt(gap) * Math.sqrt(d)) / information,
    diff2,
    rounds,
    restart: Math.max(1, Math.min(restart, rounds)),
  }
}
