import { refuse } from '@opt/core'
import { add, constant, functions, type Jet, multiply, power, variable } from './jet.ts'

/** A formula in x1, ..., xn with its derivatives. */
export type Formula = (x: Float64Array) => Jet

/**
 * Reads a formula such as '(1 - x1)^2 + exp(x2) / 3': sums, products, division by numbers, powers with integer
 * exponents from 2 on, sin, cos, exp, log, pi.
 */
export function formula(text: string): Formula {
  const tokens = text.match(/x\d+|\d+\.?\d*(?:e-?\d+)?|[a-z]+|[-+*/^()]/g) ?? []
  let at = 0
  const expect = (token: string) => {
    if (tokens[at++] !== token) refuse('formula', `with ${token} at token ${at}`, text)
  }

  const sum = (): Formula => {
    let left = tokens[at] === '-' ? zero : product()
    while (tokens[at] === '+' || tokens[at] === '-') {
      const sign = tokens[at++] === '+' ? 1 : -1
      const [a, b] = [left, product()]
      left = (x) => add(a(x), b(x), sign)
    }
    return left
  }
  const product = (): Formula => {
    let left = factor()
    while (tokens[at] === '*' || tokens[at] === '/') {
      const divides = tokens[at++] === '/'
      const [a, b] = [left, factor()]
      left = divides ? (x) => multiply(a(x), constant(1 / b(x).value, x.length)) : (x) => multiply(a(x), b(x))
    }
    return left
  }
  const factor = (): Formula => {
    const base = atom()
    if (tokens[at] !== '^') return base
    at++
    const exponent = Number(tokens[at++])
    return (x) => power(base(x), exponent)
  }
  const atom = (): Formula => {
    const token = tokens[at++] ?? ''
    if (token === '(') {
      const inner = sum()
      expect(')')
      return inner
    }
    if (/^x\d/.test(token)) return (x) => variable(x, Number(token.slice(1)) - 1)
    if (/^\d/.test(token)) return (x) => constant(Number(token), x.length)
    if (token === 'pi') return (x) => constant(Math.PI, x.length)
    expect('(')
    const inner = sum()
    expect(')')
    const apply = functions[token]
    return (x) => apply(inner(x))
  }
  return sum()
}

const zero: Formula = (x) => constant(0, x.length)
