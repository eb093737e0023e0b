import { type ExperimentContext, random } from '@opt/core'
import type { Executor } from '@opt/executor'
import { type Digits, INPUTS, splitDigits } from '../src/experiment/digits.ts'
import {
  ALL,
  EL2N,
  GRAND_AT_START,
  HARDEST,
  HARDEST_AT_START,
  NOISY,
  NOISY_EL2N,
  RANDOM,
} from '../src/experiment/headline.ts'
import { barrierJob, type TrainJob, trainJob, velocityJob } from '../src/experiment/jobs.ts'
import { makeRepeats } from '../src/experiment/repeats.ts'
import { judge } from '../src/experiment/report.ts'
import { type Arm, Study } from '../src/experiment/study.ts'

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
  for (const scoring of [EL2N, GRAND_AT_START, NOISY_EL2N]) repeat.setScores(scoring, [scores])
  const size = ({ subset }: Arm) => subset(repeat).length
  expect([ALL, HARDEST_AT_START, ...Object.values(NOISY)].map(size)).toEqual([8000, 2400, 8000, 3200, 3200, 3200])
  for (const keep of [0.5, 0.3, 0.1])
    expect([HARDEST[keep], RANDOM[keep]].map(size)).toEqual([8000 * keep, 8000 * keep])
  const window = Array.from(NOISY.window.subset(repeat), (i) => scores[i])
  expect(Math.min(...window)).toBe(4000)
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
        return trainJob({ ...(input as unknown as TrainJob), hidden: 8, steps: 30 }) as never
      }),
    close: async () => {},
  }
  const [first, second] = makeRepeats(digits, { ...context, scale: 'standard' })
  const study = new Study(watching, [first, second], executor, 6)
  const arm = (start: number): Arm => ({ subset: () => Int32Array.from({ length: 200 }, (_, i) => start + i) })
  const [a, b, c] = [arm(0), arm(0), arm(1000)]
  await study.train([a, b, c], 'few')
  expect(study.accuracies(a)).toHaveLength(2)
  expect(study.accuracies(b)).toEqual(study.accuracies(a))
  expect(study.accuracies(c)).not.toEqual(study.accuracies(a))
  expect(seen.map((at) => Math.round(6 * at))).toEqual([0, 1, 2, 3, 4, 5, 6])
})

test('the verdict is that of the numbers', () => {
  const executor = {} as Executor
  const isWrong = Float64Array.from(split.labels, (label, i) => Number(label !== repeat.noisyLabels[i]))
  repeat.setScores(NOISY_EL2N, [isWrong])
  const verdicts = (el2n: number) => {
    const claims: (boolean | null)[] = []
    const claim = ({ pass }: { pass: boolean | null }) => claims.push(pass)
    const study = new Study({ scale: 'standard', claim } as unknown as ExperimentContext, [repeat], executor, 1)
    const accuracies: [Arm, number][] = [
      [ALL, 95.8],
      [HARDEST[0.5], el2n],
      [HARDEST[0.3], el2n],
      [HARDEST[0.1], 77],
      [RANDOM[0.5], 94.4],
      [RANDOM[0.3], 93],
      [RANDOM[0.1], 90],
      [HARDEST_AT_START, 84],
      [NOISY.window, 95],
      [NOISY.random, 90],
      [NOISY.hardest, 70],
      [NOISY.all, 94.7],
    ]
    for (const [arm, percent] of accuracies) study.setAnswers(arm, [{ accuracy: percent / 100, fitted: [] }])
    judge(study)
    return claims
  }
  expect(verdicts(95.8)).toEqual([true, true, true, true, null, true, true, true])
  expect(verdicts(94.5)).toEqual([false, true, false, true, null, true, true, true])
  expect(verdicts(92)).toEqual([false, false, false, false, null, true, true, true])
})
