import {
  BoostedNetwork,
  type BoostedNetworkOptions,
  boostedNetwork,
  crossValidate,
  type LossName,
  losses,
} from '../src/index.ts'

const X = [[1], [2], [3], [4]]
const call =
  (y: unknown, options: BoostedNetworkOptions = {}, rows: unknown = X) =>
  () =>
    boostedNetwork({ X: rows as number[][], y: y as number[] }, { units: 2, innerIterations: 5, ...options })

test.each<[LossName, unknown, string]>([
  ['logistic', [1, 0, 1, 0], 'boostedNetwork: y[1] must be 1 or -1, got 0'],
  ['logistic', [1, 1, 1, 1], 'boostedNetwork: y must be of both classes, 1 and -1, got 1 only'],
  ['softmax', [0, 0, 0, 0], 'boostedNetwork: y must be numbers 0, 1, ... of at least 2 classes, got only 0'],
  ['softmax', [0, 1, 1.5, 0], 'boostedNetwork: y[2] must be an integer between 0 and 65535, got 1.5'],
  [
    'softmax',
    [
      [1, 0],
      [0, 1],
      [1, 1],
      [1, 0],
    ],
    'boostedNetwork: y[2] must be a row of zeros with a single 1, got another',
  ],
  ['softmax', [[1], [1], [1], [1]], 'boostedNetwork: y must be of at least 2 classes, got 1 column'],
  ['squared', [1, Number.NaN, 2, 3], 'boostedNetwork: y[1] must be a finite number, got NaN'],
  ['squared', [1, 2, 3], 'boostedNetwork: y must be of length 4, got length 3'],
  ['squared', [1e200, 2, 3, 4], 'boostedNetwork: y must be of numbers whose squares float64 can add, got larger ones'],
])('targets of %s are checked: %j', (loss, y, message) => {
  expect(call(y, { loss })).toThrow(message)
})

test.each<[BoostedNetworkOptions, string]>([
  [{ neuronsPerStep: 3 }, 'boostedNetwork: neuronsPerStep must be an integer between 1 and 2, got 3'],
  [{ neuronsPerStep: 1.5 }, 'boostedNetwork: neuronsPerStep must be an integer between 1 and 2, got 1.5'],
  [{ learningRate: 0 }, 'boostedNetwork: learningRate must be a positive number, got 0'],
  [{ learningRate: -1 }, 'boostedNetwork: learningRate must be a positive number, got -1'],
  [{ subsample: 0.2 }, 'boostedNetwork: subsample must be at least 1/4, a row of X, got 0.2'],
  [{ subsample: 1.2 }, 'boostedNetwork: subsample must be a positive number of at most 1, got 1.2'],
  [{ initial: 'none' as 'zero' }, `boostedNetwork: initial must be 'zero' or 'prior', got "none"`],
  [{ starts: [] }, 'boostedNetwork: starts must be an array of length 1, one for each stage, got an array of length 0'],
  [{ subsets: [[0, 9]] }, 'boostedNetwork: subsets[0][1] must be an integer between 0 and 3, got 9'],
  [{ learningrate: 1 } as BoostedNetworkOptions, 'did you mean learningRate?'],
])('options are checked: %j', (options, message) => {
  expect(call([1, 2, 3, 4], options)).toThrow(message)
})

test('features are checked', () => {
  expect(call([1, 2, 3, 4], {}, [[1], [2], [Number.NaN], [4]])).toThrow(
    'boostedNetwork: X[2][0] must be a finite number, got NaN',
  )
  expect(call([1, 2, 3, 4], {}, [[1, 2], [2], [3], [4]])).toThrow('boostedNetwork: X[1] must be of length 2')
  expect(call([1, 2, 3, 4], {}, [])).toThrow('boostedNetwork: X must be nonempty')
})

test('class frequencies as a start need examples of every class', () => {
  const y = [
    [1, 0, 0],
    [0, 1, 0],
    [1, 0, 0],
    [0, 1, 0],
  ]
  expect(call(y, { loss: 'softmax', initial: 'prior' })).toThrow(
    `boostedNetwork: y must be with examples of every class (or initial 'zero'), got none of class 2`,
  )
  const { losses: curve } = boostedNetwork({ X, y: [0, 1, 2, 2] }, { loss: 'softmax', initial: 'prior', units: 1 })
  expect(curve[0]).toBeCloseTo(-(2 * 0.25 * Math.log(0.25) + 0.5 * Math.log(0.5)), 14)
})

describe('a table', () => {
  const fitting =
    (rows: unknown, y: unknown = [1, 2], options = {}) =>
    () =>
      new BoostedNetwork(options).fit(rows as number[][], y as number[])

  test('with categories or missing values is refused, with what to do', () => {
    const category = 'must be a number: code a category by columns of 0 and 1, as oneHot of @opt/datasets does, got'
    const missing =
      'must be a number: leave out rows with missing values, or put the mean or median of the column in their place, got'
    expect(
      fitting([
        [1, 'red'],
        [2, 'blue'],
      ]),
    ).toThrow(`BoostedNetwork.fit: X[0][1] ${category} "red"`)
    for (const value of [null, undefined, Number.NaN, ''])
      expect(
        fitting([
          [1, 2],
          [value, 3],
        ]),
      ).toThrow(`BoostedNetwork.fit: X[1][0] ${missing}`)
    expect(fitting({ rows: 2, columns: 1, get: (i: number) => [1, Number.NaN][i] })).toThrow(`X[1][0] ${missing} NaN`)
    expect(fitting([[1], [Number.POSITIVE_INFINITY]])).toThrow(
      'BoostedNetwork.fit: X[1][0] must be a finite number, got Infinity',
    )
    const model = new BoostedNetwork({ units: 2 }).fit([[1], [2], [3], [5]], [1, 2, 3, 5])
    expect(() => model.predict([[Number.NaN]])).toThrow(`BoostedNetwork.predict: X[0][0] ${missing} NaN`)
  })

  test('needs labels of its loss', () => {
    expect(fitting([[1], [2]], ['a', 'b'])).toThrow(
      `y must be numbers; for labels of classes take loss 'logistic' or 'softmax', got texts`,
    )
    expect(fitting([[1], [2]], ['a', 'a'], { loss: 'logistic' })).toThrow(
      'y must be of at least two classes, got only "a"',
    )
    expect(fitting([[1], [2], [3]], [1, 2, 3], { loss: 'logistic' })).toThrow(
      `y must be of two classes (more: loss 'softmax'), got 3`,
    )
    expect(fitting([[1], [2]], ['a', 1], { loss: 'softmax' })).toThrow('y[1] must be a string like the first, got 1')
    const model = new BoostedNetwork({ loss: 'logistic', units: 2 }).fit(X, ['a', 'b', 'a', 'b'])
    expect(() => model.score(X, ['a', 'b', 'a', 'c'])).toThrow(
      'BoostedNetwork.score: y[3] must be a label that was trained on, got "c"',
    )
  })

  test('comes before predictions, of which numbers have no probabilities', () => {
    expect(() => new BoostedNetwork().predict(X)).toThrow(
      'BoostedNetwork.predict: this must be fitted, got no network; call fit(X, y) first',
    )
    const model = new BoostedNetwork({ units: 2 }).fit(X, [1, 2, 3, 4])
    expect(() => model.probabilities(X)).toThrow(`this must be of loss 'logistic' or 'softmax', got 'squared'`)
    expect(() => model.predict([[1, 2]])).toThrow('BoostedNetwork.predict: X must be of shape [1, 1], got shape [1, 2]')
    expect(() => model.predict(X, { units: 3 })).toThrow(
      'BoostedNetwork.predict: units must be an integer between 0 and 2, got 3',
    )
    expect(() => model.toNetwork({ units: 0 })).toThrow(
      'BoostedNetwork.toNetwork: units must be 2 at least, one stage, got 0',
    )
  })
})

test('choices are checked', () => {
  const choose = (choices: object[]) => () => crossValidate(X, [1, 2, 3, 4], { choices, folds: 2 })
  expect(choose([])).toThrow('crossValidate: choices must be a nonempty array of options')
  expect(choose([{}, { loss: 'softmax' }])).toThrow(
    `crossValidate: choices[1].loss must be 'squared' like the first, got 'softmax'`,
  )
  expect(choose([{ unit: 3 }])).toThrow('crossValidate: choices[0]: options must be named')
})

test('losses check residuals and shapes', () => {
  expect(() => losses.logistic.newtonStep([3], [1])).toThrow(
    'losses.logistic.newtonStep: r must be of residuals between -2 and 2, got 3',
  )
  expect(() => losses.softmax.value([0, 1], [[1, 2]])).toThrow(
    'losses.softmax.value: y must be of length 1, got length 2',
  )
  expect(() => losses.squared.probabilities([1])).toThrow(
    `losses.squared.probabilities: loss must be 'logistic' or 'softmax', got 'squared'`,
  )
})

test('a status is never a lie', () => {
  const rows = Array.from({ length: 12 }, (_, i) => [Math.cos(i), Math.sin(3 * i)])
  // Stages that are constants, of which the last is too large for its step.
  const y = rows.map(([a]) => a)
  const constant = (c: number) => ({ W: [[0], [0]], b: [0], V: [[0]], c: [c] })
  const wild = boostedNetwork(
    { X: rows, y },
    {
      units: 3,
      neuronsPerStep: 1,
      learningRate: 100,
      safeguard: false,
      inner: 'gradient-descent',
      innerIterations: 1,
      innerRate: 1e-300,
      starts: [constant(1), constant(1e150), constant(1e153)],
    },
  )
  expect([wild.status, wild.iterations, wild.network.b.length]).toEqual(['diverged', 2, 2])
  expect(wild.message).toContain('the loss overflows')
  expect(wild.decision.data.every(Number.isFinite) && wild.losses.every(Number.isFinite)).toBe(true)

  // Targets that are 0 already: no stage can lower the loss.
  const idle = boostedNetwork({ X: rows, y: new Float64Array(12) }, { units: 30, neuronsPerStep: 2 })
  expect([idle.status, idle.iterations]).toEqual(['stalled', 10])
  expect(idle.message).toContain('10 stages in a row')
  expect(idle.steps.every((step) => step === 0)).toBe(true)
})
