import { random } from '@opt/core'
import { breastCancer, digits, iris, parseLibsvm, wine } from '@opt/datasets'
import { Matrix } from 'ml-matrix'
import ndarray from 'ndarray'
import { LinearSeparator, type Method, separableInstance } from '../src/index.ts'

const METHODS: Method[] = ['normalized', 'logistic', 'perceptron', 'margin']
const wrongOf = <L>(predicted: L[], labels: ArrayLike<L>) => predicted.filter((label, i) => label !== labels[i]).length

describe.each(METHODS)('method %s', (method) => {
  test('separates two classes, whatever their labels and whatever holds the numbers', () => {
    const { features, labels } = separableInstance(random(2), { n: 60, d: 5, margin: 0.1 })
    const rows = Array.from({ length: 60 }, (_, i) => Array.from(features.data.slice(5 * i, 5 * i + 5)))
    const flipped = ndarray(features.data.slice().reverse(), [60, 5], [-5, -1], 299)
    const names = Array.from(labels, (label) => (label > 0 ? 'spam' : 'ham'))
    const first = new LinearSeparator({ method }).fit(features, labels)
    expect(first.status).toBe('separated')
    expect(first.classes).toEqual([-1, 1])
    expect(wrongOf(first.predict(features), labels)).toBe(0)
    const { lower, upper } = first.margin()
    expect(lower).toBeGreaterThan(0)
    expect(upper).toBeGreaterThanOrEqual(0.1 / Math.SQRT2)
    for (const X of [rows, flipped, new Matrix(rows)]) {
      const separator = new LinearSeparator<string>({ method }).fit(X, names)
      expect(separator.planes).toEqual(first.planes)
      expect(wrongOf(separator.predict(X), names)).toBe(0)
      expect(separator.decision(X).data).toEqual(first.decision(features).data)
    }
    // The distances are those of the definition.
    const [{ theta, intercept }] = first.planes
    const length = Math.sqrt(theta.reduce((s, v) => s + v * v, intercept * intercept))
    const distances = rows.map((row) => (row.reduce((s, v, j) => s + v * theta[j], 0) + intercept) / length)
    first.decision(features).data.forEach((value, i) => expect(value).toBeCloseTo(distances[i], 12))
    expect(Math.min(...distances.map((value, i) => labels[i] * value))).toBeGreaterThanOrEqual(lower)
  })

  test('gives several classes a plane each, with the truth about each', async () => {
    const { features, labels } = await iris()
    const separator = new LinearSeparator({ method, maxIterations: 3000 }).fit(features, labels)
    expect(separator.classes).toEqual([0, 1, 2])
    // Setosa is separable from the others, the middle species is not, the last one is not from it
    // either.
    expect(separator.planes.map(({ status }) => status)).toEqual(['separated', 'inseparable', 'inseparable'])
    expect(separator.status).toBe('inseparable')
    expect(separator.margin().upper).toBeLessThan(1e-8)
    separator.planes.forEach(({ theta, intercept, misclassified, violation, marginLower, marginUpper }, k) => {
      const length = Math.sqrt(theta.reduce((s, v) => s + v * v, intercept * intercept))
      const margins = Array.from(labels, (label, i) => {
        const value = theta.reduce((s, v, j) => s + v * features.get(i, j), intercept)
        return (label === k ? value : -value) / length
      })
      expect(margins.filter((m) => !(m > 0))).toHaveLength(misclassified)
      expect(Math.max(0, -Math.min(...margins))).toBeCloseTo(violation, 10)
      expect(Math.min(...margins)).toBeGreaterThanOrEqual(marginLower)
      expect(marginUpper).toBeGreaterThan(marginLower)
    })
    expect(wrongOf(separator.predict(features), labels)).toBeLessThanOrEqual(75)
  })
})

test('the unit of the features does not matter, from 1e-290 to 1e290', () => {
  const { features, labels } = separableInstance(random(5), { n: 40, d: 4, margin: 0.1 })
  const plain = new LinearSeparator({ intercept: false }).fit(features, labels)
  for (const unit of [2 ** -960, 2 ** -30, 2 ** 30, 2 ** 960]) {
    const X = ndarray(
      features.data.map((v) => v * unit),
      [40, 4],
    )
    const separator = new LinearSeparator({ intercept: false }).fit(X, labels)
    expect(separator.planes[0].iterations).toBe(plain.planes[0].iterations)
    expect(separator.predict(X)).toEqual(Array.from(labels))
    expect(separator.margin().lower / unit).toBe(plain.margin().lower)
  }
})

test('sparse rows of a LIBSVM file', () => {
  const text = '+1 1:0.5 3:2\n-1 2:1.5\n+1 1:1 2:-1 # comment\n-1 3:-0.25 2:1\n-1 1:-2\n'.replace(
    '3:-0.25 2:1',
    '2:1 3:-0.25',
  )
  const file = parseLibsvm(text)
  const separator = new LinearSeparator().fit(file, file.labels)
  expect([separator.status, separator.classes]).toEqual(['separated', [-1, 1]])
  expect(separator.predict(file)).toEqual([1, -1, 1, -1, -1])
  const dense = [
    [0.5, 0, 2],
    [0, 1.5, 0],
    [1, -1, 0],
    [0, 1, -0.25],
    [-2, 0, 0],
  ]
  expect(separator.predict(dense)).toEqual([1, -1, 1, -1, -1])
})

test('real tables: proven separable or not', async () => {
  const cancer = await breastCancer()
  const separator = new LinearSeparator({ method: 'margin' }).fit(cancer.features, cancer.labels)
  expect(separator.status).toBe('separated')
  const { features, labels } = await wine()
  const three = new LinearSeparator({ method: 'margin' }).fit(features, labels)
  expect(three.status).toBe('separated')
  expect(wrongOf(three.predict(features), labels)).toBe(0)
  const table = await digits()
  const few = Array.from({ length: 300 }, (_, i) => Array.from(table.features.data.slice(64 * i, 64 * i + 64)))
  const ten = new LinearSeparator().fit(few, table.labels.slice(0, 300))
  expect(ten.status).toBe('separated')
  expect(wrongOf(ten.predict(few), table.labels.slice(0, 300))).toBe(0)
})

test('data that no plane separates: proof, and the plane with the fewest mistakes', () => {
  const X = [
    [0, 0],
    [1, 1],
    [0, 1],
    [1, 0],
  ]
  const y = [0, 0, 1, 1]
  for (const method of METHODS) {
    const [plane] = new LinearSeparator({ method }).fit(X, y).planes
    expect(plane.status).toBe('inseparable')
    expect(plane.misclassified).toBeGreaterThanOrEqual(1)
    expect(plane.violation).toBeGreaterThanOrEqual(0)
    expect(plane.marginUpper).toBeLessThan(1e-8)
  }
  const line = Array.from({ length: 20 }, (_, i) => [i])
  const labels = line.map(([x]) => (x >= 10 !== (x === 3) ? 1 : 0))
  const one = new LinearSeparator({ method: 'perceptron' }).fit(line, labels)
  expect([one.status, one.planes[0].misclassified]).toEqual(['inseparable', 1])
  expect(wrongOf(one.predict(line), labels)).toBe(1)
})

test('too few steps leave the question open, and say so', () => {
  const angle = 1e-5
  const X = [
    [1, angle],
    [-1, angle],
    [1, -angle],
    [-1, -angle],
  ]
  const separator = new LinearSeparator({ intercept: false, maxIterations: 1 }).fit(X, [1, 1, 0, 0])
  expect(['undecided', 'separated']).toContain(separator.status)
  const { features, labels } = separableInstance(random(1), { n: 200, d: 20, margin: 0.001 })
  expect(new LinearSeparator({ maxIterations: 2 }).fit(features, labels).status).toBe('undecided')
  expect(new LinearSeparator({ maxIterations: 2000 }).fit(features, labels).status).toBe('separated')
})

test('in slices: the same planes, progress, and an abort that changes nothing', async () => {
  const { features, labels } = await iris()
  const now = new LinearSeparator().fit(features, labels)
  const seen: number[] = []
  const later = await new LinearSeparator().fitAsync(features, labels, { onProgress: ({ plane }) => seen.push(plane) })
  expect(later.planes).toEqual(now.planes)
  expect([...new Set(seen)]).toEqual([0, 1, 2])
  const controller = new AbortController()
  const before = now.state()
  const stopped = now.fitAsync(features, labels, {
    signal: controller.signal,
    onProgress: ({ plane }) => plane === 1 && controller.abort(new Error('enough')),
  })
  await expect(stopped).rejects.toThrow('enough')
  expect(now.state()).toEqual(before)
})

test('a saved separator predicts to the same bits', async () => {
  const { features, labels } = await iris()
  const names = Array.from(labels, (label) => 'abc'[label])
  const separator = new LinearSeparator<string>({ method: 'margin' }).fit(features, names)
  const loaded = LinearSeparator.load(
    JSON.parse(JSON.stringify(separator.state())) as ReturnType<typeof separator.state>,
  )
  expect(loaded.planes).toEqual(separator.planes)
  expect(loaded.decision(features).data).toEqual(separator.decision(features).data)
  expect(loaded.predict(features)).toEqual(separator.predict(features))
})

test('refuses by name what it cannot use', () => {
  const X = [
    [1, 2],
    [3, 4],
  ]
  const fitting = (X: unknown, y: unknown) => () => new LinearSeparator().fit(X as number[][], y as number[])
  expect(fitting(X, [1, 1])).toThrow('LinearSeparator.fit: labels must be of at least two classes, got only 1')
  expect(fitting(X, [1])).toThrow('LinearSeparator.fit: labels must be of length 2, got length 1')
  expect(fitting(X, ['a', 1])).toThrow('LinearSeparator.fit: labels[1] must be a string like the first, got 1')
  expect(fitting([[1, Number.NaN]], [1])).toThrow(
    'LinearSeparator.fit: features[0][1] must be a finite number, got NaN',
  )
  expect(() => new LinearSeparator().predict(X)).toThrow('LinearSeparator.predict: this must be fitted')
  const fitted = new LinearSeparator().fit(X, [0, 1])
  expect(() => fitted.predict([[1, 2, 3]])).toThrow(/LinearSeparator.predict: features must be of shape/)
  expect(() => new LinearSeparator({ stepSize: 0 })).toThrow('LinearSeparator: stepSize must be')
  expect(() => new LinearSeparator({ method: 'svm' as Method })).toThrow("LinearSeparator: method must be 'normalized'")
})
