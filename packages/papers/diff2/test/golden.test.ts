import { decodeFloats } from '@opt/core'
import { mlp } from '@opt/nn'
import { golden, near } from '@opt/testing'
import {
  Accountant,
  clientTask,
  deltaFromRdp,
  diff2,
  dpGradientDescent,
  epsilonFromRdp,
  gaussianDelta,
  gaussianEpsilon,
  gaussianMu,
  networkClient,
  privacySchedule,
  rdpFixedSize,
  rdpGaussian,
  rdpPoisson,
} from '../src/index.ts'
import { listed } from './problems.ts'

interface Accounting {
  gaussian: { epsilon: number; delta: number; mu: number }[]
  delta: { mu: number; epsilon: number; delta: number }[]
  epsilon: { mu: number; delta: number; epsilon: number }[]
  poisson: { q: number; noiseMultiplier: number; order: number; rdp: number }[]
  fixedSize: { q: number; noiseMultiplier: number; order: number; rdp: number }[]
  conversion: {
    orders: number[]
    rdp: number[]
    delta: number
    epsilon: number
    order: number
    atEpsilon: number
    deltaAt: number
  }[]
  schedule: {
    epsilon: number
    delta: number
    rounds: number
    restart: number
    share: number
    gradients: number
    differences: number
    mu: number
    multiplierGradient: number
    multiplierDifference: number | null
    paper: { order: number; multiplierGradient: number; multiplierDifference: number }
  }[]
}

interface Net {
  sizes: number[]
  activation: 'softplus' | 'tanh'
  loss: 'squared' | 'cross-entropy'
  inputs: number[][]
  targets: number[][]
}

interface Clipping extends Net {
  x: number[]
  clip: number
  norms: number[]
  mean: number[]
  pairs: { step: number; previous: number[]; norms: number[]; clip: number; mean: number[] }[]
}

interface Run extends Net {
  clients: { inputs: number[][]; targets: number[][] }[]
  weighting: 'clients' | 'examples'
  adjacency: 'replace'
  start: number[]
  rounds: number
  restart: number
  clipGradient: number
  clipDifference: number
  learningRate: number
  multiplierGradient: number
  multiplierDifference: number
  noise: number[][]
  steps: { kind: 'gradient' | 'difference'; clip: number; message: number[]; estimate: number[]; x: number[] }[]
}

interface Local extends Net {
  start: number[]
  estimate: number[]
  learningRate: number
  clip: number
  batchSize: number
  batches: number[][]
  adjacency: 'replace'
  multiplier: number
  noise: number[][]
  steps: number[][]
}

const network = ({ sizes, activation, loss }: Net) => mlp({ sizes, activation, loss, batch: 5 })

describe('the accountant', () => {
  const data = golden<Accounting>(import.meta.url, 'accounting.json')
  const close = (actual: number, expected: number, relative: number, absolute = 0) =>
    expect(Math.abs(actual - expected)).toBeLessThanOrEqual(relative * Math.abs(expected) + absolute)

  test('mu, delta and epsilon of Gaussian mechanisms', () => {
    for (const { epsilon, delta, mu } of data.gaussian) close(gaussianMu(epsilon, delta), mu, 1e-9)
    for (const { mu, epsilon, delta } of data.delta) close(gaussianDelta(mu, epsilon), delta, 1e-10, 1e-300)
    for (const { mu, delta, epsilon } of data.epsilon) close(gaussianEpsilon(mu, delta), epsilon, 1e-9)
  })

  test('divergences of samples', () => {
    for (const { q, noiseMultiplier, order, rdp } of data.poisson)
      close(rdpPoisson(q, noiseMultiplier, order), rdp, 1e-9)
    for (const { q, noiseMultiplier, order, rdp } of data.fixedSize)
      close(rdpFixedSize(q, noiseMultiplier, order), rdp, 1e-9, 1e-11)
  })

  test('conversions', () => {
    for (const { orders, rdp, delta, epsilon, order, atEpsilon, deltaAt } of data.conversion) {
      const converted = epsilonFromRdp(orders, rdp, delta)
      close(converted.epsilon, epsilon, 1e-10)
      expect(converted.order).toBe(order)
      close(deltaFromRdp(orders, rdp, atEpsilon), deltaAt, 1e-10)
    }
  })

  test('schedules, exact and as in the code of the paper', () => {
    for (const {
      paper,
      gradients,
      differences,
      mu,
      multiplierGradient,
      multiplierDifference,
      ...given
    } of data.schedule) {
      const ours = privacySchedule(given)
      close(ours.mu!, mu, 1e-9)
      close(ours.multipliers.gradient, multiplierGradient, 1e-9)
      if (multiplierDifference === null) expect(ours.multipliers.difference).toBe(Infinity)
      else close(ours.multipliers.difference, multiplierDifference, 1e-9)
      expect(ours.events.map(({ count }) => count)).toEqual([gradients, differences].filter((count) => count > 0))
      close(ours.epsilon, given.epsilon, 1e-9)

      const theirs = privacySchedule({ ...given, calibration: 'paper' })
      close(theirs.multipliers.gradient, paper.multiplierGradient, 1e-9)
      if (differences > 0) close(theirs.multipliers.difference, paper.multiplierDifference, 1e-9)
      expect(theirs.epsilon).toBeLessThan(given.epsilon)
    }
  })

  test('what the noise of the paper buys: its differences are counted R times, and there are R (1 - 1/T)', () => {
    // s1^2 = 1.25 alpha R / (T epsilon) and s2^2 = 5 alpha R / epsilon give mu^2 = (epsilon / alpha) (1 - 1 / (5 T)), and
    // without differences, T = 1, where u = 1, epsilon / alpha: that is also where T goes.
    const orders = { 1: 25, 3: 9, 5: 6, 8: 4 }
    for (const [restart, expected] of [
      [1, [0.7255, 2.3414, 3.94, 6.573]],
      [5, [0.7095, 2.2884, 3.8486, 6.4154]],
      [1000, [0.7254, 2.3412, 3.9396, 6.5722]],
    ] as const)
      Object.entries(orders).forEach(([epsilon, alpha], k) => {
        const budget = { epsilon: Number(epsilon), delta: 1e-5, rounds: 100 * restart, restart }
        const { mu, epsilon: truly } = privacySchedule({ ...budget, calibration: 'paper' })
        close(mu!, Math.sqrt((Number(epsilon) / alpha) * (restart === 1 ? 1 : 1 - 0.2 / restart)), 1e-9)
        near(truly, expected[k], { absolute: 5e-5 })
      })
  })

  test('an Accountant adds up the events of a schedule to its epsilon', () => {
    const accountant = new Accountant()
    const { events } = privacySchedule({ epsilon: 3, delta: 1e-5, rounds: 500, restart: 5 })
    for (const { sampling, noiseMultiplier, rate, count } of events)
      accountant.add({ sampling, noiseMultiplier, rate }, count)
    close(accountant.epsilon(1e-5), 3, 1e-9)
    close(accountant.delta(3), 1e-5, 1e-8)
    const renyi = new Accountant({ method: 'renyi', orders: [2, 8] }).add({ noiseMultiplier: 2 }, 3)
    close(
      renyi.epsilon(1e-5),
      epsilonFromRdp([2, 8], [3 * rdpGaussian(2, 2), 3 * rdpGaussian(2, 8)], 1e-5).epsilon,
      1e-12,
    )
  })
})

describe('clipping', () => {
  const all = golden<Clipping[]>(import.meta.url, 'clipping.json')
  test.each(all)('means of clipped gradients and differences of a network $sizes', (data) => {
    const client = networkClient(network(data), data.inputs, data.targets)
    const out = new Float64Array(client.size)
    const x = Float64Array.from(data.x)
    client.clippedMean(x, data.clip, out)
    near(out, data.mean, { absolute: 1e-10 })
    for (const { step, previous, clip, mean } of data.pairs) {
      client.clippedDifference(x, Float64Array.from(previous), clip, out)
      near(out, mean, { absolute: step < 1e-3 ? 1e-6 * clip : 1e-10 })
    }
  })

  test.each(all)('norms of single gradients and differences, also at steps of 1e-7, of $sizes', (data) => {
    const x = Float64Array.from(data.x)
    data.inputs.forEach((input, i) => {
      const client = networkClient(network(data), [input], [data.targets[i]])
      const out = new Float64Array(client.size)
      client.clippedMean(x, 1e300, out)
      near(Math.hypot(...out), data.norms[i], { relative: 1e-10 })
      // The clip is the unit of the message where it binds: its norm is the clip, not 14 % more.
      for (const { step, previous, norms } of data.pairs) {
        client.clippedDifference(x, Float64Array.from(previous), norms[i] / 2, out)
        near(Math.hypot(...out) / (norms[i] / 2), 1, { absolute: step < 1e-3 ? 1e-6 : 1e-10 })
      }
    })
  })
})

describe('trajectories', () => {
  const { runs, local } = golden<{ runs: Run[]; local: Local }>(import.meta.url, 'trajectories.json')

  test.each(runs)('DIFF2-GD with restart $restart on $sizes', (data) => {
    const clients = data.clients.map(({ inputs, targets }) => networkClient(network(data), inputs, targets))
    const { rounds, restart, clipGradient, clipDifference, learningRate, weighting, adjacency, start, steps } = data
    const points: Float64Array[] = [Float64Array.from(start)]
    const estimates: Float64Array[] = []
    const options = {
      delta: 1e-5,
      multipliers: { gradient: data.multiplierGradient, difference: data.multiplierDifference },
      rounds,
      clipGradient,
      learningRate,
      weighting,
      adjacency,
      noise: listed(data.noise),
      checkpoint: ({ x, estimate }: { x: string; estimate: string }) => {
        points.push(decodeFloats(x, Float64Array, start.length, 'x'))
        estimates.push(decodeFloats(estimate, Float64Array, start.length, 'estimate'))
      },
    }
    const answer =
      restart === 1
        ? dpGradientDescent(clients, start, options)
        : diff2(clients, start, { ...options, restart, clipDifference })
    near(answer.x, steps.at(-1)!.x, { absolute: 1e-11 })
    expect(answer.status).toBe('completed')
    steps.forEach(({ kind, clip, message, estimate, x }, r) => {
      expect(answer.history[r].kind).toBe(kind)
      near(answer.history[r].clip, clip, { absolute: 1e-11 })
      near(estimates[r], estimate, { absolute: 1e-11 })
      near(points[r + 1], x, { absolute: 1e-11 })
      const total = clients.reduce((sum, { count }) => sum + count, 0)
      const mean = new Float64Array(start.length)
      clients.forEach((client) => {
        const out = new Float64Array(start.length)
        if (kind === 'gradient') client.clippedMean(points[r], clip, out)
        else client.clippedDifference(points[r], points[r - 1], clip, out)
        const weight = weighting === 'clients' ? 1 / clients.length : client.count / total
        out.forEach((v, j) => {
          mean[j] += weight * v
        })
      })
      near(mean, message, { absolute: 1e-11 })
    })
  })

  test('local steps with batches, one of them empty', () => {
    const client = networkClient(network(local), local.inputs, local.targets)
    const { learningRate, clip, batchSize, adjacency, multiplier } = local
    const run = clientTask([client])
    local.steps.forEach((y, k) => {
      const { message } = run({
        kind: 'local',
        round: 0,
        client: 0,
        clip,
        noise: null,
        exact: false,
        x: Float64Array.from(local.start),
        other: Float64Array.from(local.estimate),
        local: {
          learningRate,
          batchSize,
          adjacency,
          multiplier,
          batches: local.batches.slice(0, k).map((batch) => Int32Array.from(batch)),
          normals: Float64Array.from(local.noise.slice(0, k).flat()),
        },
      })
      near(message, y, { absolute: 1e-11 })
    })
  })
})
