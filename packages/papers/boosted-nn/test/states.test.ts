import { random } from '@opt/core'
import {
  BoostedNetwork,
  type BoostedNetworkOptions,
  boostedNetwork,
  crossValidate,
  type LossName,
} from '../src/index.ts'

const rng = random(2)
const X = Array.from({ length: 40 }, () => [rng.normal(), rng.normal(), rng.normal()])
const targets = {
  squared: X.map(([a, b]) => a * b),
  logistic: X.map(([a, b]) => (a * b > 0 ? 1 : -1)),
  softmax: X.map(([a, b]) => (a > 0 ? 1 : 0) + (b > 0 ? 1 : 0)),
}
const saved = <T>(state: T): T => JSON.parse(JSON.stringify(state))
const small = { units: 12, neuronsPerStep: 2, innerIterations: 15 }

test.each(['squared', 'logistic', 'softmax'] as const)(
  'a run of loss %s goes on to the same bits',
  (loss: LossName) => {
    const problem = { X, y: targets[loss], validation: { X: X.slice(0, 9), y: targets[loss].slice(0, 9) } }
    if (loss === 'softmax') problem.validation.y = targets.softmax.slice(0, 9)
    const options: BoostedNetworkOptions = { ...small, loss, seed: 5 }
    const whole = boostedNetwork(problem, options)
    for (const at of [1, 4]) {
      const first = boostedNetwork(problem, { ...options, maxIterations: at })
      expect(first.status).toBe('max-iterations')
      const rest = boostedNetwork(problem, { ...options, resume: saved(first.state) })
      expect(rest.iterations).toBe(6 - at)
      expect(rest.state).toEqual(whole.state)
      expect([rest.losses, rest.steps]).toEqual([whole.losses, whole.steps])
      expect(rest.decision.data).toEqual(whole.decision.data)
      expect(rest.history.at(-1)!.validationLoss).toBe(whole.history.at(-1)!.validationLoss)
    }
    const more = boostedNetwork(problem, { ...options, units: 16, resume: saved(whole.state) })
    expect(more.network.b.length).toBe(16)
    expect(more.losses.slice(0, 7)).toEqual(whole.losses)
  },
)

test('a run that stalls does so at the same stage when it was interrupted', () => {
  const problem = { X, y: targets.squared }
  const wild = { inner: 'gradient-descent', innerIterations: 1, innerRate: 1e30 } as const
  const options: BoostedNetworkOptions = { ...small, units: 60, ...wild }
  const whole = boostedNetwork(problem, options)
  expect([whole.status, whole.iterations]).toEqual(['stalled', 10])
  const first = boostedNetwork(problem, { ...options, maxIterations: 4 })
  const rest = boostedNetwork(problem, { ...options, resume: saved(first.state) })
  expect([rest.status, rest.state]).toEqual([whole.status, whole.state])
})

test('states of other runs are refused', () => {
  const problem = { X, y: targets.squared }
  const resume = boostedNetwork(problem, { ...small, maxIterations: 2 }).state
  const go = (changes: object, state: object = {}) =>
    boostedNetwork(problem, { ...small, ...changes, resume: { ...resume, ...state } })
  expect(() => go({ neuronsPerStep: 3 })).toThrow('boostedNetwork: resume.sizes[1] must be 3, got 2')
  expect(() => go({ activation: 'relu' })).toThrow(`boostedNetwork: resume.activation must be 'relu', got "sigmoid"`)
  expect(() => go({ units: 2 })).toThrow('boostedNetwork: resume.count must be an integer between 0 and 1, got 2')
  expect(() => go({}, { stages: 'AAAA' })).toThrow(
    /^boostedNetwork: resume.stages must be base64 of \d+ bytes, got 3 bytes$/,
  )
  expect(() => go({}, { random: {} })).toThrow('Random: state must be what state() returned')
})

test('a run can be watched, aborted and taken up again', async () => {
  const problem = { X, y: targets.logistic }
  const options: BoostedNetworkOptions = { ...small, loss: 'logistic', seed: 1 }
  const controller = new AbortController()
  const seen: number[] = []
  const stopped = await boostedNetwork.async(problem, {
    ...options,
    signal: controller.signal,
    onProgress: ({ stage }) => {
      seen.push(stage)
      if (stage === 3) controller.abort()
    },
  })
  expect([stopped.status, stopped.network.b.length, seen]).toEqual(['aborted', 6, [1, 2, 3]])
  const rest = boostedNetwork(problem, { ...options, resume: stopped.state })
  expect(rest.decision.data).toEqual(boostedNetwork(problem, options).decision.data)
})

describe('BoostedNetwork', () => {
  const labels = targets.softmax.map((c) => ['low', 'middle', 'high'][c])

  test.each([
    ['squared', targets.squared],
    ['squared', X.map(([a, b]) => [a + b, 1e6 * b])],
    ['logistic', targets.logistic.map((v) => (v > 0 ? 'yes' : 'no'))],
    ['softmax', labels],
    ['softmax', targets.softmax.map((c) => 10 * c)],
  ] as const)('of loss %s is saved to the same bits', (loss, y) => {
    const model = new BoostedNetwork({ ...small, loss, activation: 'tanh' }).fit(X, y as string[])
    const back = BoostedNetwork.fromJSON(saved(model.toJSON()))
    expect(back.decision(X).data).toEqual(model.decision(X).data)
    expect(back.predict(X, { units: 5 })).toEqual(model.predict(X, { units: 5 }))
    expect(back.classes).toEqual(model.classes)
    expect([back.units, back.options]).toEqual([model.units, model.options])
    expect(back.network).toEqual(model.network)
    expect(JSON.stringify(back)).toBe(JSON.stringify(model))
  })

  test('that is aborted keeps the stages it has', async () => {
    const controller = new AbortController()
    const onProgress = ({ stage }: { stage: number }) => stage === 2 && controller.abort()
    const model = await new BoostedNetwork({ ...small, loss: 'softmax' }).fitAsync(X, labels, {
      signal: controller.signal,
      onProgress: (report) => void onProgress(report),
    })
    expect([model.status, model.units]).toEqual(['aborted', 4])
    const whole = new BoostedNetwork({ ...small, loss: 'softmax' }).fit(X, labels)
    expect(whole.status).toBe('completed')
    expect(model.decision(X).data).toEqual(whole.decision(X, { units: 4 }).data)
  })

  test.each([
    ['squared', targets.squared, {}],
    ['squared', X.map(([a, b]) => [a + b, 1e6 * b]), { validationFraction: 0.3, patience: 2 }],
    ['logistic', targets.logistic.map((v) => (v > 0 ? 'yes' : 'no')), { validationFraction: 0.25, seed: 3 }],
    ['softmax', labels, { standardize: false, subsample: 1 }],
  ] as const)('of loss %s goes on from an aborted fit to the same bits', async (loss, y, more) => {
    const options = { ...small, ...more, loss }
    const given = y as string[]
    const whole = new BoostedNetwork(options).fit(X, given)
    for (const at of [1, 3]) {
      const controller = new AbortController()
      const first = await new BoostedNetwork(options).fitAsync(X, given, {
        signal: controller.signal,
        onProgress: ({ stage }) => stage === at && controller.abort(),
      })
      expect(first.status).toBe('aborted')
      const resume = saved(first.state!)
      for (const rest of [
        new BoostedNetwork({ ...options, seed: 77 }).fit(X, given, { resume }),
        await new BoostedNetwork({ ...options, seed: 77 }).fitAsync(X, given, { resume }),
      ]) {
        const uncounted = rest.history.map((report) => ({ ...report, iteration: 0 }))
        expect(uncounted).toEqual(whole.history.slice(at).map((report) => ({ ...report, iteration: 0 })))
        expect([rest.network, rest.state, rest.status]).toEqual([whole.network, whole.state, whole.status])
      }
    }
  })

  test('goes on to more units, from a seed or a generator', () => {
    const options = { ...small, loss: 'softmax', validationFraction: 0.3, patience: 20 } as const
    const first = new BoostedNetwork({ ...options, seed: random(8) }).fit(X, labels)
    const more = new BoostedNetwork({ ...options, units: 20 }).fit(X, labels, { resume: saved(first.state!) })
    const whole = new BoostedNetwork({ ...options, units: 20, seed: random(8) }).fit(X, labels)
    expect([more.history.length, whole.history.length]).toEqual([4, 10])
    expect([more.network, more.state]).toEqual([whole.network, whole.state])
    const again = new BoostedNetwork(options).fit(X, labels, { resume: first.state! })
    expect([again.history, again.network]).toEqual([[], first.network])
    expect(BoostedNetwork.fromJSON(saved(first.toJSON())).state).toBeUndefined()
  })

  test('refuses to go on with other rows or options', () => {
    const resume = new BoostedNetwork(small).fit(X, targets.squared).state!
    const go = (changes: object, options: object = {}, rows = X, y = targets.squared) =>
      new BoostedNetwork({ ...small, ...options }).fit(rows, y, { resume: { ...resume, ...changes } })
    expect(() => go({}, {}, X.slice(1), targets.squared.slice(1))).toThrow(
      'BoostedNetwork.fit: resume.table.rows must be 39, as in this fit, got 40',
    )
    expect(() =>
      go(
        {},
        {},
        X.map(([a, b, c]) => [a, b, 2 * c]),
      ),
    ).toThrow('BoostedNetwork.fit: resume.table.scaling must be that of the same X and y, got that of others')
    expect(() => go({}, { validationFraction: 0.2 })).toThrow('resume.table.validationFraction must be 0.2')
    expect(() => go({}, { standardize: false })).toThrow('resume.table.standardize must be false')
    expect(() => go({}, { neuronsPerStep: 3 })).toThrow('resume.sizes[1] must be 3, got 2')
    expect(() => go({}, { units: 4 })).toThrow('resume.count must be an integer between 0 and 2, got 6')
    expect(() => go({ best: { stage: 7, loss: 1 } })).toThrow('resume.best.stage must be an integer between 1 and 6')
    expect(() => go({ best: { stage: 1, loss: 'x' } })).toThrow('resume.best.loss')
    expect(() => go({ run: 5 })).toThrow('resume.run must be an object')
    expect(() => go({ random: {} })).toThrow('Random: state must be what state() returned')
    expect(() => go({ table: undefined })).toThrow('resume.table.rows')
    expect(() => new BoostedNetwork(small).fit(X, targets.squared, { resume: 3 as never })).toThrow(
      'BoostedNetwork.fit: resume must be an object, got 3',
    )
  })

  test('fits in the background to the same bits', async () => {
    const options = { ...small, validationFraction: 0.3, seed: 9 }
    const background = await new BoostedNetwork(options).fitAsync(X, targets.squared)
    expect(JSON.stringify(background)).toBe(JSON.stringify(new BoostedNetwork(options).fit(X, targets.squared)))
  })

  test('refuses what it did not save', () => {
    const good = saved(new BoostedNetwork({ ...small, loss: 'softmax' }).fit(X, labels).toJSON())
    const load = (changes: object) => () => BoostedNetwork.fromJSON({ ...good, ...changes })
    const name = 'BoostedNetwork.fromJSON: saved'
    expect(load({ format: 'other' })).toThrow(`${name} must be what toJSON returned`)
    expect(load({ classes: ['b', 'a', 'c'] })).toThrow(`${name}.classes[1] must be above the label before, got "a"`)
    expect(load({ classes: null })).toThrow(`${name}.classes must be an array of 3 labels, got null`)
    expect(load({ sizes: [3, 12, 1] })).toThrow(`${name}`)
    expect(load({ neuronsPerStep: 5 })).toThrow(`${name}`)
    expect(load({ W: good.b })).toThrow(`${name}.W must be base64 of`)
    expect(load({ options: { loss: 'squared' } })).toThrow(`${name}.options.loss must be 'softmax'`)
  })
})

test('cross-validation reports every stage, and can be stopped', async () => {
  const choices = [
    { ...small, loss: 'logistic' },
    { ...small, loss: 'logistic', learningRate: 0.3 },
  ] as const
  const done: number[] = []
  const onProgress = (report: { done: number }) => void done.push(report.done)
  const whole = crossValidate(X, targets.logistic, { choices, folds: 3, onProgress })
  expect(whole.status).toBe('completed')
  expect(done.length).toBe(2 * 3 * 6)
  expect(done.every((share, k) => Math.abs(share - (k + 1) / done.length) < 1e-12)).toBe(true)
  expect(whole.scores.map(({ options }) => options)).toEqual(choices)
  const best = Math.max(...whole.scores.map(({ mean }) => mean))
  expect(whole.scores.find(({ options }) => options.learningRate === whole.best.learningRate)!.mean).toBe(best)

  const shares: number[] = []
  const early = [{ ...small, units: 60, learningRate: 0.5, validationFraction: 0.4, patience: 1 }]
  crossValidate(
    X,
    X.map(() => rng.normal()),
    {
      choices: early,
      folds: 3,
      onProgress: (report) => void shares.push(report.done),
    },
  )
  expect(shares.length).toBeLessThan(90)
  expect(shares.at(-1)).toBe(1)
  expect(shares.every((share, k) => k === 0 || share > shares[k - 1])).toBe(true)

  const part = await crossValidate.async(X, targets.logistic, { choices, folds: 3, maxIterations: 20 })
  expect(part.scores).toEqual(whole.scores.slice(0, 1))
  const none = crossValidate(X, targets.logistic, { choices, folds: 3, maxIterations: 2 })
  expect([none.scores, none.best]).toEqual([[], choices[0]])
})
