import { type ExperimentContext, random } from '@opt/core'
import type { Executor } from '@opt/executor'
import { Crew, spread, trainAll } from '../src/experiment-arms.ts'
import { type Digits, INPUTS, splitDigits } from '../src/experiment-data.ts'
import { barrierJob, type TrainJob, trainJob, velocityJob } from '../src/experiment-jobs.ts'
import { headlineArms, makeRepeats, noisyArms } from '../src/experiment-repeats.ts'
import { judge } from '../src/experiment-report.ts'

/** Ten kinds of picture, with noise: what the experiment's jobs need of MNIST. */
function pictures(count: number): Digits {
  const rng = random(1)
  const kinds = Array.from({ length: 10 }, () =>
    Float32Array.from({ length: INPUTS }, () => (rng.uniform() < 0.2 ? 1 : 0)),
  )
  const labels = Int32Array.from({ length: count }, () => rng.integer(0, 10))
  const small = new Float32Array(count * INPUTS)
  for (let i = 0; i < count; i++)
    for (let j = 0; j < INPUTS; j++) small[i * INPUTS + j] = Math.max(0, kinds[labels[i]][j] + rng.normal(0, 0.3))
  return { pictures: new Uint8Array(0), small, labels, source: 'made up' }
}

const digits = pictures(10_000)
const context = { scale: 'quick', seed: 4 } as ExperimentContext
const [repeat] = makeRepeats(digits, context)
const { split } = repeat
const few = (n: number) => ({ inputs: split.inputs.subarray(0, n * INPUTS), labels: split.labels.subarray(0, n) })

test('a split is 8000 and 2000 different digits, of deviation 1 and not centred', () => {
  expect([split.rows.length, split.testLabels.length, split.inputs.length]).toEqual([8000, 2000, 8000 * INPUTS])
  const again = splitDigits(digits, random(9))
  const mean = again.inputs.reduce((sum, v) => sum + v, 0) / again.inputs.length
  const square = again.inputs.reduce((sum, v) => sum + v * v, 0) / again.inputs.length
  expect(square - mean * mean).toBeCloseTo(1, 4)
  expect(Math.min(...again.inputs.subarray(0, INPUTS))).toBe(0)
  const second = makeRepeats(digits, { ...context, scale: 'standard' })
  expect(second.length).toBe(5)
  expect(second[0].split.rows).toEqual(split.rows)
  expect(second[1].split.rows).not.toEqual(split.rows)
})

test('arms are subsets of the sizes they name; noise is a tenth, most of it changed', () => {
  const scores = Float64Array.from(split.labels, (_, i) => (i * 7919) % 8000)
  const sizes = Object.fromEntries(
    headlineArms(repeat, scores, scores).map(({ name, subset }) => [name, subset.length]),
  )
  expect(sizes).toEqual({
    ...{ all: 8000, 'el2n 0.5': 4000, 'random 0.5': 4000, 'el2n 0.3': 2400, 'random 0.3': 2400 },
    ...{ 'el2n 0.1': 800, 'random 0.1': 800, 'grand at start': 2400 },
  })
  const window = noisyArms(repeat, scores).find(({ name }) => name === 'noisy window')
  expect(window && Array.from(window.subset, (i) => scores[i]).sort((a, b) => a - b)[0]).toBe(4000)
  expect(repeat.changed.length).toBeGreaterThan(640)
  expect(repeat.changed.length).toBeLessThan(800)
})

test('a training takes the same steps for every subset, learns, and says what it fitted', () => {
  const job = {
    ...few(600),
    testInputs: split.testInputs,
    testLabels: split.testLabels,
    hidden: 8,
    seed: 1,
    steps: 200,
  }
  const subset = Int32Array.from({ length: 300 }, (_, i) => 2 * i)
  const answer = trainJob({ ...job, subset, watch: subset.subarray(0, 50) })
  expect(answer.accuracy).toBeGreaterThan(0.9)
  expect(answer.fitted.length).toBe(100)
  expect(trainJob({ ...job, subset })).toEqual({ accuracy: answer.accuracy, fitted: [] })
})

test('children of a late parent are closer than children of none', () => {
  const groups = [Int32Array.from({ length: 200 }, (_, i) => i)]
  const job = { ...few(1000), hidden: 8, seed: 3, steps: 150, groups }
  const [early, late] = [0, 100].map((spawn) => barrierJob({ ...job, spawn })[0])
  expect(late).toBeLessThanOrEqual(early)
  expect(late).toBeGreaterThanOrEqual(0)
})

test('the kernel turns ever more slowly', () => {
  const groups = [Int32Array.from({ length: 10 }, (_, i) => i)]
  const velocities = velocityJob({ ...few(1000), hidden: 8, seed: 3, epochs: [0, 4], groups })
  expect(velocities.length).toBe(2)
  expect(velocities[0][0]).toBeGreaterThan(velocities[1][0])
  expect(velocities[1][0]).toBeGreaterThan(0)
})

test('arms that run out of order come back in order, with progress', async () => {
  const seen: number[] = []
  const watching = { ...context, progress: async (at: number) => void seen.push(at) } as ExperimentContext
  const executor: Executor = {
    map: async (_, inputs, options) =>
      inputs.map((input, i) => {
        options?.onProgress?.({ completed: i + 1, total: inputs.length })
        return trainJob({ ...(input as unknown as TrainJob), steps: 30 }) as never
      }),
    close: async () => {},
  }
  const crew = new Crew(watching, executor, 4)
  const arm = {
    name: 'a',
    split: { ...split, ...few(300) },
    subset: Int32Array.from({ length: 200 }, (_, i) => i),
    seed: 1,
  }
  const { accuracies } = await trainAll(crew, [arm, { ...arm, name: 'b' }, { ...arm, seed: 2 }], 8, 'few')
  expect(accuracies.get('a')?.length).toBe(2)
  expect(accuracies.get('a')?.[0]).toBe(accuracies.get('b')?.[0])
  expect(seen).toEqual([0, 0.25, 0.5, 0.75])
})

test('the verdict is that of the numbers', () => {
  const verdicts = (el2n: number) => {
    const claims: (boolean | null)[] = []
    const names = {
      all: 95.8,
      'random 0.5': 94.4,
      'random 0.3': 93,
      'el2n 0.1': 77,
      'random 0.1': 90,
      'grand at start': 84,
    }
    const noise = { 'noisy window': 95, 'noisy random': 90, 'noisy hardest': 70, 'noisy all': 94.7 }
    const accuracies = new Map(
      Object.entries({ ...names, ...noise, 'el2n 0.5': el2n, 'el2n 0.3': el2n }).map(([name, v]) => [name, [v, v]]),
    )
    const judging = {
      scale: 'standard',
      claim: ({ pass }: { pass: boolean | null }) => claims.push(pass),
    } as unknown as ExperimentContext
    judge(judging, accuracies, [{ auroc: 0.997, precision: 0.9, recall: 0.9, count: 700 }])
    return claims
  }
  expect(verdicts(95.8)).toEqual([true, true, true, true, null, true, true, true])
  expect(verdicts(94.5)).toEqual([false, true, false, true, null, true, true, true])
  expect(verdicts(92)).toEqual([false, false, false, false, null, true, true, true])
  expect(spread([1, 2, 3])).toBe('2.00 +- 1.00')
})
