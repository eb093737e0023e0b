import { random } from '@opt/core'
import ndarray from 'ndarray'
import { ball, seaImplicit } from '../src/index.ts'
import { drawDomain, drawGradients, KINDS, learnersOn } from './learners.ts'

const disc = ball({ dimension: 2 })
// biome-ignore lint/suspicious/noExplicitAny: wrong on purpose
const wrong = (value: unknown): any => value

describe('what is refused leaves the learner as it was', () => {
  const bad: [string, unknown, RegExp][] = [
    ['too short', [1], /gradient must be of length \d, got length 1$/],
    ['too long', new Float64Array(99), /of length \d, got length 99$/],
    ['NaN', 'NaN', /gradient\[0\] must be a finite number, got NaN$/],
    ['Infinity', 'Infinity', /gradient\[0\] must be a finite number, got Infinity$/],
    ['a text', 'text', /gradient\[0\] must be a finite number, got "1"$/],
    ['a number', 3, /gradient must be a vector .*, got 3$/],
    ['nothing', undefined, /gradient must be a vector .*, got undefined$/],
    ['a gradient longer than 1e60', 'long', /of length at most 1e\+60/],
    ['a function that throws', () => boom(), /^boom$/],
    ['a function that gives NaN', () => [NaN, 1, 1, 1, 1, 1, 1].slice(0, 2), /gradient/],
    ['a matrix', ndarray(new Float64Array(4), [2, 2]), /must be a vector, got an ndarray of shape \[2,2\]$/],
  ]
  const boom = () => {
    throw new Error('boom')
  }
  describe.each(KINDS)('%s', (kind) => {
    const domain = drawDomain(kind, 2, random(1))
    const filled = (value: unknown) => Array.from({ length: domain.dimension }, () => value)
    const texts: Record<string, unknown> = {
      ...{ NaN: filled(NaN), Infinity: filled(Infinity), text: filled('1'), long: filled(1e155) },
    }
    it.each(Object.keys(learnersOn(domain)))('%s', (key) => {
      const learner = learnersOn(domain)[key]()
      for (const g of drawGradients(2, 7, domain.dimension, 'noise')) learner.update(g)
      const before = JSON.stringify(learner.state())
      const x = learner.predict().slice()
      for (const [, given, message] of bad) {
        const gradient = wrong(typeof given === 'string' ? texts[given] : given)
        // The implicit learner of these tests computes its own prox from the gradient.
        expect(() => learner.update(gradient)).toThrow(message)
        if (given !== bad[8][1]) expect(() => learner.update(gradient)).toThrow(new RegExp(`^${learner.name}.update: `))
        expect(JSON.stringify(learner.state())).toBe(before)
        expect(learner.predict()).toEqual(x)
      }
    })
    it.each(Object.keys(learnersOn(domain)))('states that do not fit %s', (key) => {
      const learner = learnersOn(domain)[key]()
      for (const g of drawGradients(2, 7, domain.dimension, 'noise')) learner.update(g)
      const state = learner.state()
      const before = JSON.stringify(state)
      const spoilt: unknown[] = [
        ...[null, 7, {}, { ...state, learner: 'other' }, { ...state, dimension: 77 }, { ...state, round: -1 }],
        ...[
          { ...state, round: 1.5 },
          { ...state, violations: 'none' },
          { ...state, numbers: { no: '' } },
        ],
        ...[
          { ...state, arrays: { ...state.arrays, more: '' } },
          { ...state, arrays: { ...state.arrays, x: '' } },
        ],
        ...[
          { ...state, arrays: { ...state.arrays, x: '!!!' } },
          { ...state, arrays: { ...state.arrays, x: btoa('ÿ'.repeat(8 * domain.dimension)) } },
        ],
      ]
      for (const s of spoilt) {
        expect(() => learner.load(wrong(s))).toThrow(new RegExp(`^${learner.name}.load: state`))
        expect(JSON.stringify(learner.state())).toBe(before)
      }
    })
  })

  it('an implicit update whose prox is missing, throws, or answers nonsense', () => {
    const learner = seaImplicit({ domain: disc, G: 1 })
    learner.update([1, 0], (z, eta) => disc.project([z[0] - eta, z[1]]))
    const before = JSON.stringify(learner.state())
    for (const prox of [undefined, () => [NaN, 0], () => [9, 0], () => [0], () => wrong('x'), () => wrong(undefined)])
      expect(() => learner.update([1, 0], prox)).toThrow(/^seaImplicit.update: prox/)
    expect(() => learner.update([1, 0], () => ({ x: [0, 0], subgradient: [Infinity, 0] }))).toThrow(/subgradient\[0\]/)
    expect(() => learner.update([1, 0], boomProx)).toThrow('boom')
    expect(JSON.stringify(learner.state())).toBe(before)
  })
  const boomProx = () => {
    throw new Error('boom')
  }
})
