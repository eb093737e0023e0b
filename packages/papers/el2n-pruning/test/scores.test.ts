import { random } from '@opt/core'
import { inProcess } from '@opt/executor'
import { workerThreads } from '@opt/executor/node'
import fc from 'fast-check'

import {
  ascendingOrder,
  correct,
  createMlp,
  detection,
  el2n,
  errorBarrier,
  ForgettingTracker,
  grand,
  grandLastLayer,
  kernelDistance,
  kernelVelocity,
  margin,
  ntk,
  permuteLabels,
  relabel,
  ScoreAverage,
  type ScoreExamplesOptions,
  scoreExamples,
  scoreExamplesOver,
  scoreJob,
  scoreStream,
  select,
  selectWithDetails,
  train,
} from '../src/index.ts'

/** Three clouds in the plane, float32. */
function clouds(n: number, seed = 1) {
  const rng = random(seed)
  const labels = Int32Array.from({ length: n }, () => rng.integer(0, 3))
  const inputs = Float32Array.from({ length: 2 * n }, (_, at) => {
    const centre = (at % 2 ? [0, 2, 0] : [-2, 0, 2])[labels[at >> 1]]
    return rng.normal(centre, 0.8)
  })
  return { inputs, labels }
}
const options: ScoreExamplesOptions = { sizes: [2, 16, 3], networks: 3, epochs: 2, batchSize: 20, seed: 5 }

describe('closed forms', () => {
  test('GraNd is the norm of an explicit gradient, between EL2N times the roots of the kernel block, on a thousand networks', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 2, max: 4 }),
        (seed, hidden, classes) => {
          const rng = random(seed)
          const network = createMlp([3, hidden, classes], { dtype: 'float64', seed: rng, activation: 'tanh' })
          const inputs = Float64Array.from({ length: 9 }, () => rng.normal())
          const labels = Int32Array.from({ length: 3 }, () => rng.integer(0, classes))
          const scores = grand(network, inputs, labels)
          const logits = network.predict(inputs)
          const errors = el2n(logits, labels, { classes })
          return [0, 1, 2].every((i) => {
            const gradient = network.gradient(inputs.subarray(3 * i, 3 * i + 3), [labels[i]])
            const explicit = Math.sqrt(Array.from(gradient).reduce((sum, g) => sum + g * g, 0))
            const block = ntk(network, inputs.subarray(3 * i, 3 * i + 3))
            const trace = Array.from({ length: classes }, (_, k) => block[k * classes + k]).reduce(
              (sum, t) => sum + t,
              0,
            )
            return (
              Math.abs(scores[i] - explicit) <= 1e-12 * (1 + explicit) &&
              scores[i] <= errors[i] * Math.sqrt(trace) * (1 + 1e-12)
            )
          })
        },
      ),
      { numRuns: 1000, seed: 3 },
    )
  })

  test('EL2N of any logits is in [0, sqrt 2], for two classes sqrt 2 (1 - p)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 2 }),
        (logits) => {
          const [score] = el2n(logits, [0], { classes: 2 })
          const p = 1 / (1 + Math.exp(Math.min(700, logits[1] - logits[0])))
          return score >= 0 && score <= Math.SQRT2 && Math.abs(score - Math.SQRT2 * (1 - p)) < 1e-12
        },
      ),
      { numRuns: 1000, seed: 4 },
    )
  })

  test('EL2N far below 1e-162, where squares vanish, keeps its digits', () => {
    for (const gap of [300, 360, 380, 420, 600, 700]) {
      // exp(-gap) of each of two others: the errors are (p, p, 2 p).
      const [p] = el2n([gap, 0], [0], { classes: 2, norm: 1 }).map((sum) => sum / 2)
      const [hard] = el2n([gap, 0, 0], [0], { classes: 3 })
      const [soft] = el2n([gap, 0, 0], [1, 0, 0], { classes: 3 })
      expect(p).toBeGreaterThan(0)
      expect(hard / p).toBeCloseTo(Math.sqrt(6), 12)
      expect(soft / p).toBeCloseTo(Math.SQRT2, 12)
    }
    expect([...el2n([800, 0], [0], { classes: 2 })]).toEqual([0])
    const last = (features: number[]) => grandLastLayer([0, 0], [0], features, { classes: 2, width: 2, bias: false })[0]
    expect(last([3e-200, 4e-200]) / last([3e-100, 4e-100]) / 1e-100).toBeCloseTo(1, 12)
  })
})

describe('streams', () => {
  test('a stream in batches is the whole, with progress, into one array or batch by batch', async () => {
    const rng = random(2)
    const logits = Float64Array.from({ length: 3000 }, () => rng.normal(0, 3))
    const labels = Int32Array.from({ length: 1000 }, () => rng.integer(0, 3))
    const whole = el2n(logits, labels, { classes: 3 })
    const out = new Float64Array(1000)
    for (let at = 0; at < 1000; at += 300) {
      const batch = logits.subarray(3 * at, 3 * (at + 300))
      expect(el2n(batch, labels.subarray(at, at + 300), { classes: 3, out, offset: at })).toBe(out)
    }
    expect(out).toEqual(whole)

    async function* batches() {
      for (let at = 0; at < 1000; at += 300)
        yield { logits: logits.subarray(3 * at, 3 * (at + 300)), labels: labels.subarray(at, at + 300) }
    }
    const done: number[] = []
    const score = (batch: { logits: Float64Array; labels: Int32Array }) =>
      el2n(batch.logits, batch.labels, { classes: 3 })
    for await (const { start, scores } of scoreStream(batches(), score, { onProgress: (count) => done.push(count) }))
      expect(scores).toEqual(whole.slice(start, start + scores.length))
    expect(done).toEqual([300, 600, 900, 1000])
    const signal = AbortSignal.abort()
    await expect(scoreStream(batches(), score, { signal }).next()).rejects.toThrow('aborted')
  })

  test('an average through JSON goes on where it was', () => {
    const rows = [
      [1, 2, 3],
      [2, Infinity, 1],
      [5, 6, 0],
    ]
    const [average, twin] = [new ScoreAverage(), new ScoreAverage()]
    for (const row of rows) average.add(row)
    for (const row of rows.slice(0, 2)) twin.add(row)
    const third = new ScoreAverage()
    third.load(JSON.parse(JSON.stringify(twin.state())))
    third.add(rows[2])
    expect(third.mean()).toEqual(average.mean())
    expect(third.std()).toEqual(average.std())
    expect(Array.from(average.mean())).toEqual([expect.closeTo(8 / 3, 14), Infinity, expect.closeTo(4 / 3, 14)])
    expect(third.count).toBe(3)
  })
})

describe('scoreExamples', () => {
  test.each(['el2n', 'el1n', 'margin', 'grand', 'forgetting'] as const)(
    '%s: hard examples lie between the clouds',
    (score) => {
      const data = clouds(300)
      const { scores, std, status, iterations, networks, perNetwork } = scoreExamples(data, {
        ...options,
        score,
        perNetwork: true,
      })
      expect([status, iterations, networks, perNetwork?.length]).toEqual(['completed', 3, 3, 3])
      expect(scores.length).toBe(300)
      expect(std.some((s) => s > 0)).toBe(true)
      const distance = (i: number) =>
        Math.hypot(data.inputs[2 * i] - [-2, 0, 2][data.labels[i]], data.inputs[2 * i + 1] - [0, 2, 0][data.labels[i]])
      const mean = (chosen: Int32Array) => Array.from(chosen).reduce((sum, i) => sum + distance(i), 0) / chosen.length
      expect(mean(select(scores, { keep: 30 }))).toBeGreaterThan(mean(select(scores, { keep: 30, from: 'easiest' })))
    },
  )

  test('is a mean over networks, the same twice, and other seeds give others', () => {
    const data = clouds(100)
    const first = scoreExamples(data, { ...options, perNetwork: true })
    const average = new ScoreAverage()
    for (const scores of first.perNetwork ?? []) average.add(scores)
    expect(first.scores).toEqual(average.mean())
    expect(scoreExamples(data, options).scores).toEqual(first.scores)
    expect(scoreExamples(data, { ...options, seed: 6 }).scores).not.toEqual(first.scores)
    expect(scoreExamples(data, { ...options, stopWhen: ({ networks }) => networks === 1 }).scores).toEqual(
      first.perNetwork?.[0],
    )
  })

  // Made with Node 20; Node 24 and browsers have the same bits.
  test.each([
    ['el2n', [0.009486920138798365, 0.0006620185273628243, 0.009401700752290406, 9.882220655863296e-7]],
    ['grand', [0.04615277834426759, 0.0039703677877712795, 0.07531179898570864, 0.000009788131983039288]],
    ['margin', [-0.9872359923986772, -0.9990646737312934, -0.9867059157932563, -0.9999986028455322]],
  ] as const)('%s has the same bits in every engine', (score, expected) => {
    const rng = random(3)
    const labels = Int32Array.from({ length: 200 }, () => rng.integer(0, 3))
    const inputs = Float32Array.from({ length: 400 }, (_, at) =>
      rng.normal((at % 2 ? [0, 2, 0] : [-2, 0, 2])[labels[at >> 1]], 0.8),
    )
    const { scores } = scoreExamples({ inputs, labels }, { ...options, score })
    expect(Array.from(scores.subarray(0, 4))).toEqual(expected)
  })

  test('finds wrong labels', () => {
    const data = clouds(400)
    const noisy = permuteLabels(data.labels, { fraction: 0.1, seed: 1 })
    const { scores } = scoreExamples({ ...data, labels: noisy.labels }, { ...options, epochs: 4 })
    const isBad = Array.from(data.labels, (_, i) => noisy.changed.includes(i))
    expect(detection(scores, isBad).auroc).toBeGreaterThan(0.9)
  })

  test('is the same to the bit in process and on one and two threads', async () => {
    const data = clouds(200)
    const { scores, std } = scoreExamples(data, options)
    const local = inProcess()
    const done: number[] = []
    const onProgress = ({ networks }: { networks: number }) => void done.push(networks)
    const bare = { module: '', name: 'scoreJob', run: scoreJob }
    expect(await scoreExamplesOver(local, data, { ...options, task: bare, onProgress })).toEqual({
      scores,
      std,
      networks: 3,
    })
    expect(done).toEqual([1, 2, 3])
    // Threads cannot run TypeScript on every Node: they take the built module.
    const modules = { job: new URL('../dist/training/score-job.js', import.meta.url) }
    for (const workers of [1, 2]) {
      const threads = workerThreads({ workers, modules })
      try {
        const over = await scoreExamplesOver(threads, data, { ...options, task: { module: 'job', name: 'scoreJob' } })
        expect(over.scores).toEqual(scores)
        expect(over.std).toEqual(std)
      } finally {
        await threads.close()
      }
    }
  })
})

describe('training', () => {
  test('equal steps for every subset, and a batch that falls to the subset', () => {
    const data = clouds(60)
    const network = createMlp([2, 8, 3], { seed: 1 })
    const few = { inputs: data.inputs.subarray(0, 20), targets: data.labels.subarray(0, 10) }
    const { checkpoint, status } = train(network, few, { steps: 25, batchSize: 32 })
    expect([checkpoint.step, status]).toEqual([25, 'completed'])
  })
})

const logits = [
  [1, 2],
  [3, 4],
]
const bad: [string, () => unknown, string][] = [
  ['a broken length', () => el2n([1, 2, 3], [0], { classes: 2 }), 'el2n: logits must be of length n x 2, got length 3'],
  ['one class', () => el2n([1], [0], { classes: 1 }), 'el2n: classes must be an integer of at least 2, got 1'],
  ['a NaN logit', () => el2n([1, NaN], [0], { classes: 2 }), 'el2n: logits[0][1] must be a finite number, got NaN'],
  [
    'an infinite logit',
    () =>
      el2n(
        [
          [1, 2],
          [Infinity, 0],
        ],
        [0, 1],
        { classes: 2 },
      ),
    'el2n: logits[1][0] must be a finite number',
  ],
  [
    'a label too large',
    () => el2n(logits, [0, 2], { classes: 2 }),
    'el2n: targets[1] must be a class from 0 to 1, got 2',
  ],
  [
    'a broken label',
    () => margin(logits, [0, 0.5], { classes: 2 }),
    'margin: labels[1] must be a class from 0 to 1, got 0.5',
  ],
  ['a missing label', () => margin(logits, [0], { classes: 2 }), 'margin: labels must be of length 2, got length 1'],
  [
    'no distribution',
    () =>
      el2n(
        logits,
        [
          [1, 0],
          [0.5, 0.6],
        ],
        { classes: 2 },
      ),
    'el2n: targets[1] must be a distribution (sum 1), got sum 1.1',
  ],
  ['few rows', () => el2n(logits, [[1, 0]], { classes: 2 }), 'el2n: targets must be 2 labels or 2 rows of 2'],
  ['an unknown norm', () => el2n(logits, [0, 1], { classes: 2, norm: 3 as never }), 'el2n: norm must be 1 or 2'],
  [
    'an unknown kind',
    () => margin(logits, [0, 1], { classes: 2, kind: 'mean' as never }),
    "margin: kind must be 'max' or 'sum'",
  ],
  [
    'a short out',
    () => el2n(logits, [0, 1], { classes: 2, out: new Float64Array(2), offset: 1 }),
    'el2n: out must be of length at least 3',
  ],
  [
    'few features',
    () => grandLastLayer(logits, [0, 1], [1, 2, 3], { classes: 2, width: 2 }),
    'grandLastLayer: features must be of length n x 2',
  ],
  [
    'features of fewer examples',
    () => grandLastLayer(logits, [0, 1], [1, 2], { classes: 2, width: 2 }),
    'grandLastLayer: features must be',
  ],
  ['a label of no class', () => correct(logits, [0, -1], { classes: 2 }), 'correct: labels[1] must be a class'],
  ['a NaN score', () => select([1, NaN], { keep: 1 }), 'scores[1] must be a finite number or Infinity, got NaN'],
  [
    'a score of -Infinity',
    () => select([-Infinity, 1], { keep: 1 }),
    'scores[0] must be a finite number or Infinity, got -Infinity',
  ],
  ['keep 0', () => select([1, 2], { keep: 0 }), 'select: keep must be a positive number, got 0'],
  ['keep a negative share', () => select([1, 2], { keep: -0.5 }), 'select: keep must be a positive number'],
  ['keep too many', () => select([1, 2], { keep: 3 }), 'select: keep must be an integer of at most 2, got 3'],
  ['keep one and a half', () => select([1, 2], { keep: 1.5 }), 'select: keep must be an integer'],
  [
    'a window beyond the end',
    () => select([1, 2, 3, 4], { keep: 0.5, from: { offset: 0.75 } }),
    'select: from.offset must be at most 2, which leaves the 2 to keep, got 3',
  ],
  [
    'a negative offset',
    () => select([1, 2], { keep: 1, from: { offset: -1 } }),
    'select: from.offset must be a nonnegative number',
  ],
  [
    'an unknown end',
    () => select([1, 2], { keep: 1, from: 'middle' as never }),
    "select: from must be 'hardest', 'easiest', 'random' or { offset }",
  ],
  [
    'balance without labels',
    () => select([1, 2], { keep: 1, balance: true }),
    'select: labels must be of length 2, for balance, got undefined',
  ],
  [
    'balance in a window',
    () => select([1, 2], { keep: 1, balance: true, labels: [0, 1], from: { offset: 0 } }),
    'select: balance must be',
  ],
  [
    'strata with an end',
    () => select([1, 2], { keep: 1, strata: 2, from: 'hardest' }),
    'select: strata must be without from and balance',
  ],
  ['no strata', () => select([1, 2], { keep: 1, strata: 0 }), 'select: strata must be an integer of at least 1'],
  [
    'dropping without strata',
    () => select([1, 2], { keep: 1, dropHardest: 0.1 }),
    'select: dropHardest must be with strata',
  ],
  [
    'dropping more than all',
    () => select([1, 2], { keep: 1, strata: 2, dropHardest: 2 }),
    'select: dropHardest must be',
  ],
  [
    'an index twice',
    () => new ForgettingTracker(3).update([1, 1], [0, 0]),
    'ForgettingTracker.update: indices[1] must be in the batch only once, got 1 again',
  ],
  [
    'an index out of range',
    () => new ForgettingTracker(3).update([3], [0]),
    'ForgettingTracker.update: indices[0] must be an integer from 0 to 2, got 3',
  ],
  [
    'correct of another length',
    () => new ForgettingTracker(3).update([1], []),
    'ForgettingTracker.update: correct must be of length 1',
  ],
  [
    'a state of other examples',
    () => new ForgettingTracker(3).load(new ForgettingTracker(2).state()),
    'ForgettingTracker.load: state.events must be of length 3',
  ],
  [
    'scores of another length',
    () => {
      const a = new ScoreAverage()
      a.add([1])
      a.add([1, 2])
    },
    'ScoreAverage.add: scores must be of length 1',
  ],
  ['a NaN to average', () => new ScoreAverage().add([NaN]), 'scores[0] must be a finite number or Infinity'],
  ['no state', () => new ScoreAverage().load({} as never), 'ScoreAverage.load: state.count must be'],
  ['too much noise', () => permuteLabels([0, 1], { fraction: 1.5 }), 'permuteLabels: fraction must be'],
  ['sources of another length', () => relabel([0, 1], [0], []), 'relabel: sources must be of length 1'],
  ['a source out of range', () => relabel([0, 1], [0], [2]), 'relabel: sources[0] must be'],
  ['nothing bad', () => detection([1, 2], [0, 0]), 'detection: isBad must be of both kinds, got none that is bad'],
  ['marks of another length', () => detection([1, 2], [0]), 'detection: isBad must be of length 2'],
  [
    'networks of different shape',
    () => errorBarrier([1, 2], [1], () => 0),
    'errorBarrier: second must be of length 2, got length 1',
  ],
  [
    'one point',
    () => errorBarrier([1], [1], () => 0, { points: 1 }),
    'errorBarrier: points must be an integer of at least 2',
  ],
  ['a zero kernel', () => kernelDistance([1], [0]), 'kernelDistance: second must be a kernel that is not zero'],
  ['kernels of different size', () => kernelDistance([1], [1, 2]), 'kernelDistance: second must be of length 1'],
  ['no steps', () => kernelVelocity([1], [1], 0), 'kernelVelocity: steps must be a positive number'],
  [
    'no networks',
    () => scoreExamples(clouds(10), { ...options, networks: 0 }),
    'scoreExamples: networks must be an integer of at least 1',
  ],
  [
    'an unknown score',
    () => scoreExamples(clouds(10), { ...options, score: 'loss' as never }),
    "scoreExamples: score must be 'el2n'",
  ],
  [
    'labels of another length',
    () => scoreExamples({ ...clouds(10), labels: [0] }, options),
    'scoreExamples: labels must be of length 10',
  ],
  ['no sizes', () => scoreExamples(clouds(10), {} as never), 'scoreExamples: sizes must be'],
  [
    'negative epochs',
    () => scoreExamples(clouds(10), { ...options, epochs: -1 }),
    'scoreExamples: epochs must be a nonnegative number',
  ],
  [
    'an unknown schedule',
    () => train(createMlp([2, 3]), { inputs: [1, 2], targets: [0] }, { steps: 1, schedule: 'linear' as never }),
    "train: schedule must be 'cosine' or 'constant'",
  ],
]
test.each(bad)('refuses %s', (_, call, message) => expect(call).toThrow(message))

test('no examples, no scores', () => {
  expect(el2n([], [], { classes: 3 })).toEqual(new Float64Array(0))
  expect(margin([], [], { classes: 3 })).toEqual(new Float64Array(0))
  expect(grand(createMlp([2, 3]), [], [])).toEqual(new Float64Array(0))
  expect(select([], { keep: 0.5 })).toEqual(new Int32Array(0))
  expect(selectWithDetails([], { keep: 0.5, from: 'random' }).indices.length).toBe(0)
  expect(ascendingOrder([]).length).toBe(0)
})

test('a refused update leaves the tracker as it was', () => {
  const tracker = new ForgettingTracker(3)
  tracker.update([0, 1], [1, 0])
  const before = tracker.state()
  expect(() => tracker.update([2, 2], [1, 1])).toThrow('only once')
  expect(tracker.state()).toEqual(before)
  tracker.update([2], [1])
  expect(Array.from(tracker.visits)).toEqual([1, 1, 1])
})
