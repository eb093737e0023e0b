import { random } from '@opt/core'
import { ball, type Learner, type LearnerState, logisticStream, ogd, seaConvex } from '../src/index.ts'
import { drawDomain, drawGradients, KINDS, learnersOn } from './learners.ts'

const read = (text: string) => new Float64Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer)
const write = (values: ArrayLike<number>) =>
  btoa(String.fromCharCode(...new Uint8Array(Float64Array.from(values).buffer)))
const copy = <T>(x: T): T => JSON.parse(JSON.stringify(x))

/** Numbers that may have either sign. */
const FREE = ['played', 'hPrevious', 'losses', 'own', 'logs', 'total', 'points', 'previous', 'guess', 'triangle']

function spoil(state: LearnerState, change: (s: LearnerState) => void): LearnerState {
  const spoilt = copy(state)
  change(spoilt)
  return spoilt
}

/** States that no learner can have had, made of one that it has. */
function* impossible(state: LearnerState, learner: Learner): Generator<[string, unknown]> {
  const d = learner.domain.dimension
  const set = (key: string, values: ArrayLike<number>) => spoil(state, (s) => void (s.arrays[key] = write(values)))
  yield ['x outside', set('x', new Float64Array(d).fill(1e3))]
  for (const key of ['xhat', 'hats', 'points'])
    if (key in state.arrays)
      yield [`${key} outside`, set(key, new Float64Array(read(state.arrays[key]).length).fill(1e5))]
  for (const key of ['previous', 'guess'])
    if (key in state.arrays) yield [`${key} too long`, set(key, new Float64Array(d).fill(1e61))]
  for (const key of ['squares', 'moved', 'saved', 'weights'])
    if (key in state.arrays)
      yield [
        `negative ${key}`,
        set(
          key,
          read(state.arrays[key]).map(() => -1),
        ),
      ]
  for (const key of Object.keys(state.numbers))
    if (!FREE.includes(key)) yield [`negative ${key}`, spoil(state, (s) => void (s.numbers[key] = write([-1])))]
  if ('triangle' in state.arrays) {
    const n = read(state.arrays.triangle)
    yield [
      'a metric of zeros',
      set(
        'triangle',
        n.map(() => 0),
      ),
    ]
    yield [
      'a metric with a negative pivot',
      set(
        'triangle',
        n.map((v) => -v),
      ),
    ]
    yield [
      'a metric that is no triangle',
      set(
        'triangle',
        n.map((v) => v || 1),
      ),
    ]
    yield [
      'a metric too large',
      set(
        'triangle',
        n.map((v) => v * 1e100),
      ),
    ]
  }
  if ('logs' in state.arrays) yield ['shares above 1', set('logs', new Float64Array(d).fill(3))]
  if ('total' in state.arrays) yield ['a sum too large', set('total', new Float64Array(d).fill(1e70))]
  yield ['more violations than rounds', { ...state, violations: state.round + 1 }]
  yield ['half a round', { ...state, round: 0.5 }]
  yield ['round 2^53', { ...state, round: 2 ** 53 }]
  yield ['a name of the prototype', { ...state, numbers: JSON.parse('{"__proto__": "AAAAAAAAAAA="}') }]
  if (Object.keys(state.numbers).length > 0)
    yield ['inherited numbers', { ...state, numbers: Object.create(state.numbers) }]
  yield ['null for arrays', { ...state, arrays: null }]
  yield ['null for an array', spoil(state, (s) => void (s.arrays.x = null as unknown as string))]
  yield ['an array of numbers', spoil(state, (s) => void (s.arrays.x = [1, 2] as unknown as string))]
  yield ['float32 bytes', spoil(state, (s) => void (s.arrays.x = write(new Float64Array(d).slice(0, d >> 1))))]
  yield ['NaN', set('x', new Float64Array(d).fill(NaN))]
  yield ['another learner', { ...state, learner: 'nobody' }]
}

describe.each(KINDS)('states on a %s that nobody can have had', (kind) => {
  const domain = drawDomain(kind, 3, random(2))
  test.each(Object.keys(learnersOn(domain)))('are refused by %s, which then plays on to the same bits', (key) => {
    const make = learnersOn(domain)[key]
    const gradients = drawGradients(5, 12, domain.dimension, 'noise')
    const [tried, left] = [make(), make()]
    for (const g of gradients) for (const learner of [tried, left]) learner.update(g)
    for (const [what, state] of impossible(tried.state(), tried)) {
      expect(() => tried.load(state as LearnerState)).toThrow(new RegExp(`^${tried.name}.load: state`))
      expect([what, tried.state()]).toEqual([what, left.state()])
    }
    for (const g of gradients) for (const learner of [tried, left]) learner.update(g)
    expect(tried.state()).toEqual(left.state())
    expect(tried.predict()).toEqual(left.predict())
  })
  test('nor those of another learner', () => {
    const all = Object.values(learnersOn(domain)).map((create) => create())
    for (const learner of all)
      for (const other of all)
        if (other.name !== learner.name) expect(() => learner.load(other.state())).toThrow(/load: state/)
  })
})

describe('a stream', () => {
  const make = () => logisticStream({ learner: seaConvex({ domain: ball({ dimension: 3 }), G: 1, L: 0.25 }) })
  test('refuses states that nobody can have had, and goes on', () => {
    const [tried, left] = [make(), make()]
    const example = { label: 1, indices: [0, 1], values: [0.5, -1] }
    for (const stream of [tried, left]) stream.see(example)
    const state = tried.state()
    const outside = { ...state.learner, arrays: { ...state.learner.arrays, x: write([9, 9, 9]) } }
    for (const spoilt of [
      { ...state, errors: 2 },
      { ...state, total: write([-1]) },
      { ...state, examples: 1.5 },
      { ...state, learner: outside },
      { ...state, learner: null },
    ]) {
      expect(() => tried.load(spoilt as typeof state)).toThrow(/\.load: state/)
      expect(tried.state()).toEqual(left.state())
    }
    for (const stream of [tried, left]) stream.see(example)
    expect(tried.state()).toEqual(left.state())
  })

  test('refuses an index that stands twice, takes any order, and any size', () => {
    const stream = logisticStream({ learner: ogd({ domain: ball({ dimension: 3 }), G: 1 }), scale: 1 })
    expect(() => stream.see({ label: 1, indices: [0, 0], values: [1, 1] })).toThrow(
      'logisticStream.see: indices[1] must be different from those before, got 0 again',
    )
    expect([stream.examples, stream.learner.round]).toEqual([0, 0])
    expect(() => stream.see(undefined as never)).toThrow(/^logisticStream.see: example must be an object/)
    expect(() => stream.see({ label: 1, indices: null as never, values: [] })).toThrow(/indices must be a list/)
    expect(() => stream.see({ label: 1, indices: [0], values: [1e300] })).toThrow(/gradient must be of length at most/)
    const margins = [
      { indices: [0, 1], values: [3, 4] },
      { indices: [1, 0], values: [4, 3] },
    ].map((example) => {
      const one = make()
      one.see({ label: 1, ...example })
      return one.see({ label: -1, ...example })
    })
    expect(margins[0]).toBeCloseTo(margins[1], 15)
    const wide = make()
    wide.see({ label: 1, indices: [0, 1], values: [3e200, 4e200] })
    const x = wide.learner.predict()
    expect(x[0] / x[1]).toBeCloseTo(0.75, 12)
    expect(x[1]).toBeGreaterThan(0.1)
  })
})
