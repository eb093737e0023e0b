import { golden } from '@opt/testing'
import { DeepNTKClassifier, majorityVote, nearestNeighbor } from '../src/index.ts'

interface Run {
  activation: string
  L: number | null
  scaledScore: number[]
  sign: number[]
}
interface Case {
  X: number[][]
  y: number[]
  test: number[][]
  nearest: number[]
  majority: number
  runs: Run[]
}
const { cases } = golden<{ cases: Case[] }>(import.meta.url, 'classify.json')
const { activations } = golden<{ activations: { name: string; hermite: number[] }[] }>(import.meta.url, 'kernels.json')
const series = Object.fromEntries(activations.map(({ name, hermite }) => [name, { hermite }]))

describe.each(cases)('the golden set', ({ X, y, test: rows, nearest, majority, runs }) => {
  test.each(runs)('$activation at depth $L', ({ activation, L, scaledScore, sign }) => {
    const classifier = new DeepNTKClassifier<number>({ activation: series[activation], depth: L ?? Infinity }).fit(X, y)
    const { data } = classifier.scores(rows)
    scaledScore.forEach((want, r) =>
      expect(Math.abs(data[2 * r + 1] - data[2 * r] - want)).toBeLessThan(L === 1 ? 1e-6 : 1e-8),
    )
    expect(classifier.predict(rows)).toEqual(sign)
  })

  test('nearest neighbour and majority', () => {
    const want = nearest.map((i) => y[i])
    expect(nearestNeighbor<number>(X, y).predict(rows)).toEqual(want)
    expect(new DeepNTKClassifier<number>({ activation: series.nearest23 }).fit(X, y).predict(rows)).toEqual(want)
    const most = rows.map(() => majority)
    expect(majorityVote<number>(y).predict(rows)).toEqual(most)
    expect(new DeepNTKClassifier<number>({ activation: series.majority }).fit(X, y).predict(rows)).toEqual(most)
  })
})
