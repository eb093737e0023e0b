import { inspect } from 'node:util'
import { jest } from '@jest/globals'
import { cryptographicRandom, exp, log, type Random, random } from '@opt/core'
import { inProcess } from '@opt/executor'
import { mlp } from '@opt/nn'
import fc from 'fast-check'
import {
  type Client,
  clientTask,
  type Diff2Options,
  diff2,
  discreteGaussian,
  dpGradientDescent,
  type Noise,
  networkClient,
  rowsClient,
  secureNoise,
  seededNoise,
  sensitivity,
} from '../src/index.ts'
import { meanClient, meanClients, rows } from './problems.ts'

/** A record that nobody else has. */
const PLANTED = 0.123456789012345

/** All that a run tells, as one text. */
async function everything(clients: Client[], size: number, more: object = {}): Promise<string> {
  const said: unknown[] = []
  const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) =>
    jest.spyOn(console, name).mockImplementation((...args) => void said.push(args)),
  )
  const options = {
    epsilon: 1,
    delta: 1e-5,
    rounds: 9,
    restart: 3,
    clipGradient: 1,
    clipDifference: 1,
    learningRate: 0.1,
    average: true,
    // Noise that repeats, so that no draw looks like a trace by chance.
    noise: seededNoise(random(8)),
    onProgress: (report: object) => void said.push(report),
    checkpoint: (state: object) => void said.push(state),
    ...more,
  }
  try {
    const start = new Float64Array(size).fill(0.1)
    const answer = await diff2.async(clients, start, options as Diff2Options)
    said.push(answer, Array.from(answer.x))
    for (const report of diff2.steps(clients, start, { ...options, local: { steps: 3, clip: 1 } })) said.push(report)
  } catch (error) {
    said.push(String(error), (error as Error).stack)
  }
  for (const spy of spies) spy.mockRestore()
  // What clients keep between rounds is nobody's business, whoever prints them.
  said.push(clients, inspect(clients, { depth: Infinity, showHidden: true, maxArrayLength: null }))
  // Also arrays in base64.
  const text = JSON.stringify(said)
  const decoded = [...text.matchAll(/[A-Za-z0-9+/]{40,}={0,2}/g)].map(([bytes]) => {
    const buffer = Buffer.from(bytes, 'base64')
    return Array.from({ length: Math.floor(buffer.length / 8) }, (_, k) => buffer.readDoubleLE(8 * k)).join(' ')
  })
  return `${text} ${decoded.join(' ')}`
}

describe('nothing but released values comes out', () => {
  const traces = (value: number) => [String(value), value.toFixed(6), value.toPrecision(8), 'planted', 'secret']

  test('with a planted record, at the server and at clients', async () => {
    for (const noiseAt of ['server', 'clients', 'local'] as const) {
      const points = rows(random(1), 6, 3)
      points[2] = [PLANTED, PLANTED, PLANTED]
      const text = await everything([meanClient(points), ...meanClients(2, [5], 3)], 3, { noiseAt })
      expect(text).toContain('"status":"completed"')
      for (const trace of traces(PLANTED)) expect(text).not.toContain(trace)
      const secure = await everything([meanClient(points)], 3, { noiseAt, noise: secureNoise() })
      expect(secure).toContain('"secure":true')
      for (const trace of [PLANTED.toPrecision(10), 'planted']) expect(secure).not.toContain(trace)
    }
  })

  test.each([Number.NaN, Infinity, 'a throw'] as const)('with a record whose gradient is %s', async (bad) => {
    let calls = 0
    const client = (value: number | string) =>
      rowsClient({
        size: 2,
        count: 4,
        gradients(x, start, count, out) {
          for (let i = 0; i < count; i++) {
            const mine = start + i === 3
            if (mine && calls++ >= 0 && value === 'a throw') throw new Error(`the secret ${PLANTED}, planted`)
            out.fill(mine ? (value as number) : x[0] - 1, 2 * i, 2 * i + 2)
          }
        },
      })
    const text = await everything([client(bad)], 2)
    expect(text).toContain('"status":"completed"')
    for (const trace of traces(PLANTED)) expect(text).not.toContain(trace)
    // The record adds nothing, and the others are all there.
    const [out, without] = [new Float64Array(2), new Float64Array(2)]
    client(bad).clippedMean(Float64Array.of(3, 3), 10, out)
    client(0).clippedMean(Float64Array.of(3, 3), 10, without)
    expect(out).toEqual(without)
    expect(calls).toBeGreaterThan(0)
  })

  test('records of a network that overflow add nothing, and nothing is thrown', async () => {
    const network = mlp({ sizes: [2, 3, 1], activation: 'softplus', loss: 'squared', batch: 3 })
    const inputs = rows(random(3), 5, 2)
    const targets = [0, 1, 0, 1, 1]
    const broken = networkClient(network, [...inputs, [1e300, -1e300]], [...targets, PLANTED])
    const sound = networkClient(network, inputs, targets)
    const x = network.parameters.slice() as Float64Array
    const [out, expected] = [new Float64Array(broken.size), new Float64Array(broken.size)]
    broken.clippedMean(x, 0.5, out)
    sound.clippedMean(x, 0.5, expected)
    out.forEach((v, j) => expect(v).toBeCloseTo((5 / 6) * expected[j], 14))
    broken.clippedDifference(
      x,
      x.map((v) => v + 0.1),
      0.5,
      out,
    )
    sound.clippedDifference(
      x,
      x.map((v) => v + 0.1),
      0.5,
      expected,
    )
    out.forEach((v, j) => expect(v).toBeCloseTo((5 / 6) * expected[j], 14))
    const text = await everything([broken], broken.size)
    expect(text).toContain('"status":"completed"')
    for (const trace of traces(PLANTED)) expect(text).not.toContain(trace)
  })

  test("a planted record's inputs, activations and derivatives, which a client of a network keeps", async () => {
    const network = mlp({ sizes: [2, 3, 1], activation: 'softplus', loss: 'squared', seed: 4 })
    const inputs = [...rows(random(3), 5, 2), [PLANTED, -3 * PLANTED]]
    const client = networkClient(network, inputs, [0, 1, 0, 1, 1, PLANTED])
    network.parameters.fill(0.1)
    const [hidden, output] = network.activations([inputs[5]])
    const kept = [PLANTED, 3 * PLANTED, ...hidden, output[0], output[0] - PLANTED]
    for (const noiseAt of ['server', 'local'] as const)
      for (const executor of [undefined, inProcess()]) {
        const workers = executor && { executor, task: clientTask([client], { noise: seededNoise(random(9)) }) }
        const text = await everything([client], client.size, { noiseAt, workers })
        expect(text).toContain('"status":"completed"')
        for (const value of kept) for (const trace of traces(value)) expect(text).not.toContain(trace)
      }
  })

  test.each(['NaN', 'a throw'])(
    'a client of its own that breaks its contract does not break the run: %s',
    async (how) => {
      const write = (out: Float64Array) => {
        if (how === 'NaN') out.fill(NaN)
        else throw new Error(`the secret ${PLANTED}, planted`)
      }
      const client: Client = {
        count: 3,
        size: 1,
        clippedMean: (_x, _c, out) => write(out),
        clippedDifference: (_x, _p, _c, out) => write(out),
      }
      for (const local of [undefined, { steps: 3, clip: 1 }]) {
        const text = await everything([client], 1, { local })
        expect(text).toContain('"status":"completed"')
        for (const trace of traces(PLANTED)) expect(text).not.toContain(trace)
      }
    },
  )
})

describe('the answer says whether it is private', () => {
  const common = {
    epsilon: 2,
    delta: 1e-5,
    rounds: 4,
    restart: 2,
    clipGradient: 1,
    clipDifference: 1,
    learningRate: 0.1,
  }
  const run = (more: object) => diff2(meanClients(1, [20, 30], 2), [0, 0], { ...common, ...more }).privacy

  test('secure by default; seeded and given noise simulate', () => {
    const privacy = run({})
    expect(privacy).toMatchObject({ secure: true, delta: 1e-5, adjacency: 'replace', noiseAt: 'server' })
    expect(privacy.epsilon).toBeLessThanOrEqual(2)
    expect(privacy.epsilon).toBeCloseTo(2, 8)
    expect(privacy.statement).toMatch(
      /^\(2, 0.00001\)-differential privacy for data sets that differ by one replaced record/,
    )
    for (const noise of [seededNoise(random(1)), { normals: (out: Float64Array) => out.fill(0) }]) {
      expect(run({ noise }).secure).toBe(false)
      expect(run({ noise }).statement).toMatch(/^simulation: seeded noise, no guarantee/)
    }
    expect(run({ noiseAt: 'local', adjacency: 'zero-out' }).statement).toMatch(/lacks a record; each client adds all/)
    expect(run({ delta: 0.1 }).statement).toMatch(/delta is above 1\/50/)
  })

  test('exact noise is accounted for by Renyi divergences, with more noise', () => {
    const noise = secureNoise({ exact: true })
    const { privacy, status } = diff2(meanClients(1, [20, 30], 2), [0, 0], { ...common, noise })
    expect([privacy.secure, status]).toEqual([true, 'completed'])
    expect(privacy.epsilon).toBeLessThanOrEqual(2)
    expect(() => run({ noise, noiseAt: 'clients' })).toThrow("diff2: noiseAt must be 'server' or 'local'")
  })

  test('two runs with secure noise differ, in every coordinate', () => {
    const point = () =>
      dpGradientDescent(meanClients(1, [9], 4), [0, 0, 0, 0], {
        epsilon: 1,
        delta: 1e-3,
        rounds: 1,
        clipGradient: 1,
        learningRate: 1,
      }).x
    const [a, b] = [point(), point()]
    a.forEach((v, j) => expect(v).not.toBe(b[j]))
  })
})

describe('noise', () => {
  const moments = (values: Float64Array) => {
    const mean = values.reduce((s, v) => s + v, 0) / values.length
    const power = (k: number) => values.reduce((s, v) => s + (v - mean) ** k, 0) / values.length
    return [mean, power(2), power(4)]
  }

  test.each([
    ['seeded', seededNoise(random(1))],
    ['secure', secureNoise()],
  ] as const)('%s normals have the moments of a normal distribution', (_, noise: Noise) => {
    const out = new Float64Array(40_000)
    noise.normals(out)
    const [mean, variance, fourth] = moments(out)
    // Ten standard deviations.
    expect(Math.abs(mean)).toBeLessThan(0.05)
    expect(Math.abs(variance - 1)).toBeLessThan(0.08)
    expect(Math.abs(fourth - 3)).toBeLessThan(0.5)
  })

  test('the discrete Gaussian has the probabilities e^(-k^2 / (2 s^2)): chi-square', () => {
    for (const [deviation, draws] of [
      [1, 20_000],
      [3, 20_000],
    ]) {
      const rng = random(7)
      const counts = new Map<number, number>()
      for (let i = 0; i < draws; i++) {
        const k = Number(discreteGaussian(rng, deviation))
        counts.set(k, (counts.get(k) ?? 0) + 1)
      }
      const all = Array.from({ length: 41 }, (_, k) => k - 20)
      const weight = (k: number) => Math.exp((-k * k) / (2 * deviation * deviation))
      const total = all.reduce((sum, k) => sum + weight(k), 0)
      let [chi, cells] = [0, 0]
      for (const k of all) {
        const expected = (draws * weight(k)) / total
        if (expected < 10) continue
        chi += ((counts.get(k) ?? 0) - expected) ** 2 / expected
        cells++
      }
      expect(chi).toBeLessThan(cells + 6 * Math.sqrt(2 * cells))
    }
  })

  test('the discrete Gaussian of a large deviation has its moments, from cryptographic words', () => {
    const deviation = 2 ** 24 + 12345
    const rng = cryptographicRandom()
    const values = Float64Array.from({ length: 1500 }, () => Number(discreteGaussian(rng, deviation)) / deviation)
    const [mean, variance] = moments(values)
    expect(Math.abs(mean)).toBeLessThan(0.26)
    expect(Math.abs(variance - 1)).toBeLessThan(0.4)
  })

  test('exact noise lies on a grid of powers of two, the message rounded to it', () => {
    const message = Float64Array.of(0.3, -0.7, 1 / 3)
    seededNoise(random(1), { exact: true }).addOnGrid!(message, 0.1)
    const grid = 2 ** -28
    for (const v of message) expect(Number.isInteger(v / grid)).toBe(true)
    expect(message.some((v) => !Number.isInteger(v / (4 * grid)))).toBe(true)
  })
})

describe('the attack on the low bits of normal numbers', () => {
  const PAIRS = 1500
  /** The polar method with both of its numbers, of 53 bits: what it makes of (u, v). */
  const polar = (u: number, v: number) => {
    const s = u * u + v * v
    const factor = Math.sqrt((-2 * log(s)) / s)
    return [u * factor, v * factor]
  }
  const textbook = (rng: Random): Noise => ({
    normals(out) {
      for (let j = 0; j < out.length; ) {
        const [u, v] = [rng.uniform(-1, 1), rng.uniform(-1, 1)]
        if (u * u + v * v < 1) for (const value of polar(u, v)) out[j++] = value
      }
    },
  })
  const deviation = sensitivity([1], { adjacency: 'zero-out' })
  /** Whether some (u, v) of the grid of 2^-52 gives a pair exactly (Mironov, CCS 2012; Jin et al., S&P 2022). */
  function isPossible(first: number, second: number): boolean {
    const [a, b] = [first / deviation, second / deviation]
    const factor = Math.sqrt((a * a + b * b) / exp(-(a * a + b * b) / 2))
    const grid = 2 ** -52
    const [u, v] = [a, b].map((value) => Math.round(value / factor / grid))
    for (let i = u - 4; i <= u + 4; i++)
      for (let j = v - 4; j <= v + 4; j++) {
        const [x, y] = polar(i * grid, j * grid)
        if (deviation * x === first && deviation * y === second) return true
      }
    return false
  }
  /** Returns the share of pairs that noise could have made if the message were 0. */
  function possible(noise: Noise, message: number): number {
    const client: Client = {
      count: 1,
      size: 2 * PAIRS,
      clippedMean: (_x, _c, out) => out.fill(message),
      clippedDifference: () => {},
    }
    // A multiplier and a rate of 1: the point is minus the message and the noise.
    const { x } = dpGradientDescent([client], new Float64Array(2 * PAIRS), {
      multipliers: { gradient: 1 },
      adjacency: 'zero-out',
      delta: 1e-3,
      rounds: 1,
      clipGradient: 1,
      learningRate: 1,
      noise,
    })
    let count = 0
    for (let j = 0; j < x.length; j += 2) if (isPossible(-x[j], -x[j + 1])) count++
    return count / PAIRS
  }

  test('tells messages apart under the textbook method', () => {
    expect(possible(textbook(random(1)), 0)).toBe(1)
    expect(possible(textbook(random(1)), 1 / 3)).toBeLessThan(0.8)
  })

  test('and not under secure noise, nor on the grid', () => {
    const [silent, loud] = [0, 1 / 3].map((message) => possible(secureNoise(), message))
    // Six standard deviations of the difference of two shares.
    expect(Math.abs(silent - loud)).toBeLessThan(6 * Math.sqrt(0.5 / PAIRS))
    expect(silent).toBeLessThan(0.8)
    for (const message of [0, 1 / 3]) {
      const values = new Float64Array(200).fill(message)
      seededNoise(random(1), { exact: true }).addOnGrid!(values, 1)
      for (const v of values) expect(Number.isInteger(v * 2 ** 24)).toBe(true)
    }
  })
})

describe('sensitivity', () => {
  const vectors = (d: number) =>
    fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: d, maxLength: d })

  test('a replaced record moves a message by 2c/n at most, whatever it is', () => {
    const wild = fc.oneof(vectors(3), fc.constantFrom<number[]>([1e300, -1e300, 1e300], [1e-300, 0, 0], [0, 0, 0]))
    fc.assert(
      fc.property(
        fc.array(vectors(3), { minLength: 1, maxLength: 5 }),
        wild,
        fc.double({ min: 1e-6, max: 1e3, noNaN: true }),
        (points, other, c) => {
          const d = 3
          const [x, previous] = [Float64Array.of(0.5, -1, 2), Float64Array.of(0.5, -1, 2 + 1e-7)]
          const message = (records: number[][], kind: 'mean' | 'difference') => {
            const out = new Float64Array(d)
            // A curved loss, so that differences differ from record to record.
            const client = rowsClient({
              size: d,
              count: records.length,
              gradients(at, start, count, g) {
                for (let i = 0; i < count; i++)
                  for (let j = 0; j < d; j++) g[i * d + j] = records[start + i][j] * at[j] * at[j]
              },
            })
            if (kind === 'mean') client.clippedMean(x, c, out)
            else client.clippedDifference(x, previous, c, out)
            return out
          }
          const changed = [other, ...points.slice(1)]
          for (const kind of ['mean', 'difference'] as const) {
            const [a, b] = [message(points, kind), message(changed, kind)]
            const moved = Math.hypot(...a.map((v, j) => v - b[j]))
            expect(moved).toBeLessThanOrEqual(((2 * c) / points.length) * (1 + 1e-12))
          }
        },
      ),
      { numRuns: 400 },
    )
  })

  test('the rounding of sums counts: a record that moves all later roundings', () => {
    // The sum is above 2^16 or below, where numbers lie half as far apart, and each small part is rounded up or not at all.
    const [large, n] = [2 ** 16 + 1, 2 ** 17]
    const small = 2 ** -37 + 2 ** -60
    const message = (first: number) => {
      const out = new Float64Array(1)
      const client = rowsClient({
        size: 1,
        count: n,
        gradients(_x, start, count, g) {
          for (let i = 0; i < count; i++) g[i] = start + i === 0 ? first : start + i < large ? 1 : small
        },
      })
      client.clippedMean(Float64Array.of(0), 1, out)
      return out[0]
    }
    const moved = message(1) - message(-1)
    expect(moved).toBeGreaterThan((2 / n) * (1 + 1e-7))
    expect(moved).toBeLessThanOrEqual(sensitivity([n]))
    expect(sensitivity([n])).toBeLessThan((2 / n) * (1 + 1e-5))
  })

  test('the same holds for a network, with counts, and at steps of 1e-7', () => {
    const network = mlp({ sizes: [2, 4, 1], activation: 'tanh', loss: 'squared', batch: 2, seed: 1 })
    const x = network.parameters.slice() as Float64Array
    fc.assert(
      fc.property(
        vectors(2),
        vectors(2),
        fc.double({ min: -5, max: 5, noNaN: true }),
        fc.double({ min: 1e-9, max: 10, noNaN: true }),
        fc.constantFrom(1, 1e-3, 1e-7),
        (a, b, y, c, step) => {
          const previous = x.map((v, j) => v + step * Math.sin(j))
          const message = (record: number[]) => {
            const out = new Float64Array(x.length)
            const client = networkClient(network, [[0.5, -0.5], record], [1, y], { counts: [2, 1] })
            client.clippedDifference(x, previous, c, out)
            return out
          }
          const [one, other] = [message(a), message(b)]
          const moved = Math.hypot(...one.map((v, j) => v - other[j]))
          expect(moved).toBeLessThanOrEqual(((2 * c) / 3) * (1 + 1e-12))
        },
      ),
      { numRuns: 300 },
    )
  })

  test('records with huge gradients and small differences leave no rounding errors of the gradients', () => {
    // Saturated logistic losses: gradients as long as the record, differences of almost 0.
    const shapes = [
      mlp({ sizes: [2, 1], loss: 'logistic', batch: 8, seed: 1 }),
      mlp({ sizes: [2, 1], loss: 'logistic', batch: 8, seed: 2, bias: false }),
      mlp({ sizes: [2, 3, 1], activation: 'relu', loss: 'logistic', batch: 8, seed: 3 }),
      mlp({ sizes: [2, 3, 1], activation: 'softplus', loss: 'squared', batch: 8, seed: 4 }),
    ]
    fc.assert(
      fc.property(
        fc.constantFrom(...shapes),
        fc.constantFrom(1e-300, 1e-8, 1, 1e4, 1e10, 1e50, 1e100, 1e150, 1e300),
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }),
        fc.integer({ min: 0, max: 1 }),
        fc.constantFrom(1, 1e-4, 1e-8),
        fc.constantFrom('replace', 'zero-out'),
        (network, size, [a, b, shift], y, step, adjacency) => {
          const x = network.parameters.slice() as Float64Array
          const previous = x.map((v, j) => v + step * Math.sin(j + 10 * shift))
          const rng = random(5)
          const others = rows(rng, 11, 2)
          const message = (record: number[], label: number) => {
            const out = new Float64Array(x.length)
            const labels = [...others.map((_, i) => i % 2), label]
            networkClient(network, [...others, record], labels).clippedDifference(x, previous, step / 2, out)
            return out
          }
          const one = message([size * a, size * b], y)
          // A record that overflows counts as nothing.
          const other = adjacency === 'replace' ? message([a, -b], 1 - y) : message([1e300, 1e300], 0)
          const moved = Math.hypot(...one.map((v, j) => v - other[j]))
          const c = step / 2
          expect(moved).toBeLessThanOrEqual(((adjacency === 'replace' ? 2 : 1) * c * (1 + 1e-12)) / 12)
        },
      ),
      { numRuns: 400 },
    )
  })

  test('a client that changes the point that it is given changes nothing but its message', () => {
    const options = {
      multipliers: { gradient: 2, difference: 2 },
      delta: 1e-3,
      rounds: 5,
      restart: 2,
      clipGradient: 1,
      clipDifference: 1,
      learningRate: 0.1,
    }
    const run = (meddles: boolean) => {
      const silent: Client = {
        count: 2,
        size: 2,
        clippedMean(x, _, out) {
          if (meddles) x.fill(7)
          out.fill(0)
        },
        clippedDifference(x, previous, _, out) {
          if (meddles) previous.set(x.fill(7))
          out.fill(0)
        },
      }
      return diff2([silent], [0, 0], { ...options, noise: seededNoise(random(1)) }).x
    }
    expect(run(true)).toEqual(run(false))
  })

  test.each([false, true])('steps whose noise overflows end the run, with exact noise: %p', (exact) => {
    for (const learningRate of [1e160, 1e300]) {
      const { status } = diff2(meanClients(1, [4], 2), [0, 0], {
        multipliers: { gradient: 2, difference: 2, local: 2 },
        delta: 1e-3,
        rounds: 6,
        restart: 3,
        clipGradient: 1,
        clipDifference: 1,
        learningRate,
        noise: seededNoise(random(1), { exact }),
      })
      expect(status).toBe('diverged')
    }
  })

  test('on a grid that cannot be finer, noise is large enough for it', () => {
    const message = new Float64Array(40)
    seededNoise(random(1), { exact: true }).addOnGrid!(message, 1e-300)
    expect(Math.max(...message)).toBeGreaterThan(1e-284)
  })
})

describe('a membership attack on the released trajectory', () => {
  const rounds = 12
  const epsilon = 1
  const delta = 0.01
  const options = { delta, rounds, restart: 4, clipGradient: 1, clipDifference: 1, learningRate: 0.2 }

  /** The attacker knows everything but whether the first record is a or b; sums up how far each round points to a. */
  function score(hasA: boolean, seed: number, cut: number): number {
    const records = [[hasA ? 3 : -3], [0.2], [-0.1], [0.3]]
    const client = meanClient(records)
    const noise = seededNoise(random(seed))
    const weaker: Noise = {
      normals(out) {
        noise.normals(out)
        for (let j = 0; j < out.length; j++) out[j] *= cut
      },
    }
    const points = [0]
    const estimates: number[] = []
    const read = (text: string) => Buffer.from(text, 'base64').readDoubleLE(0)
    diff2([client], [0], {
      ...options,
      epsilon,
      noise: weaker,
      history: false,
      checkpoint: ({ x, estimate }) => {
        points.push(read(x))
        estimates.push(read(estimate))
      },
    })
    let sum = 0
    estimates.forEach((v, r) => {
      if (r % 4 !== 0) return
      const [withA, withB] = [
        [[3], ...records.slice(1)],
        [[-3], ...records.slice(1)],
      ].map((data) => {
        const out = new Float64Array(1)
        meanClient(data).clippedMean(Float64Array.of(points[r]), 1, out)
        return out[0]
      })
      // The optimal test of two normal distributions: the side of their middle.
      sum += (v - (withA + withB) / 2) * Math.sign(withA - withB)
    })
    return sum
  }

  /** Returns by how many standard deviations the attack beats the guarantee, at its best threshold. */
  function excess(cut: number, runs = 500): { excess: number; advantage: number } {
    const scores = [true, false].map((hasA) =>
      Array.from({ length: runs }, (_, i) => score(hasA, hasA ? i : 10_000 + i, cut)),
    )
    let [most, advantage] = [-Infinity, 0]
    for (let k = 0; k < 20; k++) {
      const threshold = scores[1].toSorted((a, b) => b - a)[Math.floor((runs * k) / 20)]
      const [hits, alarms] = scores.map((list) => list.filter((value) => value > threshold).length / runs)
      const variance = hits * (1 - hits) + Math.exp(2 * epsilon) * alarms * (1 - alarms) + 1 / runs
      most = Math.max(most, (hits - Math.exp(epsilon) * alarms - delta) / Math.sqrt(variance / runs))
      advantage = Math.max(advantage, hits - alarms)
    }
    return { excess: most, advantage }
  }

  test('stays within what epsilon and delta allow, over 1,000 runs', () => {
    const { excess: most, advantage } = excess(1)
    expect(most).toBeLessThan(6)
    // It is no blind attack: it is better than guessing.
    expect(advantage).toBeGreaterThan(0.1)
  })

  test('and wins when the noise is cut', () => {
    expect(excess(0.1, 100).excess).toBeGreaterThan(12)
  })
})

test('the client of a task adds its own noise, and says whether it is secure', () => {
  const client = meanClient([
    [1, 2],
    [3, 4],
  ])
  const request = {
    kind: 'gradient' as const,
    round: 0,
    client: 0,
    other: null,
    clip: 1,
    local: null,
    x: Float64Array.of(0, 0),
    noise: { sensitivity: 1, multiplier: 2 },
    exact: false,
  }
  expect(clientTask([client])(request).secure).toBe(true)
  expect(clientTask([client], { noise: seededNoise(random(1)) })(request).secure).toBe(false)
  expect(clientTask([client])({ ...request, noise: null }).message).toEqual(
    clientTask([client])({ ...request, noise: null }).message,
  )
  // A request that comes again, after a worker was thought dead, gets the same noise.
  const task = clientTask([client])
  const [first, again] = [task(request), task(structuredClone(request))]
  expect(again).toEqual(first)
  expect(task({ ...request, round: 1 }).message).not.toEqual(first.message)
  expect(() => task({ ...request, exact: true })).toThrow('clientTask: options.noise must be exact')
})
