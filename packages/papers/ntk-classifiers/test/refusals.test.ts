import ndarray from 'ndarray'
import {
  activation,
  type ClassifierState,
  DeepNTKClassifier,
  hilbertEstimate,
  majorityVote,
  nearestNeighbor,
  ntk,
  optimalActivation,
  relu,
  singularKernel,
  taxonomy,
  toSphere,
  wideNetwork,
} from '../src/index.ts'

const X = [
  [1, 0],
  [0.6, 0.8],
  [0, 1],
]
const y = [1, 2, 2]

test.each<[() => unknown, string]>([
  [() => activation({ hermite: [0, 0] }), 'activation: hermite must be not all 0, got zeros'],
  [() => activation({ hermite: [] }), 'activation: hermite must be nonempty, got length 0'],
  [() => activation({ hermite: [1, Number.NaN] }), 'activation: hermite[1] must be a finite number, got NaN'],
  [() => activation({} as never), 'activation must be { hermite }, { fn } or a function of z, got an object'],
  [() => activation({ fn: Math.tanh, kink: [1] } as never), 'did you mean kinks?'],
  [() => activation({ fn: Math.tanh, degree: 0 }), 'activation: degree must be an integer between 1 and 200, got 0'],
  [() => activation(Math.sign), 'activation: fn must be continuous'],
  [() => activation((z) => Math.exp(z * z)), 'activation: fn must be of finite E[fn(z)^2]'],
  [() => activation(() => 0), 'activation: fn must be not 0 everywhere'],
  [() => activation(() => Number.NaN), 'must be a finite number, got NaN'],
  [() => optimalActivation(1), 'optimalActivation: d must be an integer between 2 and 150, got 1'],
  [() => relu({ slope: Infinity }), 'relu: slope must be a finite number between'],
  [() => taxonomy('relu' as never), 'taxonomy: activation must be { hermite }, { fn } or a function of z, got "relu"'],
  [() => ntk(relu(), { depth: -1, delta: [0] }), 'ntk: depth must be an integer between 0 and 1000000, got -1'],
  [() => ntk(relu(), { depth: 1.5, delta: [0] }), 'ntk: depth must be an integer between 0 and 1000000, got 1.5'],
  [() => ntk(relu(), { depth: 1, delta: [2.1] }), 'ntk: delta[0] must be at most 2, got 2.1'],
  [() => ntk(relu(), { depth: 1, delta: [-1] }), 'ntk: delta[0] must be nonnegative, got -1'],
  [() => singularKernel(relu(), [0.1]), "singularKernel: activation must be one with A = 0, A' != 0"],
  [() => singularKernel({ hermite: [0, 1, 1e-4] }, [0.1]), "singularKernel: activation must be of A'^2 at most 0.9999"],
  [() => singularKernel(optimalActivation(2), [1.5]), 'singularKernel: delta[0] must be at most 1, got 1.5'],
  [() => new DeepNTKClassifier({ depth: -1 }), 'DeepNTKClassifier: depth must be an integer between 0 and 1000000'],
  [() => new DeepNTKClassifier({ ridge: -1 }), 'DeepNTKClassifier: ridge must be a nonnegative number'],
  [() => new DeepNTKClassifier({ dept: 3 } as never), 'did you mean depth?'],
  [() => new DeepNTKClassifier().predict(X), 'DeepNTKClassifier.predict: this must be fitted, got nothing'],
  [() => new DeepNTKClassifier().state(), 'DeepNTKClassifier.state: this must be fitted'],
  [
    () => new DeepNTKClassifier().fit([[1, 1]], [1]),
    'DeepNTKClassifier.fit: X[0] must be a row of length 1 (see toSphere), got length 1.41421',
  ],
  [() => new DeepNTKClassifier().fit([[0, 0]], [1]), 'DeepNTKClassifier.fit: X[0] must be a row of length 1'],
  [() => new DeepNTKClassifier().fit(X, [1, 2]), 'DeepNTKClassifier.fit: y must be of length 3, got length 2'],
  [() => new DeepNTKClassifier().fit([], []), 'DeepNTKClassifier.fit: X must be nonempty'],
  [
    () => new DeepNTKClassifier<string>().fit(X, ['a', 'b', 3] as never),
    'DeepNTKClassifier.fit: y[2] must be a string like the first, got 3',
  ],
  [
    () =>
      new DeepNTKClassifier().fit(
        [
          [1, 0],
          [-1, 0],
        ],
        [1, 2],
      ),
    "DeepNTKClassifier.fit: X[1] must be at most at right angles to the rows before it with depth Infinity (see toSphere), got x.x' = -1",
  ],
  [
    () => new DeepNTKClassifier().fit(X, y).predict([[0, -1]]),
    'DeepNTKClassifier.predict: X[0] must be at most at right angles to a training row',
  ],
  [
    () => new DeepNTKClassifier().fit(X, y).predict([[1, 0, 0]]),
    'DeepNTKClassifier.predict: X must be of shape [1, 2], got shape [1, 3]',
  ],
  [() => hilbertEstimate(X, y, 0), 'hilbertEstimate: d must be a positive number'],
  [() => hilbertEstimate(X, y, 2).predict([[1]]), 'hilbertEstimate.predict: X must be of shape [1, 2]'],
  [() => nearestNeighbor(X, [1]), 'nearestNeighbor: y must be of length 3'],
  [() => majorityVote([]), 'majorityVote: y must be nonempty'],
  [
    () =>
      toSphere(
        [
          [1, 2],
          [0, 0],
        ],
        { shift: 'none' },
      ),
    'toSphere: X[1] must be a row with a direction, got zeros',
  ],
  [
    () =>
      toSphere([
        [1, 2],
        [0, 0],
      ]),
    'toSphere: X[1] must be a row with a direction, got the smallest value in each column',
  ],
  [() => toSphere(X, { shift: 'min' as never }), "toSphere: shift must be 'min-max' or 'none', got \"min\""],
  [
    () => wideNetwork(relu(), { inputs: 2, depth: 0, width: 3 }),
    'wideNetwork: depth must be an integer of at least 1, got 0',
  ],
])('%s', (call, message) => {
  expect(call).toThrow(message)
})

test('a saved classifier predicts to the same bits; states that are none are refused', () => {
  const Z = [
    [0.8, 0.6],
    [0.28, 0.96],
  ]
  const makers: [string, ConstructorParameters<typeof DeepNTKClassifier>[0]][] = [
    ['default', undefined],
    ['finite', { depth: 4, activation: Math.tanh }],
    ['relu', { depth: 2, activation: relu({ slope: 0.2 }), ridge: 0.1 }],
    ['kriging', { activation: { hermite: [1, 0.5, 0.1] } }],
    ['majority', { activation: { hermite: [-0.4, -1, 1] }, ridge: 0.5 }],
  ]
  for (const [, options] of makers) {
    const classifier = new DeepNTKClassifier<string>(options).fit(X, ['b', 'a', 'a'])
    const saved = JSON.parse(JSON.stringify(classifier.state())) as ClassifierState<string>
    const loaded = DeepNTKClassifier.load(saved)
    expect(loaded.scores(Z).data).toEqual(classifier.scores(Z).data)
    expect(loaded.classes).toEqual(['a', 'b'])
    expect(loaded.limit).toEqual(classifier.limit)
    expect(loaded.state()).toEqual(saved)
  }
  const state = new DeepNTKClassifier<number>({ depth: 2 }).fit(X, y).state()
  for (const [change, message] of [
    [{ rows: [1, 0, 1] }, 'state.rows must be of a length that is a multiple of 2'],
    [{ rows: [1, 1, 0, 1, 1, 0] }, 'state.rows[0] must be a row of length 1'],
    [{ classes: [2, 1] }, 'state.classes must be distinct labels in ascending order'],
    [{ indices: [0, 1, 2] }, 'state.indices[2] must be an integer between 0 and 1'],
    [{ coefficients: [1] }, 'state.coefficients must be of length 6'],
    [{ depth: -1 }, 'state.depth must be an integer'],
    [{ activation: { powers: [1, 1], signs: [1, 1], name: '' } }, 'powers must be of sum 1'],
  ] as const)
    expect(() => DeepNTKClassifier.load({ ...state, ...change } as never)).toThrow(message)
})

test('views of any strides and frozen arrays work, and nothing is changed', () => {
  const columns = ndarray(Float64Array.of(1, 0.6, 0, 0, 0.8, 1), [3, 2], [1, 3])
  const frozen = Object.freeze(X.map((row) => Object.freeze([...row])))
  for (const depth of [3, Infinity]) {
    const plain = new DeepNTKClassifier<number>({ depth }).fit(X, y).scores(X).data
    expect(new DeepNTKClassifier<number>({ depth }).fit(columns, y).scores(columns.step(1, 1)).data).toEqual(plain)
    expect(
      new DeepNTKClassifier<number>({ depth }).fit(frozen as number[][], Object.freeze([...y])).scores(X).data,
    ).toEqual(plain)
  }
  expect(Array.from(columns.data)).toEqual([1, 0.6, 0, 0, 0.8, 1])
})

test('one row, one class and one column have answers', () => {
  for (const depth of [0, 5, Infinity]) {
    const one = new DeepNTKClassifier<string>({ depth }).fit([[0.6, 0.8]], ['only'])
    expect(one.predict(X)).toEqual(['only', 'only', 'only'])
    expect(new DeepNTKClassifier<number>({ depth }).fit([[1]], [7]).predict([[1]])).toEqual([7])
  }
  expect(new DeepNTKClassifier<number>({ activation: { hermite: [1, 0.1] } }).fit([[1]], [7]).predict([[1]])).toEqual([
    7,
  ])
  expect(majorityVote<number>([3, 1, 3, 1]).predict([[0], [1]])).toEqual([1, 1])
})
