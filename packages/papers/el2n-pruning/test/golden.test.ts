import { mlp } from '@opt/nn'
import { cosineDecay, SGD } from '@opt/optimizers'
import { golden as goldenFile, near as nearby } from '@opt/testing'
import * as api from '../src/index.ts'
import { binned, budgetsOf } from '../src/selection/strata.ts'

const { ascendingOrder, correct, detection, el2n, errorBarrier, errorOf, ForgettingTracker, grand } = api
const { grandLastLayer, kernelDistance, kernelVelocity, margin, ntk, relabel, ScoreAverage, select } = api

type Layer = { weight: number[][]; bias: number[] | null }
// biome-ignore lint/suspicious/noExplicitAny: golden files have a shape of their own in each case
type Case = Record<string, any>
const golden = (name: string): Case[] => goldenFile(import.meta.url, `${name}.json`)

/** null stands for Infinity. */
const infinite = (scores: (number | null)[]) => scores.map((score) => score ?? Infinity)

const near = (ours: ArrayLike<number>, theirs: (number | null)[], tolerance = 1e-12) =>
  nearby(ours, infinite(theirs), { absolute: tolerance, relative: tolerance })

function networkOf(layers: Layer[], activation: 'relu' | 'tanh' = 'relu') {
  const sizes = [layers[0].weight.length, ...layers.map(({ weight }) => weight[0].length)]
  const network = mlp({ sizes, activation, bias: Boolean(layers[0].bias) })
  network.layers().forEach(({ weight, bias }, l) => {
    weight.set(layers[l].weight.flat())
    bias?.set(layers[l].bias ?? [])
  })
  return network
}

function expectHistory(tracker: api.ForgettingTracker, expected: Case) {
  expect(Array.from(tracker.events)).toEqual(expected.forgettingEvents)
  expect(Array.from(tracker.firstLearned)).toEqual(expected.firstLearned)
  expect(Array.from(tracker.visits)).toEqual(expected.visits)
  expect(Array.from(tracker.scores())).toEqual(infinite(expected.scores))
  expect(Array.from(tracker.unforgettable())).toEqual(expected.unforgettable)
  expect(Array.from(tracker.neverLearned())).toEqual(expected.neverLearned)
}

describe('scores from logits', () => {
  test.each(golden('scores'))('$name', (given) => {
    if (given.logitsPerNetwork) {
      const average = new ScoreAverage()
      const classes = given.logitsPerNetwork[0][0].length
      given.logitsPerNetwork.forEach((logits: number[][], m: number) => {
        const scores = el2n(logits, given.labels, { classes })
        near(scores, given.el2nPerNetwork[m])
        average.add(scores)
      })
      near(average.mean(), given.el2nMean)
      near(average.std(), given.el2nStd)
      return
    }
    const { logits, labels } = given
    const classes = logits[0].length
    const targets = labels ?? given.targets
    near(el2n(logits, targets, { classes }), given.el2n)
    near(el2n(logits.flat(), targets, { classes, norm: 1 }), given.el1n)
    if (!labels) return
    near(margin(logits, labels, { classes }), given.maxMargin)
    near(margin(logits, labels, { classes, kind: 'sum' }), given.sumMargin)
    expect(Array.from(correct(logits, labels, { classes }))).toEqual(given.correct)
  })
})

describe('gradient norms', () => {
  test.each(golden('grand'))('$name', (given) => {
    const { inputs, labels } = given
    if (given.networks) {
      const average = new ScoreAverage()
      given.networks.forEach((layers: Layer[], m: number) => {
        const scores = grand(networkOf(layers, given.activation), inputs, labels)
        near(scores, given.grandPerNetwork[m])
        average.add(scores)
      })
      return near(average.mean(), given.grandMean)
    }
    const network = networkOf(given.layers, given.activation)
    near(grand(network, inputs, labels), given.grand)
    if (!given.logits) return
    near(grand(network, inputs, labels, { layers: 'last' }), given.grandLastLayer)
    const each = grand(network, inputs, labels, { layers: 'each' })
    near(
      each.map((norm) => norm * norm),
      given.squaredNormPerLayer.flat(),
    )
    if (given.layers.length > 1) return
    const bias = Boolean(given.layers[0].bias)
    const options = { classes: given.logits[0].length, width: inputs[0].length, bias }
    near(grandLastLayer(given.logits, labels, inputs, options), given.grandLastLayer)
  })
})

describe('forgetting', () => {
  test.each(golden('forgetting'))('$name', (given) => {
    const run = (history: number[][]) => {
      const tracker = new ForgettingTracker(history[0].length)
      const all = history[0].map((_, i) => i)
      for (const row of history) tracker.update(all, row)
      return tracker
    }
    if (given.histories) {
      const average = new ScoreAverage()
      given.histories.forEach((history: number[][], m: number) => {
        const scores = run(history).scores()
        expect(Array.from(scores)).toEqual(infinite(given.scoresPerRun[m]))
        average.add(scores)
      })
      return near(average.mean(), given.meanScores)
    }
    let tracker: api.ForgettingTracker
    if (given.history) tracker = run(given.history)
    else {
      tracker = new ForgettingTracker(given.n)
      for (const { indices, correct: right } of given.steps) tracker.update(indices, right)
    }
    expectHistory(tracker, given)
    const twin = new ForgettingTracker(given.forgettingEvents.length)
    twin.load(JSON.parse(JSON.stringify(tracker.state())))
    expect(twin.state()).toEqual(tracker.state())
  })
})

describe('selection', () => {
  test.each(golden('prune'))('$name', (given) => {
    const scores = infinite(given.scores)
    if (given.order) return expect(Array.from(ascendingOrder(scores))).toEqual(given.order)
    if (given.strata) {
      const chosen = api.selectWithDetails(scores, {
        keep: given.count,
        strata: given.strata,
        dropHardest: given.beta,
        seed: 1,
      })
      expect(chosen.budgets && Array.from(chosen.budgets)).toEqual(given.budgets)
      expect(chosen.indices.length).toBe(given.selectedTotal)
      const bins = binned(Int32Array.from(given.pool), scores, given.strata)
      expect(given.pool.map((i: number) => bins.findIndex((bin) => bin.includes(i)))).toEqual(given.stratum)
      expect(bins.map((bin) => bin.length)).toEqual(given.counts)
      expect(Array.from(budgetsOf(given.counts, given.count))).toEqual(given.budgets)
      const drawn = bins.map((bin) => bin.filter((i) => chosen.indices.includes(i)).length)
      return expect(drawn).toEqual(given.budgets)
    }
    const keep = given.keep ?? given.count
    if (given.window)
      return expect(Array.from(select(scores, { keep, from: { offset: given.offset } }))).toEqual(given.window)
    const { indices, quotas } = api.selectWithDetails(scores, {
      keep,
      ...(given.labels && { labels: given.labels, balance: true }),
    })
    expect(Array.from(indices)).toEqual(given.hardest)
    if (given.quotas) expect(quotas && Array.from(quotas)).toEqual(given.quotas)
    if (given.easiest) expect(Array.from(select(scores, { keep, from: 'easiest' }))).toEqual(given.easiest)
  })
})

test.each(golden('noise'))('noise: $name', (given) => {
  const noisy = relabel(given.labels, given.chosen, given.sources)
  expect(Array.from(noisy.labels)).toEqual(given.noisyLabels)
  expect(Array.from(noisy.changed)).toEqual(given.changed)
  const isBad = given.labels.map((_: number, i: number) => given.changed.includes(i))
  const { auroc, precision, count } = detection(given.scores, isBad)
  expect(Math.abs(auroc - given.auroc)).toBeLessThan(1e-12)
  expect([count, precision, precision]).toEqual([given.topCount, given.precisionAtTop, given.recallAtTop])
})

test.each(golden('barrier'))('barrier: $name', (given) => {
  const [first, second] = [given.first, given.second].map((layers) => networkOf(layers, given.activation))
  const [from, to] = [first.parameters.slice(), second.parameters.slice()]
  const points = given.alphas.length
  const check = (rows: number[], expected: Case) => {
    const inputs = rows.map((i) => given.inputs[i])
    const labels = rows.map((i) => given.labels[i])
    const error = errorBarrier(from, to, errorOf(first, inputs, labels), { points })
    expect(Array.from(error.path)).toEqual(expected.error.path)
    expect(error.barrier).toBeCloseTo(expected.error.barrier, 12)
    expect(error.barrierAboveMean).toBeCloseTo(expected.error.barrierAboveMean, 12)
    near(error.alphas, given.alphas)
    const loss = (parameters: Float64Array) => {
      first.parameters.set(parameters)
      return first.loss(inputs, labels)
    }
    const smooth = errorBarrier(from, to, loss, { points })
    near(smooth.path, expected.loss.path)
    expect(smooth.barrier).toBeCloseTo(expected.loss.barrier, 12)
    expect(smooth.barrierAboveMean).toBeCloseTo(expected.loss.barrierAboveMean, 12)
  }
  check(
    given.labels.map((_: number, i: number) => i),
    given.all,
  )
  check(given.subset, given.onSubset)
})

test.each(golden('ntk'))('kernel: $name', (given) => {
  const [a, b] = [given.first, given.second].map((layers) => ntk(networkOf(layers, given.activation), given.inputs))
  near(a, given.kernelFirst.flat(), 1e-10)
  near(b, given.kernelSecond.flat(), 1e-10)
  expect(Math.abs(kernelDistance(a, b) - given.distance)).toBeLessThan(1e-9)
  expect(Math.abs(kernelVelocity(a, b, given.steps) - given.velocity)).toBeLessThan(1e-9)
})

test.each(golden('training'))('training: $name', (given) => {
  const network = networkOf(given.layers)
  const classes = given.layers.at(-1).weight[0].length
  const parameters = network.named()
  const { batches, learningRate, inputs, labels } = given
  const optimizer = new SGD(parameters, {
    learningRate: given.schedule === 'cosine' ? cosineDecay(learningRate, batches.length) : learningRate,
    momentum: given.momentum,
    nesterov: given.nesterov,
    groups: [{ parameters: Object.keys(parameters).filter((name) => name.startsWith('w')), l2: given.weightDecay }],
  })
  const gradients = network.named(network.gradients)
  const examples = network.examples(inputs, labels)
  const tracker = new ForgettingTracker(labels.length)
  batches.forEach((batch: number[], t: number) => {
    const loss = network.lossAndGradientAt(examples, batch)
    near([loss], [given.batchLosses[t]], 1e-8)
    tracker.update(
      batch,
      correct(
        network.lastOutputs,
        batch.map((i) => labels[i]),
        { classes },
      ),
    )
    optimizer.step(gradients)
    const expected = given.checkpoints[t + 1]
    if (!expected) return
    near(el2n(network.predict(inputs), labels, { classes }), expected.el2n, 1e-8)
    near(grand(network, inputs, labels), expected.grand, 1e-8)
    const right = correct(network.predict(inputs), labels, { classes })
    expect(right.filter((r) => r === 1).length / right.length).toBe(expected.accuracy)
  })
  expectHistory(tracker, given.forgetting)
  const learned = Array.from(tracker.firstLearned, (at) => (at >= 0 ? 1 : 0))
  expect(learned).toEqual(given.forgetting.everLearned)
})
