import { random } from '@opt/core'
import { near } from '@opt/testing'
import { gradientVariance, rankPaths, Supernet, searchSpace, trainAlone, trainSupernet } from '../src/index.ts'
import { noise, small } from './shared.ts'

describe('training', () => {
  const rng = random(8)
  const inputs = Array.from({ length: 200 }, () => [rng.normal(), rng.normal(), rng.normal()])
  const labels = inputs.map(([a, b]) => (a + b > 0.5 ? 2 : a > b ? 1 : 0))

  test('all methods learn; a model alone has the initial weights of the supernet', () => {
    for (const method of ['spos', 'fairnas', 'pa-da'] as const) {
      const net = new Supernet({ inputs: 3, classes: 3, channels: 8, seed: 1 })
      const { status, history } = trainSupernet(net, { inputs, labels }, { method, epochs: 40, batchSize: 20 })
      expect(status).toBe('completed')
      expect(history.at(-1)!.loss).toBeLessThan(0.8 * history[0].loss)
      const { accuracies, order, paths } = rankPaths(net, { inputs, labels })
      expect(accuracies[order[0]]).toBeGreaterThan(0.85)
      const right = net.predict(inputs, paths[order[0]]).filter((k, i) => k === labels[i]).length
      expect(right / 200).toBe(accuracies[order[0]])
    }
    const { network } = trainAlone(
      [3, 1, 2],
      { inputs, labels },
      {
        inputs: 3,
        classes: 3,
        channels: 4,
        dtype: 'float64',
        epochs: 1,
        seed: 1,
        learningRate: 1e-300,
        weightDecay: 0,
      },
    )
    near(network.forward(inputs), small(1).forward(inputs, [3, 1, 2]), { absolute: 1e-12 })
  })

  test('PA&DA leaves operations without parameters to nearly nothing; the control drifts to its target', () => {
    const net = small(1)
    const { history } = trainSupernet(net, { inputs, labels }, { epochs: 10, batchSize: 20 })
    const [q] = history.at(-1)!.pathProbabilities
    near(q[0], (1 - 0.8) / 5, { absolute: 1e-12 })
    expect(q[2] + q[3]).toBeGreaterThan(0.85)
    const drift = trainSupernet(small(1), { inputs, labels }, { epochs: 10, batchSize: 20, bias: [0, 0, 0.5, 0.5, 0] })
    near(drift.history.at(-1)!.pathProbabilities[0], [0.04, 0.04, 0.44, 0.44, 0.04], { absolute: 1e-12 })
  })

  test('a space without parameters stays uniform', () => {
    const space = searchSpace({ ops: ['none', 'skip', 'pool'] })
    const { history } = trainSupernet(small(1, space), { inputs, labels }, { epochs: 3, batchSize: 20 })
    near(history.at(-1)!.pathProbabilities[0], [1 / 3, 1 / 3, 1 / 3], { absolute: 1e-15 })
  })

  test('training that diverges says so', () => {
    const huge = inputs.map((row) => row.map((v) => v * 1e300))
    const single = new Supernet({ inputs: 3, classes: 3, channels: 4, seed: 1 })
    expect(trainSupernet(single, { inputs: huge, labels }, { epochs: 3, batchSize: 20 }).status).toBe('diverged')
    expect(() => single.predict(huge, [3, 3, 3])).toThrow(
      'Supernet.predict: X must be small enough for logits in float32',
    )
    expect(trainAlone([3, 3, 3], { inputs: huge, labels }, { inputs: 3, classes: 3, epochs: 3 }).status).toBe(
      'diverged',
    )
    for (const call of ['lossAndGradient', 'perExampleNorms', 'indicators'] as const)
      expect(() => single[call](huge, labels, [3, 3, 3])).toThrow(`Supernet.${call}: X must be small enough for`)
    expect(() => gradientVariance(single, huge, labels)).toThrow(
      'gradientVariance: X must be small enough for gradients',
    )
    // In float64 the squares overflow, and the normalized states do not.
    const double = small(1)
    near(
      double.forward(
        inputs.map((row) => row.map((v) => v * 2 ** 900)),
        [3, 3, 3],
      ),
      double.forward(
        inputs.map((row) => row.map((v) => v * 2 ** 400)),
        [3, 3, 3],
      ),
      { absolute: 1e-9 },
    )
  })
})

describe('ranking and variance', () => {
  const { inputs, labels } = noise(9, 30)
  const net = () => small(1)

  test('rankPaths reports every path, and ends early with those it has', async () => {
    const seen: [number, number][] = []
    const whole = rankPaths(
      net(),
      { inputs, labels },
      { onProgress: ({ completed, total }) => void seen.push([completed, total]) },
    )
    expect(seen).toEqual(Array.from({ length: 125 }, (_, k) => [k + 1, 125]))
    const cut = rankPaths(net(), { inputs, labels }, { maxIterations: 7 })
    expect([cut.status, cut.paths.length]).toEqual(['max-iterations', 7])
    expect(cut.accuracies).toEqual(whole.accuracies.slice(0, 7))
    const controller = new AbortController()
    const onProgress = ({ completed }: { completed: number }) => void (completed === 3 && controller.abort())
    const { signal } = controller
    const aborted = await rankPaths.async(net(), { inputs, labels }, { signal, onProgress })
    expect([aborted.status, aborted.paths.length, aborted.order.length]).toEqual(['aborted', 3, 3])
  })

  test('gradientVariance reports every path, and has no figure before the last', async () => {
    const seen: number[] = []
    const whole = gradientVariance(net(), inputs, labels, { onProgress: ({ completed }) => void seen.push(completed) })
    expect(seen).toEqual(Array.from({ length: 125 }, (_, k) => k + 1))
    const controller = new AbortController()
    const onProgress = ({ completed }: { completed: number }) => void (completed === 3 && controller.abort())
    const { signal } = controller
    const cut = await gradientVariance.async(net(), inputs, labels, { signal, onProgress })
    expect([cut.status, cut.iterations, cut.uniform, cut.joint.variance]).toEqual(['aborted', 3, NaN, NaN])
    const late = gradientVariance(net(), inputs, labels, { stopWhen: ({ completed }) => completed === 125 })
    expect([late.status, late.uniform]).toEqual(['stopped', whole.uniform])
  })
})
