import { random } from '@opt/core'
import ndarray from 'ndarray'
import { ball, seaImplicit } from '../src/index.ts'
import { drawDomain, drawGradients, KINDS, learnersOn } from './learners.ts'

const disc = ball({ dimension: 2 })
// biome-ignore lint/suspicious/noExplicitAny: wrong on purpose
const wrong = (value: unknown): any => value

describe('what is refused leaves the learner as it was', () => {
  const boom = () => {
    throw new Error('boom')
  }
  const full = (value: unknown) => (n: number) => Array.from({ length: n }, () => value)
  /** A gradient in n dimensions, and how it is refused. */
  const bad: { make: (n: number) => unknown; message: RegExp }[] = [
    { make: () => [1], message: /gradient must be of length \d, got length 1$/ },
    { make: () => new Float64Array(99), message: /of length \d, got length 99$/ },
    { make: full(NaN), message: /gradient\[0\] must be a finite number, got NaN$/ },
    { make: full(Infinity), message: /gradient\[0\] must be a finite number, got Infinity$/ },
    { make: full('1'), message: /gradient\[0\] must be a finite number, got "1"$/ },
    { make: () => 3, message: /gradient must be a vector .*, got 3$/ },
    { make: () => undefined, message: /gradient must be a vector .*, got undefined$/ },
    { make: full(1e155), message: /of length at most 1e\+60/ },
    { make: () => () => [NaN, 1], message: /gradient/ },
    { make: () => ndarray(new Float64Array(4), [2, 2]), message: /a vector, got an ndarray of shape \[2,2\]$/ },
  ]
  describe.each(KINDS)('%s', (kind) => {
    const domain = drawDomain(kind, 2, random(1))
    test.each(Object.keys(learnersOn(domain)))('%s', (key) => {
      const learner = learnersOn(domain)[key]()
      for (const g of drawGradients(2, 7, domain.dimension, 'noise')) learner.update(g)
      const before = JSON.stringify(learner.state())
      const x = learner.predict().slice()
      const refuses = (gradient: unknown, message: RegExp) => {
        expect(() => learner.update(wrong(gradient))).toThrow(message)
        expect(JSON.stringify(learner.state())).toBe(before)
        expect(learner.predict()).toEqual(x)
      }
      for (const { make, message } of bad) refuses(make(domain.dimension), message)
      for (const { make } of bad) refuses(make(domain.dimension), new RegExp(`^${learner.name}.update: `))
      refuses(boom, /^boom$/)
    })
    test.each(Object.keys(learnersOn(domain)))('states that do not fit %s', (key) => {
      const learner = learnersOn(domain)[key]()
      for (const g of drawGradients(2, 7, domain.dimension, 'noise')) learner.update(g)
      const state = learner.state()
      const before = JSON.stringify(state)
      const spoilt: unknown[] = [
        null,
        7,
        {},
        { ...state, learner: 'other' },
        { ...state, dimension: 77 },
        { ...state, round: -1 },
        { ...state, round: 1.5 },
        { ...state, violations: 'none' },
        { ...state, numbers: { no: '' } },
        { ...state, arrays: { ...state.arrays, more: '' } },
        { ...state, arrays: { ...state.arrays, x: '' } },
        { ...state, arrays: { ...state.arrays, x: '!!!' } },
        { ...state, arrays: { ...state.arrays, x: btoa('ÿ'.repeat(8 * domain.dimension)) } },
      ]
      for (const s of spoilt) {
        expect(() => learner.load(wrong(s))).toThrow(new RegExp(`^${learner.name}.load: state`))
        expect(JSON.stringify(learner.state())).toBe(before)
      }
    })
  })

  test('an implicit update whose prox is missing, throws, or answers nonsense', () => {
    const learner = seaImplicit({ domain: disc, G: 1 })
    learner.update([1, 0], (z, eta) => disc.project([z[0] - eta, z[1]]))
    const before = JSON.stringify(learner.state())
    for (const prox of [undefined, () => [NaN, 0], () => [9, 0], () => [0], () => wrong('x'), () => wrong(undefined)])
      expect(() => learner.update([1, 0], prox)).toThrow(/^seaImplicit.update: prox/)
    expect(() => learner.update([1, 0], () => ({ x: [0, 0], subgradient: [Infinity, 0] }))).toThrow(/subgradient\[0\]/)
    expect(() => learner.update([1, 0], boom)).toThrow('boom')
    expect(JSON.stringify(learner.state())).toBe(before)
  })
})
