import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import { near } from '@opt/testing'
import { ConvexReluNetwork, crossValidateBeta, pgd, predict } from '../src/index.ts'
import { within } from './shared.ts'

/** Three rings of points: classes 3, 5 and 9. */
function rings(perClass: number) {
  const rng = random(4)
  const X: number[][] = []
  const y: number[] = []
  for (const [k, label] of [3, 5, 9].entries())
    for (let i = 0; i < perClass; i++) {
      const angle = rng.uniform(0, 2 * Math.PI)
      const radius = 10 * (k + 0.5 + rng.uniform(-0.2, 0.2))
      X.push([100 + radius * Math.cos(angle), radius * Math.sin(angle)])
      y.push(label)
    }
  return { X, y }
}

const line = (n: number) => {
  const rng = random(6)
  const X = Array.from({ length: n }, () => [rng.uniform(-3, 3), 5])
  return { X, y: X.map(([x]) => Math.abs(x) + 7) }
}

describe('ConvexReluNetwork', () => {
  test('learns |x| with a constant feature beside it, and proves it', () => {
    const { X, y } = line(16)
    const network = new ConvexReluNetwork({ patterns: 'all', tolerance: 1e-3 }).fit(X, y)
    expect(network.score(X, y)).toBeGreaterThan(0.99)
    const [certificate] = network.certificate
    expect(certificate.status).toBe('converged')
    expect(certificate.complete).toBe(true)
    expect(certificate.gap).toBeLessThanOrEqual(1e-3 * certificate.objective)
  })

  test.each(['squared', 'hinge', 'bce'] as const)('separates three classes by the loss %s', (loss) => {
    const { X, y } = rings(15)
    const options = {
      loss,
      task: 'classification' as const,
      beta: 0.1,
      patterns: 25,
      tolerance: 5e-2,
      maxIterations: 500,
    }
    const network = new ConvexReluNetwork(options).fit(X, y)
    expect(network.score(X, y)).toBeGreaterThan(0.9)
    expect(network.certificate.length).toBe(3)
    expect(network.decision(X).shape).toEqual([45, 3])
    expect([...new Set(network.predict(X))].sort()).toEqual([3, 5, 9])
  })

  test('two classes have one network, several outputs one each', () => {
    const { X, y } = rings(12)
    const quick = { beta: 0.1, patterns: 20, tolerance: 5e-2, maxIterations: 500 }
    const two = y.map((label) => (label === 5 ? 5 : 9))
    const pair = new ConvexReluNetwork({ loss: 'hinge', ...quick }).fit(X, two)
    expect(pair.decision(X).shape).toEqual([36, 1])
    expect(pair.score(X, two)).toBeGreaterThan(0.9)
    const Y = X.map(([a, b]) => [a / 10, Math.abs(b)])
    const both = new ConvexReluNetwork(quick).fit(X, Y)
    expect(both.decision(X).shape).toEqual([36, 2])
    expect(both.predict(X).length).toBe(72)
    expect(both.score(X, Y)).toBeGreaterThan(0.98)
    const labels = X.map(([a, b]) => [a > 100 ? 1 : -1, b > 0 ? 1 : -1])
    const flags = new ConvexReluNetwork({ loss: 'bce', ...quick }).fit(X, labels)
    expect(flags.score(X, labels)).toBeGreaterThan(0.9)
  })

  test.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])(
    'returns plain weights and JSON that predict the same (standardize %s, intercept %s)',
    (standardize, intercept) => {
      const { X, y } = rings(12)
      const options = {
        loss: 'hinge' as const,
        standardize,
        intercept,
        patterns: 20,
        tolerance: 0.1,
        maxIterations: 500,
      }
      const network = new ConvexReluNetwork(options).fit(X, y)
      const decision = network.decision(X)
      const { hidden, hiddenBias, output } = network.toNetwork()
      const [classes, neurons] = output.shape
      const plain = X.flatMap((x) => {
        const active = Array.from({ length: neurons }, (_, j) =>
          Math.max(0, hiddenBias[j] + hidden.get(j, 0) * x[0] + hidden.get(j, 1) * x[1]),
        )
        return Array.from({ length: classes }, (_, k) => active.reduce((sum, a, j) => sum + output.get(k, j) * a, 0))
      })
      near(plain, decision.data, within(1e-10))
      const back = ConvexReluNetwork.fromJSON(JSON.parse(JSON.stringify(network)))
      expect(back.decision(X).data).toEqual(decision.data)
      expect(back.predict(X)).toEqual(network.predict(X))
      expect(back.certificate).toEqual(network.certificate)
    },
  )

  test('moves into a network of @opt/nn', () => {
    const { X, y } = rings(10)
    const network = new ConvexReluNetwork({ loss: 'hinge', patterns: 12, maxIterations: 100 }).fit(X, y)
    const { hidden, hiddenBias, output } = network.toNetwork()
    const [classes, neurons] = output.shape
    const dense = mlp({ sizes: [2, neurons, classes], loss: 'hinge' })
    const [first, second] = dense.layers()
    for (let j = 0; j < neurons; j++) {
      for (let i = 0; i < 2; i++) first.weight[i * neurons + j] = hidden.get(j, i)
      for (let k = 0; k < classes; k++) second.weight[j * classes + k] = output.get(k, j)
    }
    first.bias?.set(hiddenBias)
    second.bias?.fill(0)
    near(dense.predict(X), network.decision(X).data, within(1e-10))
  })

  test('is the same for the same seed, and changes no array of the caller', () => {
    const { X, y } = rings(10)
    const before = structuredClone({ X, y })
    const trained = () =>
      new ConvexReluNetwork({ loss: 'bce', random: random(9), patterns: 15, maxIterations: 100 }).fit(X, y)
    expect(trained().decision(X).data).toEqual(trained().decision(X).data)
    expect({ X, y }).toEqual(before)
  })

  test('trains robustly: no attack lifts the loss on the training points above the objective', () => {
    const { X, y } = rings(8)
    const small = X.map(([a, b]) => [(a - 100) / 10, b / 10])
    const two = y.map((label) => (label === 3 ? 1 : -1))
    const options = { loss: 'hinge' as const, beta: 0.05, patterns: 8, epsilon: 0.1, standardize: false }
    const network = new ConvexReluNetwork({ ...options, maxIterations: 1500, tolerance: 1e-3 }).fit(small, two)
    const [{ objective, lowerBound, violation }] = network.certificate
    expect(lowerBound).toBeLessThanOrEqual(objective * 1.01)
    expect(objective).toBeLessThan(24)
    expect(violation).toBeLessThan(1e-2)

    const { hidden, hiddenBias, output } = network.toNetwork()
    const rows = Array.from(hiddenBias, (bias, j) => [hidden.get(j, 0), hidden.get(j, 1), bias])
    const attacked = { hidden: rows, output: output.data }
    const withOnes = small.map((row) => [...row, 1])
    const worst = pgd(attacked, withOnes, two, { epsilon: 0.1, perturbed: [true, true, false] })
    const loss = predict(attacked, worst).reduce((sum, f, k) => sum + Math.max(0, 1 - two[k] * f), 0)
    expect(loss).toBeLessThanOrEqual(objective)
  })

  test('reports its progress, and stops on a signal', async () => {
    const { X, y } = rings(15)
    const seen: number[] = []
    const network = await new ConvexReluNetwork({
      loss: 'hinge',
      patterns: 10,
      maxIterations: 50,
      tolerance: 0,
    }).fitAsync(X, y, {
      onProgress: ({ output, outputs }) => seen.push(output / outputs),
    })
    expect(seen.length).toBe(150)
    expect(network.certificate.map(({ status }) => status)).toEqual(Array(3).fill('max-iterations'))
    const stopped = new ConvexReluNetwork({ loss: 'hinge' }).fit(X, y, { signal: AbortSignal.abort() })
    expect(stopped.certificate.map(({ iterations }) => iterations)).toEqual([1, 1, 1])
  })

  test('refuses what does not fit the training data', () => {
    const { X, y } = line(6)
    const network = new ConvexReluNetwork({ maxIterations: 5 }).fit(X, y)
    expect(() => network.predict([[1, 2, 3]])).toThrow('ConvexReluNetwork: X must be of shape [1, 2], got shape [1, 3]')
    expect(() => network.score(X, [1])).toThrow('ConvexReluNetwork: y must be of length 6, got length 1')
    expect(() => new ConvexReluNetwork({ perturbed: [1] }).fit(X, y)).toThrow(
      'ConvexReluNetwork: perturbed must be of length 2, got length 1',
    )
  })
})

describe('crossValidateBeta', () => {
  test('finds a weight decay that learns, and reports every fit', async () => {
    const { X, y } = rings(12)
    const done: number[] = []
    const options = {
      loss: 'hinge' as const,
      folds: 3,
      betas: [0.1, 1000],
      patterns: 10,
      fit: { tolerance: 0.05, maxIterations: 300 },
    }
    const answer = await crossValidateBeta.async(X, y, { ...options, onProgress: (report) => done.push(report.done) })
    expect(answer.status).toBe('completed')
    expect(answer.beta).toBe(0.1)
    expect(done).toEqual([1, 2, 3, 4, 5, 6].map((k) => k / 6))
    expect(answer.scores.map(({ beta }) => beta)).toEqual([0.1, 1000])
    expect(answer.scores[0].mean).toBeGreaterThan(0.6)
    expect(answer.scores[0].mean).toBeGreaterThan(answer.scores[1].mean)
    expect(crossValidateBeta(X, y, options).scores).toEqual(answer.scores)
  })

  test('can be stopped early', () => {
    const { X, y } = line(20)
    const answer = crossValidateBeta(X, y, {
      patterns: 5,
      fit: { maxIterations: 20 },
      stopWhen: ({ done }) => done > 0.3,
    })
    expect(answer.status).toBe('stopped')
    expect(answer.history.length).toBe(8)
  })
})
