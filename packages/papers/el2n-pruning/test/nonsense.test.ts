import {
  classQuotas,
  createMlp,
  detection,
  el2n,
  errorBarrier,
  errorOf,
  ForgettingTracker,
  grand,
  grandLastLayer,
  kernelDistance,
  kernelVelocity,
  permuteLabels,
  relabel,
  ScoreAverage,
  scoreStream,
  select,
  selectWithDetails,
} from '../src/index.ts'

// Cases made for this test: small inputs that make no sense, or reach beyond the squares of doubles.

describe('a right value, whatever the size', () => {
  test.each([1e200, 1e-200, 5e-324, 1.7e308, 1])('the distance of kernels of %p', (size) => {
    expect(kernelDistance([size, size], [size, size])).toBeCloseTo(0, 15)
    expect(kernelDistance([size, 0], [0, size])).toBe(1)
    expect(kernelDistance([size], [-size])).toBe(2)
    expect(kernelDistance([size, size], [1, 0])).toBeCloseTo(1 - Math.SQRT1_2, 15)
  })

  test('permuteLabels and relabel keep what an Int32Array holds', () => {
    const labels = [-1, 1, 2147483647, -2147483648]
    expect(Array.from(permuteLabels(labels, { fraction: 0 }).labels)).toEqual(labels)
    expect(Array.from(relabel(labels, [0, 1], [1, 1]).labels)).toEqual([1, 1, 2147483647, -2147483648])
  })

  test('balance does not mind how large labels are', () => {
    const labels = [0, 2 ** 53 - 1, 0, 2 ** 53 - 1]
    const { indices, classes, quotas } = selectWithDetails([1, 2, 3, 4], { keep: 2, balance: true, labels })
    expect([indices, classes, quotas].map((x) => Array.from(x ?? []))).toEqual([
      [2, 3],
      [0, 2 ** 53 - 1],
      [1, 1],
    ])
  })

  test('strata of scores that are further apart than doubles reach', () => {
    const { budgets } = selectWithDetails([-1.7e308, -1.6e308, 1.6e308, 1.7e308], { keep: 2, strata: 2 })
    expect(Array.from(budgets ?? [])).toEqual([1, 1])
    expect(select([0, 5e-324], { keep: 2, strata: 2 })).toHaveLength(2)
  })

  test('quotas of products above 2^53', () => {
    const sizes = [2147483647, 2147483647, 2147483646]
    expect(Array.from(classQuotas(sizes, 3221225470))).toEqual([1073741824, 1073741823, 1073741823])
  })
})

const network = createMlp([2, 3], { seed: 1, dtype: 'float64' })
const cases: [string, () => unknown, string | RegExp][] = [
  ['a kernel of NaN', () => kernelDistance([1, NaN], [1, 1]), 'kernelDistance: first[1] must be a finite number'],
  ['a velocity in no time', () => kernelVelocity([1], [-1], 1e-320), 'kernelVelocity: steps must be'],
  [
    'soft targets below zero',
    () => el2n([[1, 2, 3]], [[1.5, -0.5, 0]], { classes: 3 }),
    'el2n: targets[0][1] must be a probability, got -0.5',
  ],
  ['an example relabelled twice', () => relabel([0, 1, 2], [0, 0], [1, 2]), 'relabel: chosen[1] must be an example'],
  ['a label of NaN', () => permuteLabels([NaN], { fraction: 0 }), 'permuteLabels: labels[0] must be a finite number'],
  ['a label of 1.5', () => permuteLabels([0, 1.5], { fraction: 0 }), 'permuteLabels: labels[1] must be an integer'],
  ['a label of 2^31', () => permuteLabels([2 ** 31], { fraction: 0 }), 'permuteLabels: labels[0] must be an integer'],
  ['relabel, a label of 2^31', () => relabel([2 ** 31, 0], [0], [1]), 'relabel: labels[0] must be an integer'],
  ['permuteLabels without options', () => permuteLabels([1], undefined as never), 'permuteLabels: fraction must be'],
  ['select without options', () => select([1, 2], undefined as never), 'select: keep must be a positive number'],
  ['select with none', () => select([1, 2], null as never), 'select: options must be an object, got null'],
  ['balance of a word', () => select([1, 2], { keep: 1, balance: 'no' as never }), 'select: balance must be true or'],
  ['billions of strata', () => select([1, 2], { keep: 1, strata: 1e9 }), 'select: strata must be'],
  ['a class of -1', () => classQuotas([3, -1], 1), 'classQuotas: sizes[1] must be'],
  ['bad or not bad of NaN', () => detection([1, 2], [1, NaN]), 'detection: isBad[1] must be 0, 1, true or false'],
  ['a barrier of NaN', () => errorBarrier([0], [1], () => NaN), 'errorBarrier: evaluate at 0 must be'],
  ['a barrier beyond NaN', () => errorBarrier([NaN], [1], () => 0), 'errorBarrier: first[0] must be'],
  ['parameters too few', () => errorOf(network, [1, 2], [0])([1]), 'errorOf: parameters must be of length 9'],
  [
    'features beyond squares',
    () => grandLastLayer([[1, 2]], [0], [[1e200]], { classes: 2, width: 1 }),
    'grandLastLayer: features[0][0] must be',
  ],
  ['inputs beyond squares', () => grand(network, [1e200, -1e200], [0]), 'inputs[0] must be an example whose squared'],
  ['a score beyond squares', () => new ScoreAverage().add([1e200]), 'ScoreAverage.add: scores[0] must be'],
  [
    'right or wrong of NaN',
    () => new ForgettingTracker(1).update([0], [NaN]),
    'ForgettingTracker.update: correct[0] must be 0, 1, true or false',
  ],
]
test.each(cases)('%s is refused', (_, call, message) => expect(call).toThrow(message))

test('a stream refuses scores that are none', async () => {
  const all = async (score: () => unknown) => {
    for await (const _ of scoreStream([1], score as never));
  }
  await expect(all(() => 7)).rejects.toThrow('scoreStream: score must be a function that returns a Float64Array, got 7')
  await expect(all(() => Float64Array.of(0, NaN))).rejects.toThrow('scoreStream: score(batch)[1] must be')
})

describe('states that nothing has left behind change nothing', () => {
  const average = () => {
    const one = new ScoreAverage()
    for (const scores of [
      [1, 2, Infinity],
      [2, 2, 0],
    ])
      one.add(scores)
    return one
  }
  test.each<[string, object]>([
    ['a negative sum of squares', { squares: [0.5, -1, null] }],
    ['squares without a mean', { mean: [1.5, 2, 1] }],
    ['a mean without squares', { mean: [1.5, null, null] }],
    ['a spread of one', { count: 1 }],
    ['means of nothing', { count: 0 }],
    ['a mean beyond squares', { mean: [1e200, 2, null] }],
    ['half a vector', { count: 1.5 }],
  ])('ScoreAverage: %s', (_, change) => {
    const [ours, theirs] = [average(), average()]
    expect(() => ours.load({ ...ours.state(), ...change })).toThrow(/^ScoreAverage\.load: state\./)
    for (const one of [ours, theirs]) one.add([1, 5, 3])
    expect(ours.state()).toEqual(theirs.state())
    ours.load(JSON.parse(JSON.stringify(theirs.state())))
    expect(ours.state()).toEqual(theirs.state())
  })

  const tracker = () => {
    const one = new ForgettingTracker(3)
    one.update([0, 1], [1, 0])
    one.update([0, 1], [0, 1])
    return one
  }
  test.each<[string, object]>([
    ['more visits than updates', { visits: [3, 2, 0] }],
    ['learned without a visit', { firstLearned: [0, 1, 0] }],
    ['learned in the future', { firstLearned: [0, 2, -1] }],
    ['right and never learned', { right: [0, 1, 1] }],
    ['right twice', { right: [0, 2, 0] }],
    ['events below zero', { events: [-1, 0, 0] }],
    ['more events than visits allow', { events: [2, 0, 0] }],
    ['learned, wrong and never forgotten', { events: [0, 0, 0] }],
    ['nulls', { visits: [null, 2, 0] }],
    ['holes', { visits: new Array(3) }],
    ['updates beyond the marks', { updates: 2 ** 31 }],
  ])('ForgettingTracker: %s', (_, change) => {
    const [ours, theirs] = [tracker(), tracker()]
    expect(() => ours.load({ ...ours.state(), ...change })).toThrow(/^ForgettingTracker\.load: state\./)
    for (const one of [ours, theirs]) one.update([2, 0], [1, 1])
    expect(ours.state()).toEqual(theirs.state())
    ours.load(JSON.parse(JSON.stringify(theirs.state())))
    expect(ours.state()).toEqual(theirs.state())
  })
})
