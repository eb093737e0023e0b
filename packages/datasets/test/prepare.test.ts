import { random } from '@opt/core'
import fc from 'fast-check'
import ndarray from 'ndarray'
import {
  divideFeatures,
  halvePictures,
  oneHot,
  redrawLabels,
  shuffle,
  splitRows,
  standardize,
  takeRows,
  trainTestSplit,
} from '../src/index.ts'

describe('standardize', () => {
  test('columns of mean 0 and deviation 1, the caller unchanged', () => {
    const table = [
      [1, 10, 5],
      [2, 30, 5],
      [3, 20, 5],
    ]
    const { features, mean, scale } = standardize(table)
    expect([...mean]).toEqual([2, 20, 5])
    expect(scale[0]).toBeCloseTo(Math.sqrt(2 / 3), 14)
    expect(scale[2]).toBe(1)
    expect(features.get(0, 0)).toBeCloseTo(-Math.sqrt(1.5), 14)
    expect(features.get(2, 2)).toBe(0)
    expect(table[0]).toEqual([1, 10, 5])
  })

  test('random tables', () => {
    const value = fc.double({ min: -1e3, max: 1e3, noNaN: true })
    const tables = fc.array(fc.array(value, { minLength: 3, maxLength: 3 }), { minLength: 2, maxLength: 20 })
    fc.assert(
      fc.property(tables, (table) => {
        const { features, mean, scale } = standardize(table)
        for (let j = 0; j < 3; j++) {
          const column = table.map((_, i) => features.get(i, j))
          expect(column.every(Number.isFinite)).toBe(true)
          table.forEach((row, i) => expect(Math.abs(column[i]! * scale[j]! + mean[j]! - row[j]!)).toBeLessThan(1e-9))
          const given = table.map((row) => row[j]!)
          if (Math.max(...given) - Math.min(...given) < 1e-9) continue
          const average = (values: number[]) => values.reduce((s, v) => s + v, 0) / table.length
          const rounding = 1e-12 * (1 + Math.abs(mean[j]!) / scale[j]!)
          expect(Math.abs(average(column))).toBeLessThan(rounding)
          expect(Math.abs(average(column.map((v) => v * v)) - 1)).toBeLessThan(rounding)
        }
      }),
    )
  })

  test('numbers whose squares float64 cannot hold', () => {
    expect([...standardize([[1e200], [3e200]]).features.data]).toEqual([-1, 1])
    expect([...standardize([[1e-200], [3e-200]]).features.data]).toEqual([-1, 1])
    expect(() => standardize([[1e308], [1.5e308]])).toThrow('standardize: features, column 0 must be of numbers')
  })

  test('a constant column becomes 0, not noise', () => {
    const { features } = standardize(Array.from({ length: 7 }, () => [0.1]))
    expect(features.data.every((v) => v === 0)).toBe(true)
  })

  test('with the scaling of other data', () => {
    const train = standardize([[0], [2]])
    expect([...standardize([[4]], train).features.data]).toEqual([3])
    expect(() => standardize([[1, 2]], train)).toThrow('standardize: mean must be of length 2')
    expect(() => standardize([[1]], { mean: [0] as never, scale: Float64Array.of(0) })).toThrow('standardize: scale[0]')
  })

  test('bytes of pictures, and bad input', () => {
    expect([...standardize(ndarray(Uint8Array.of(0, 200), [2, 1])).features.data]).toEqual([-1, 1])
    expect(() => standardize([[Number.NaN]])).toThrow('standardize: features[0][0] must be a finite number, got NaN')
    expect(() => standardize([])).toThrow(RangeError)
    expect(() => standardize([[1, 2], [3]])).toThrow('standardize: features[1]')
  })
})

describe('trainTestSplit', () => {
  const cases = fc.record({
    labels: fc.array(fc.nat(3), { minLength: 4, maxLength: 60 }),
    fraction: fc.double({ min: 0.2, max: 0.8, noNaN: true }),
    seed: fc.nat(),
  })

  test('every row once; each class in proportion; the same seed, the same rows', () => {
    fc.assert(
      fc.property(cases, fc.boolean(), ({ labels, fraction, seed }, stratified) => {
        const n = labels.length
        const draw = () =>
          trainTestSplit(n, {
            testFraction: fraction,
            rng: random(seed),
            stratify: stratified ? labels : undefined,
          })
        const { train, test } = draw()
        expect(draw()).toEqual({ train, test })
        expect(test.length).toBe(Math.round(n * fraction))
        expect([...train, ...test].sort((a, b) => a - b)).toEqual(labels.map((_, i) => i))
        if (!stratified) return
        for (const label of new Set(labels)) {
          const size = labels.filter((one) => one === label).length
          const taken = test.filter((row) => labels[row] === label).length
          expect(Math.abs(taken - (size * test.length) / n)).toBeLessThan(1)
        }
      }),
    )
  })

  test('bad input', () => {
    const rng = random(0)
    expect(() => trainTestSplit(1, { rng })).toThrow('trainTestSplit: n must be')
    expect(() => trainTestSplit(10, { rng, testFraction: 0 })).toThrow('trainTestSplit: testFraction must be')
    expect(() => trainTestSplit(10, { rng, testFraction: 1 })).toThrow('leaves rows in both parts')
    expect(() => trainTestSplit(10, { rng, testFraction: 0.01 })).toThrow('leaves rows in both parts')
    expect(() => trainTestSplit(10, { rng, testFraction: Number.NaN })).toThrow(RangeError)
    expect(() => trainTestSplit(10, { rng, stratify: [1] })).toThrow('stratify must be of length 10')
    expect(() => trainTestSplit(2, { rng, testFraction: 0.5, stratify: [1, Number.NaN] })).toThrow('stratify[1]')
  })
})

describe('rows', () => {
  const dataset = {
    features: ndarray(Uint8Array.of(1, 2, 3, 4, 5, 6), [3, 2]),
    labels: Int32Array.of(7, 8, 9),
    classNames: ['a'],
  }

  test('takeRows keeps kinds, repeats, carries over the rest', () => {
    const taken = takeRows(dataset, [2, 0, 2, 1])
    expect(taken.features.shape).toEqual([4, 2])
    expect(taken.features.data).toEqual(Uint8Array.of(5, 6, 1, 2, 5, 6, 3, 4))
    expect(taken.labels).toEqual(Int32Array.of(9, 7, 9, 8))
    expect(taken.classNames).toBe(dataset.classNames)
    expect(dataset.labels).toEqual(Int32Array.of(7, 8, 9))
  })

  test('takeRows of a transposed view', () => {
    const features = dataset.features.transpose(1, 0)
    const targets = Float64Array.of(0.5, 1.5)
    const taken = takeRows({ features, targets }, [1])
    expect([...taken.features.data]).toEqual([2, 4, 6])
    expect([...taken.targets]).toEqual([1.5])
  })

  test('splitRows takes the rows that trainTestSplit names', () => {
    const data = {
      features: ndarray(
        Float64Array.from({ length: 20 }, (_, i) => i),
        [10, 2],
      ),
      labels: new Int32Array(10),
    }
    data.labels.fill(1, 4)
    for (const stratify of [false, true]) {
      const rule = { testFraction: 0.3, stratify: stratify ? data.labels : undefined }
      const rows = trainTestSplit(10, { ...rule, rng: random(2) })
      const { train, test } = splitRows(data, { ...rule, stratify, rng: random(2) })
      expect(train).toEqual(takeRows(data, rows.train))
      expect(test).toEqual(takeRows(data, rows.test))
    }
  })

  test('divideFeatures divides each feature, of a view too, into float64', () => {
    expect([...divideFeatures(dataset, 16).features.data]).toEqual([1, 2, 3, 4, 5, 6].map((v) => v / 16))
    const { features, classNames } = divideFeatures({ ...dataset, features: dataset.features.step(-1, 1) }, 2)
    expect([...features.data]).toEqual([2.5, 3, 1.5, 2, 0.5, 1])
    expect(classNames).toBe(dataset.classNames)
    expect([...dataset.features.data]).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('halvePictures averages over 2 x 2, each colour by itself', () => {
    const bytes = Uint8Array.from({ length: 96 }, (_, k) => (k * k) % 251)
    const colour = { features: ndarray(bytes, [2, 48]), imageShape: [2, 8, 3], source: 'here' }
    const { features, imageShape, source } = halvePictures(colour)
    expect([imageShape, features.shape, source]).toEqual([[1, 4, 3], [2, 12], 'here'])
    const at = (i: number, row: number, column: number, c: number) => bytes[48 * i + 24 * row + 3 * column + c]
    for (let i = 0; i < 2; i++)
      for (let column = 0; column < 4; column++)
        for (let c = 0; c < 3; c++) {
          const [a, b] = [0, 1].map((row) => at(i, row, 2 * column, c) + at(i, row, 2 * column + 1, c))
          expect(features.get(i, 3 * column + c)).toBe((a + b) / 4)
        }
    expect(colour.imageShape).toEqual([2, 8, 3])
    const odd = { ...colour, imageShape: [3, 16] }
    expect(() => halvePictures(odd)).toThrow('halvePictures: imageShape[0] / 2 must be an integer, got 1.5')
    expect(() => halvePictures({ ...colour, imageShape: [4, 4] })).toThrow('must be the sizes of 48 pixels')
  })

  test('shuffle keeps rows and labels together', () => {
    const { features, labels } = shuffle(dataset, random(3))
    expect([...labels].sort()).toEqual([7, 8, 9])
    labels.forEach((label, i) =>
      expect([features.get(i, 0), features.get(i, 1)]).toEqual([2 * label - 13, 2 * label - 12]),
    )
    expect(shuffle(dataset, random(3)).labels).toEqual(labels)
  })

  test('bad input', () => {
    expect(() => takeRows(dataset, [3])).toThrow('takeRows: rows[0] must be an integer between 0 and 2, got 3')
    expect(() => takeRows(dataset, [0.5])).toThrow('takeRows: rows[0]')
    expect(() => takeRows({ features: ndarray(new Float64Array(3)) }, [0])).toThrow('takeRows: features must be')
    expect(() => takeRows({} as never, [0])).toThrow('takeRows: features must be')
    expect(() => takeRows({ ...dataset, labels: Int32Array.of(1) }, [0])).toThrow(
      'takeRows: labels must be of length 3',
    )
    expect(() => divideFeatures(dataset, 0)).toThrow('divideFeatures: divisor must be a positive number, got 0')
    expect(() => divideFeatures(dataset, 1e-308)).toThrow('divideFeatures: divisor must be one that float64 can hold')
    const rng = random(0)
    expect(() => splitRows(dataset, { rng, testFraction: 0.1 })).toThrow(
      'splitRows: testFraction must be one that leaves',
    )
    expect(() => splitRows({ features: dataset.features }, { rng, stratify: true })).toThrow(
      'splitRows: dataset must be one with labels (option stratify), got one without',
    )
  })
})

describe('oneHot', () => {
  test('each row has a single 1', () => {
    const matrix = oneHot([2, 0, 1])
    expect(matrix.shape).toEqual([3, 3])
    expect([...matrix.data]).toEqual([0, 0, 1, 1, 0, 0, 0, 1, 0])
    expect(oneHot(Int32Array.of(0), 4).shape).toEqual([1, 4])
  })

  test.each([
    [[1.5], undefined, 'oneHot: labels[0] must be'],
    [[-1], undefined, 'oneHot: labels[0] must be'],
    [[3], 3, 'oneHot: labels[0] must be an integer between 0 and 2, got 3'],
    [[], undefined, 'oneHot: labels must be nonempty'],
    [[0], 0, 'oneHot: classes must be'],
  ])('%j %j is refused', (labels, classes, message) => {
    expect(() => oneHot(labels, classes)).toThrow(message)
  })
})

test.each([
  [0.3, 0.1 + 0.2],
  [1e300, 1e300 * (1 + 2 ** -52)],
  [1e-300, 1e-300 * (1 + 2 ** -52)],
])('a column constant up to rounding (%d) stays where it is', (a, b) => {
  const { features, scale } = standardize(Array.from({ length: 40 }, (_, i) => [i % 2 ? a : b]))
  expect(scale[0]).toBe(1)
  for (const value of features.data) expect(Math.abs(value)).toBeLessThanOrEqual(1e-15 * Math.max(1, a))
})

test('a small deviation about a huge mean is preserved', () => {
  const { features } = standardize(Array.from({ length: 40 }, (_, i) => [1e9 + (i % 2)]))
  for (const value of features.data) expect(Math.abs(value)).toBeCloseTo(1, 6)
})

describe('redrawLabels', () => {
  test('labels are drawn anew with the probability asked for, uniformly; the caller unchanged', () => {
    const given = Int32Array.from({ length: 40000 }, (_, i) => i % 4)
    const before = given.slice()
    const { labels, changed } = redrawLabels(given, { fraction: 0.2, rng: random(1) })
    expect(given).toEqual(before)
    expect([...changed]).toEqual([...given.keys()].filter((i) => labels[i] !== given[i]))
    // 40000 * 0.2 * 3/4 = 6000, with a deviation of 71.
    expect(Math.abs(changed.length - 6000)).toBeLessThan(350)
    for (let k = 0; k < 4; k++) expect(Math.abs(changed.filter((i) => labels[i] === k).length - 1500)).toBeLessThan(190)
  })

  test('none, all, a class that no row has, and the same bits again', () => {
    const given = [0, 1, 1, 0]
    const none = redrawLabels(given, { fraction: 0, rng: random(1) })
    expect([[...none.labels], [...none.changed]]).toEqual([given, []])
    const many = Array.from({ length: 300 }, () => 0)
    const all = redrawLabels(many, { fraction: 1, rng: random(2), classes: 3 })
    expect(new Set(all.labels)).toEqual(new Set([0, 1, 2]))
    expect(redrawLabels(many, { fraction: 1, rng: random(2), classes: 3 })).toEqual(all)
    expect([...redrawLabels(many, { fraction: 1, rng: random(2) }).changed]).toEqual([])
  })

  test.each([
    [[0, 1.5], { fraction: 0.1 }, 'redrawLabels: labels[1] must be an integer between'],
    [[0, 2], { fraction: 0.1, classes: 2 }, 'redrawLabels: labels[1] must be an integer between 0 and 1, got 2'],
    [[0, -1], { fraction: 0.1 }, 'redrawLabels: labels[1] must be'],
    [[0, 1], { fraction: 1.1 }, 'redrawLabels: fraction must be a finite number between 0 and 1, got 1.1'],
    [[0, 1], { fraction: 0.1, classes: 0 }, 'redrawLabels: classes must be an integer'],
    [[0, 1], { fraction: 0.1, rng: 3 }, 'redrawLabels: rng must be a generator'],
  ])('%j %j is refused', (labels, rule, message) => {
    expect(() => redrawLabels(labels, { rng: random(0), ...rule } as never)).toThrow(message)
  })
})
