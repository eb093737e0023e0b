import { encodeFloats, type Random, random } from '@opt/core'
import { golden, near } from '@opt/testing'
import ndarray from 'ndarray'
import * as api from '../src/index.ts'

type Nested = number[] | Nested[]
const flat = (values: unknown): number[] => [values].flat(9) as number[]
const load = <T>(name: string) => golden<T>(import.meta.url, name)

/** A generator whose uniform numbers are given. */
function queue(numbers: number[]): Random {
  let at = 0
  return Object.assign(random(0), {
    uniform() {
      if (at === numbers.length) throw new Error('the queue is empty')
      return numbers[at++]
    },
  })
}

interface Case {
  cumulative: number[]
  learningRate: number
  logBarrier: number[]
  negativeEntropy: number[]
}
interface Sequence {
  learningRate: number
  losses: number[][]
  plays: number[][]
  comparator: number[]
  regret: number
  boundSecondMoment: number
  boundVariance: number
}

test('ftrl.json: steps of both regularisers, plays, regret and bounds of sequences', () => {
  const { cases, sequences } = load<{ cases: Case[]; sequences: Sequence[] }>('ftrl.json')
  for (const { cumulative, learningRate, ...expected } of cases)
    for (const regularizer of ['logBarrier', 'negativeEntropy'] as const)
      near(api.ftrlStep(cumulative, { regularizer, learningRate }), expected[regularizer], { absolute: 1e-13 })
  for (const { learningRate, losses, plays, ...expected } of sequences) {
    const C = new Float64Array(losses[0].length)
    const ours = losses.map((c) => {
      const p = api.ftrlStep(C, { learningRate })
      c.forEach((v, a) => {
        C[a] += v
      })
      return p
    })
    near(
      ours.map((p) => [...p]),
      plays,
      { absolute: 1e-13 },
    )
    const bound = api.ftrlBound({ plays: ours, losses, comparator: expected.comparator, learningRate })
    near(bound.regret, expected.regret, { relative: 1e-10, absolute: 1e-10 })
    near(bound.secondMoment, expected.boundSecondMoment, { relative: 1e-10 })
    near(bound.variance!, expected.boundVariance, { relative: 1e-10 })
    expect(bound.regret).toBeLessThanOrEqual(bound.variance!)
  }
})

interface Piece {
  [name: string]: never
}

test('pieces.json: occupancy, values, covariance, inverses, bonuses, estimators', () => {
  for (const piece of load<Piece[]>('pieces.json')) {
    const {
      features,
      nextStates,
      start,
      policy,
      theta,
      horizon: H,
      regularization,
      beta,
      layer,
    } = piece as never as {
      [name: string]: Nested & number
    }
    const mdp = api.linearMdp({ features, nextStates, start: start as never })
    const { states: S, actions: A, dimension: d } = mdp
    const close = (ours: { data: Float64Array } | ArrayLike<number>, name: string) =>
      near(Array.from('data' in ours ? ours.data : ours), flat(piece[name]), { relative: 1e-10, absolute: 1e-10 })
    close(mdp.occupancy(policy), 'occupancy')
    const { q, v } = mdp.evaluate(policy, theta)
    close(q, 'q')
    close(v, 'v')
    const best = mdp.optimal(theta)
    close([best.value], 'optimalValue' as never)
    expect([...best.policy]).toEqual(flat(piece.optimalPolicy))
    close(best.v, 'optimalV')
    const covariance = mdp.covariance(policy)
    close(covariance, 'covariance')
    const inverse = flat(piece.inverse)
    const G = (h: number) => ndarray(Float64Array.from(inverse.slice(h * d * d, (h + 1) * d * d)), [d, d])
    const { bonus, dilated } = api.dilatedBonus(mdp, policy, ndarray(Float64Array.from(inverse), [H, d, d]), { beta })
    close(bonus, 'bonus')
    close(dilated, 'dilated')
    const states = piece.states as number[]
    const actions = piece.actions as number[]
    const occupancy = flat(piece.occupancy)
    const pi = flat(policy)
    for (const estimator of ['plain', 'magnitudeReduced'] as const) {
      const all: number[] = []
      for (let h = 0; h < H; h++) {
        const rows = ndarray(mdp.phi, [S * A, d], [d, 1], h * S * A * d)
        all.push(
          ...api.estimate({
            rows,
            inverse: G(h),
            visited: mdp.phi.slice(((h * S + states[h]) * A + actions[h]) * d).slice(0, d),
            lossToGo: (piece.lossToGo as number[])[h],
            estimator,
            bound: H - h,
            reference: rows,
            probabilities: Array.from(
              { length: S * A },
              (_, k) => occupancy[h * S + Math.floor(k / A)] * pi[h * S * A + k],
            ),
          }),
        )
      }
      close(all, estimator)
    }
    const samples = piece.samples as number[][]
    close(api.inverseCovariance(samples, { regularization }), 'direct')
    close(api.inverseCovariance(samples, { regularization, weights: piece.weights }), 'directWeighted')
    close(api.inverseCovariance(samples, { regularization, method: 'geometric', chain: piece.chain }), 'geometric')
    const sampled = api.estimate({
      rows: ndarray(mdp.phi, [S * A, d], [d, 1], layer * S * A * d),
      inverse: api.inverseCovariance(samples, { regularization }),
      visited: mdp.phi.slice(((layer * S + states[layer]) * A + actions[layer]) * d).slice(0, d),
      lossToGo: (piece.lossToGo as number[])[layer],
      estimator: 'magnitudeReduced',
      bound: H - layer,
      reference: samples,
    })
    close(sampled, 'magnitudeReducedSampled')
  }
})

interface Run {
  adversary: string
  theta: number[][][]
  uniforms: number[][]
  steps: { states: number[]; actions: number[]; value: number; explore?: boolean; switch?: number }[]
  regret: number
  cumulative: Nested
  policyLast: Nested
  estimateFirst: Nested
  bonusFirst: Nested
  inverseFirst: Nested
  simulated: { states: number[]; actions: number[] }[][]
  learningRate: number
  beta: number
  regularization: number
  chain: number
}
type Environment = { features: Nested; nextStates: Nested; start: number[] }

/** C, recovered from the state of a run. */
const cumulativeOf = (state: api.PlayState): Float64Array => decode(state.memory[2])

const decode = (text: string): Float64Array =>
  new Float64Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer)

test('runs.json: four runs with the exact covariance', () => {
  const { environment, exact } = load<{ environment: Environment; exact: Run[] }>('runs.json')
  const mdp = api.linearMdp(environment)
  for (const run of exact) {
    const { theta, uniforms, steps, learningRate, beta, regularization, adversary } = run
    const options = { ...(run as object), learningRate, beta, regularization } as api.WithSimulatorOptions
    const rounds = uniforms.length
    const values: number[] = []
    const play = adversary === 'counter' ? api.adversaries.counter(mdp.dimension) : api.adversaries.given(theta)
    const { estimator, regularizer } = options as Required<api.WithSimulatorOptions>
    const answer = api.withSimulator(mdp, play, {
      estimator,
      regularizer,
      learningRate,
      beta,
      regularization,
      episodes: rounds,
      every: 1,
      random: queue(uniforms.flatMap((u) => u.slice(0, 2 * mdp.horizon))),
      onProgress: ({ value }) => void values.push(value),
    })
    near(
      values,
      steps.map(({ value }) => value),
      { ofLargest: 1e-9 },
    )
    near(answer.regret, run.regret, { relative: 1e-9 })
    near([...answer.policy.data], flat(run.policyLast), { ofLargest: 1e-9 })
    near(cumulativeOf(answer.state), flat(run.cumulative), { ofLargest: 1e-9 })
  }
})

test('runs.json: three runs whose trajectories are simulated', () => {
  const { environment, sampled } = load<{ environment: Environment; sampled: Run[] }>('runs.json')
  const mdp = api.linearMdp(environment)
  for (const run of sampled) {
    const { theta, uniforms, steps, simulated, learningRate, beta, regularization } = run
    const { regularizer, estimator, covariance, chain } = run as never as Required<api.WithSimulatorOptions>
    // Each simulated trajectory is forced: a draw at the middle of its interval of the cumulative sum.
    const numbers: number[] = []
    const random = queue(numbers)
    const values: number[] = []
    let policy = new Float64Array(mdp.horizon * mdp.states * mdp.actions).fill(1 / mdp.actions)
    const push = (k: number) => {
      numbers.push(...uniforms[k])
      for (const trajectory of simulated[k]) numbers.push(...forced(mdp, policy, trajectory))
    }
    const adversary = api.adversaries.given(theta)
    const steps2 = api.withSimulator.steps(
      mdp,
      (out, situation) => {
        policy = situation.policy as never
        push(situation.episode)
        adversary(out, situation)
      },
      {
        regularizer,
        estimator,
        covariance,
        chain,
        samples: simulated[0].length,
        learningRate,
        beta,
        regularization,
        episodes: uniforms.length,
        every: 1,
        random,
      },
    )
    let next = steps2.next()
    for (; !next.done; next = steps2.next()) values.push(next.value.value)
    near(
      values,
      steps.map(({ value }) => value),
      { ofLargest: 1e-9 },
    )
    near(cumulativeOf(next.value.state), flat(run.cumulative), { ofLargest: 1e-9 })
  }
})

function forced(
  mdp: api.LinearMdp,
  policy: Float64Array,
  { states, actions }: { states: number[]; actions: number[] },
) {
  const { horizon: H, states: S, actions: A, transitions, startProbabilities } = mdp
  const middle = (p: Float64Array, at: number, i: number) => {
    let sum = 0
    for (let k = 0; k < i; k++) sum += p[at + k]
    return sum + p[at + i] / 2
  }
  const out = [middle(startProbabilities, 0, states[0])]
  for (let h = 0; h < H; h++) {
    out.push(middle(policy, (h * S + states[h]) * A, actions[h]))
    if (h < H - 1) out.push(middle(transitions, ((h * S + states[h]) * A + actions[h]) * S, states[h + 1]))
  }
  return out
}

interface Free {
  environment: Environment
  cover: Nested
  coverInverse: number[][][]
  runs: (Run & {
    epoch: number
    exploration: number
    split: boolean
    knownThreshold: number
    regularizer: api.Regularizer
  })[]
  policyCover: {
    rounds: number
    episodes: number
    threshold: number
    xi: number
    ramp: number
    uniforms: number[][]
    log: {
      theta: Nested
      reward: Nested
      q: Nested
      policy: number[][]
      gram: Nested
      trajectories: { states: number[]; actions: number[] }[]
    }[]
    covariance: Nested
  }
}

test('free.json: three runs without a simulator, by the agent and in the table', () => {
  const { environment, cover: table, coverInverse, runs } = load<Free>('free.json')
  const mdp = api.linearMdp(environment)
  const { horizon: H, states: S, actions: A, dimension: d } = mdp
  const rows = flat(table)
  const cover: api.Cover<number> = {
    rounds: 1,
    policy: (_, layer, state) => rows.slice((layer * S + state) * A, (layer * S + state + 1) * A),
    covariance: coverInverse.map(invert),
  }
  for (const run of runs) {
    const { theta, uniforms, steps, adversary, ...constants } = run
    const { regularizer, epoch, learningRate, beta, regularization, exploration, split, knownThreshold } = constants
    const settings = {
      regularizer,
      epoch,
      learningRate,
      beta,
      regularization,
      exploration,
      split,
      knownThreshold,
      cover,
    }
    const order = (u: number[]) => [
      ...(exploration > 0 ? [u[2 * H]] : []),
      ...(exploration > 0 && u[2 * H] < exploration ? [u[2 * H + 1]] : []),
    ]
    const values: number[] = []
    const thetas: number[][] = []
    const play = adversary === 'counter' ? api.adversaries.counter(d) : api.adversaries.given(theta)
    const answer = api.withoutSimulator(
      mdp,
      (out, situation) => {
        play(out, situation)
        thetas.push([...out])
      },
      {
        ...settings,
        episodes: uniforms.length,
        every: 1,
        random: queue(uniforms.flatMap((u) => [...order(u), ...u.slice(0, 2 * H)])),
        onProgress: ({ value }) => void values.push(value),
      },
    )
    near(
      values,
      steps.map(({ value }) => value),
      { ofLargest: 1e-9 },
    )
    near(answer.regret, run.regret, { relative: 1e-9 })

    const known = (h: number, x: number) =>
      knownThreshold === 0 ||
      [...Array(A).keys()].every((a) => {
        const row = [...mdp.phi.slice(((h * S + x) * A + a) * d).slice(0, d)]
        const n = row.reduce((sum, p, i) => sum + p * row.reduce((s, r, j) => s + coverInverse[h][i][j] * r, 0), 0)
        return n <= knownThreshold
      })
    const sizes = { horizon: H, actions: A, dimension: d, features: (h: number, x: number) => mdp.features(h, x) }
    const agent = api.modelFree<number>({ ...settings, ...sizes })
    uniforms.forEach((u, k) => {
      steps[k].states.forEach((state, h) => {
        const action = agent.act(h, state, queue([...(h === 0 ? order(u) : []), u[2 * h + 1]]))
        expect(action).toBe(steps[k].actions[h])
        const row = ((h * S + state) * A + action) * d
        agent.observe(thetas[k].slice(h * d, (h + 1) * d).reduce((sum, t, i) => sum + t * mdp.phi[row + i], 0))
      })
      agent.endEpisode()
      if (k === epoch - 1) {
        const [v, M] = agent.state().memory.map(decode)
        near(M, flat(run.inverseFirst), { ofLargest: 1e-9 })
        const B = flat(run.bonusFirst)
        const C = flat(run.estimateFirst).map((q, i) => q - B[i])
        for (let state = 0; state < H * S; state++)
          if (known(Math.floor(state / S), state % S)) compareCosts(mdp, state, v, M, beta, C)
      }
    })
    const C = flat(run.cumulative)
    // The reference learns once more, from the episodes of an incomplete last epoch, which the agent leaves unused.
    const rest = uniforms.length % epoch
    const last = rest === 0 ? agent : api.modelFree<number>({ ...settings, ...sizes, epoch: rest })
    if (rest > 0) {
      last.load(shortened(agent.state(), rest))
      last.endEpisode()
    }
    for (let h = 0; h < H; h++)
      for (let x = 0; x < S; x++)
        near(
          last.policy(h, x),
          known(h, x)
            ? api.ftrlStep(C.slice((h * S + x) * A).slice(0, A), { regularizer, learningRate })
            : new Array(A).fill(1 / A),
          { absolute: 1e-9 },
        )
  }
})

/** The state of an agent in an epoch, as that of one with epochs of `rest` episodes before the end of the last. */
function shortened({ shape: [H, A, d, W], memory, ...state }: api.ModelFreeState, rest: number): api.ModelFreeState {
  const saved = memory.map(decode)
  const records = saved.slice(2, 7).map((values) => values.subarray(0, (values.length * rest) / W))
  const place = saved[8].slice()
  place[1] = H
  const all = [saved[0], saved[1], ...records, Float64Array.of(saved[7][0], rest - 1), place]
  return { ...state, shape: [H, A, d, rest], memory: all.map((values) => encodeFloats(values)) }
}

/** C(x, .) = phi . v - beta phi' M phi, up to a constant. */
function compareCosts(
  mdp: api.LinearMdp,
  state: number,
  v: Float64Array,
  M: Float64Array,
  beta: number,
  expected: number[],
) {
  const { states: S, actions: A, dimension: d, phi } = mdp
  const h = Math.floor(state / S)
  const costs = Array.from({ length: A }, (_, a) => {
    const row = phi.slice((state * A + a) * d).slice(0, d)
    let cost = 0
    for (let i = 0; i < d; i++) {
      cost += row[i] * v[h * d + i]
      for (let j = 0; j < d; j++) cost -= beta * row[i] * M[(h * d + i) * d + j] * row[j]
    }
    return cost
  })
  const wanted = expected.slice(state * A, (state + 1) * A)
  near(
    costs.map((c) => c - costs[0]),
    wanted.map((c) => c - wanted[0]),
    { absolute: 1e-8, label: `state ${state}` },
  )
}

const invert = (rows: number[][]) => {
  const d = rows.length
  const a = rows.map((row, i) => [...row, ...row.map((_, j) => Number(i === j))])
  for (let i = 0; i < d; i++) {
    const pivot = a[i][i]
    a[i] = a[i].map((v) => v / pivot)
    for (let k = 0; k < d; k++) if (k !== i) a[k] = a[k].map((v, j) => v - a[k][i] * a[i][j])
  }
  return a.map((row) => row.slice(d))
}

test('free.json: the policy cover', () => {
  const { environment, policyCover: expected } = load<Free>('free.json')
  const mdp = api.linearMdp(environment)
  const { rounds, episodes, threshold, xi, ramp, uniforms, log, covariance } = expected
  const { horizon: H, states: S } = mdp
  // A greedy policy draws no action.
  const numbers = uniforms.flatMap((u) => [u[0], ...Array.from({ length: H - 1 }, (_, h) => u[2 * h + 2])])
  const cover = api.policyCover(mdp, { rounds, episodes, threshold, xi, ramp, random: queue(numbers) })
  near([...cover.covariance.data], flat(covariance), { ofLargest: 1e-9 })
  log.forEach((round, m) => {
    near([...cover.log[m].weights.data], flat(round.theta), { ofLargest: 1e-9 })
    const q: number[] = []
    const rewards: number[] = []
    const policy: number[] = []
    for (let h = 0; h < H; h++)
      for (let x = 0; x < S; x++) {
        const values = cover.values(m, h, x)
        q.push(...values.q)
        rewards.push(...values.reward)
        policy.push(Array.from(cover.policy(m, h, x) as number[]).indexOf(1))
      }
    near(q, flat(round.q), { ofLargest: 1e-9 })
    near(rewards, flat(round.reward), { absolute: 1e-9 })
    expect(policy).toEqual(flat(round.policy))
  })
})
