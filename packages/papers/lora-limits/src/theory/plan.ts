import { calling, type MatrixLike, number, options, random } from '@opt/core'
import { type AttentionHead, readHead, readProblem, toMatrix } from '../head.ts'
import { measure, type NormCondition, type NormConditionOptions } from './norm-condition.ts'

/** Options of {@link plan}. */
export interface PlanOptions extends NormConditionOptions {
  /** Some of your tokens, of a self-attention or of its queries. Default: 256 random ones of mean 0 and variance 1. */
  tokens?: MatrixLike | undefined
  /** Tokens of the keys. Default: `tokens`. */
  keyTokens?: MatrixLike | undefined
}

/** Answer of {@link plan}. */
export interface Plan extends NormCondition {
  /** Which regime, which degree, from which length, in one sentence. */
  sentence: string
}

/**
 * Says which regime a head is in at some length, which degree pays, and from which length, counted in multiplications.
 *
 * @param head weights, adapters and factors.
 * @param length L, for which no tokens need to exist.
 * @throws TypeError or RangeError that names the wrong argument.
 */
export function plan(head: AttentionHead, length: number, given?: PlanOptions): Plan {
  return calling('plan', () => {
    const { tolerance = 0.05, tokens, keyTokens } = options(given, 'options', ['tolerance', 'tokens', 'keyTokens'])
    number(length, 'length', { integer: true, min: 1 })
    const { Q, K, V } = readHead(head).projections
    const rng = random(0)
    const drawn = (d: number) =>
      toMatrix(
        Float64Array.from({ length: 256 * d }, () => rng.normal()),
        256,
        d,
      )
    const query = tokens ?? drawn(Q.W.rows)
    const shared = keyTokens === undefined && K.W.rows === Q.W.rows
    const key = keyTokens ?? (shared ? query : drawn(K.W.rows))
    const value = new Float64Array(V.W.rows)
    const problem = readProblem(head, { query, key, value: Array.from({ length: rowsIn(key) }, () => value) }, false)
    const condition = measure(problem, tolerance, length, length)
    return { ...condition, sentence: sentenceOf(condition, length, tolerance, tokens ? 'your' : 'random') }
  })
}

const rowsIn = (X: MatrixLike): number => {
  const { shape, rows, length } = X as { shape?: number[]; rows?: number; length?: number }
  return shape?.[0] ?? rows ?? length ?? 0
}

function sentenceOf(c: NormCondition, length: number, tolerance: number, whose: string): string {
  const gamma = Math.max(c.gammaQuery, c.gammaKey)
  const digits = (x: number) => String(Number(x.toPrecision(3)))
  const side = { below: 'Below', between: 'Around', above: 'Above' }[c.regime]
  const where = `${side} the threshold (largest entry ${digits(gamma)} of queries and keys against sqrt(ln ${length}) = ${digits(c.threshold)}; asymptotic: the theory has no constant)`
  const best = c.degrees.find(({ degree }) => degree === c.recommended)
  if (best)
    return `${where}, reverse of degree ${best.degree} with ${best.features} features has an attention error of ${digits(best.error!)} on ${whose} tokens, pays from ${best.crossover.reverse} tokens on and takes ${digits(best.share)} of the exact multiplications at ${length}.`
  const accurate = c.degrees.find(({ degree, error = Infinity }) => degree % 2 === 1 && error <= tolerance)
  const why = accurate
    ? `the first degree that is accurate enough on ${whose} tokens, ${accurate.degree}, pays from ${accurate.crossover.reverse} tokens on`
    : `no degree up to ${c.degrees.at(-1)?.degree} has an attention error of ${tolerance} or less on ${whose} tokens`
  return `${where}, ${why}: take exact gradients, or sampledGradients.`
}
