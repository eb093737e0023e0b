import { calling, type MatrixLike, matrix, number, options, random } from '@opt/core'
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
    const read = (given: MatrixLike | undefined, label: string, columns: number) =>
      given === undefined
        ? toMatrix(
            Float64Array.from({ length: 256 * columns }, () => rng.normal()),
            256,
            columns,
          )
        : matrix(given, label, { columns })
    const query = read(tokens, 'tokens', Q.W.rows)
    const shared = keyTokens === undefined && K.W.rows === Q.W.rows
    const key = shared ? query : read(keyTokens, 'keyTokens', K.W.rows)
    const rows = key.shape[0]
    const value = toMatrix(new Float64Array(rows * V.W.rows), rows, V.W.rows)
    const problem = readProblem(head, { query, key, value }, false)
    const condition = measure(problem, tolerance, length, length)
    return { ...condition, sentence: sentenceOf(condition, length, tolerance, tokens ? 'your' : 'random') }
  })
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
