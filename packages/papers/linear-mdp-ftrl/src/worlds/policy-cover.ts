import {
  callback,
  calling,
  number,
  options as optionsOf,
  type Random,
  randomFrom,
  refuse,
  type VectorLike,
} from '@opt/core'
import ndarray, { type NdArray } from 'ndarray'
import { type TableLike, table } from '../intake.ts'
import { addOuter, inner, invertSymmetric, product, quadratic } from '../matrices.ts'
import type { World } from './linear-mdp.ts'

/** A uniform mixture of policies, one of which is followed in each episode. */
export interface Cover<S> {
  /** The number of policies. */
  rounds: number
  /** Returns the probabilities of the actions in a state under one of them. */
  policy(round: number, layer: number, state: S): VectorLike
  /** Scov, H x d x d, positive definite. */
  covariance: TableLike
}

/** Options of {@link policyCover}. */
export interface PolicyCoverOptions {
  /** Default 30. */
  rounds?: number
  /** N, the episodes played in each round. Default 5. */
  episodes?: number
  /** Pairs with phi' Gamma^-1 phi above it are worth a visit. Default .5. */
  threshold?: number
  /** The width over which the reward rises from 0 to 1. Default .01. */
  ramp?: number
  /** The factor of the optimism. Default .3. */
  xi?: number
  /** A seed or a generator. Default 0. */
  random?: number | Random
}

/** One round of {@link policyCover}. */
export interface CoverRound {
  /** what_h, H x d. */
  weights: NdArray<Float64Array>
  /** Gamma_h after the round, H x d x d. */
  gram: NdArray<Float64Array>
}

/** What {@link policyCover} returns. */
export interface PolicyCover<S> extends Cover<S> {
  covariance: NdArray<Float64Array>
  log: CoverRound[]
  /** Returns min(H, r + xi |phi| + phi . what) of all actions in a state, and the reward r. */
  values(round: number, layer: number, state: S): { q: Float64Array; reward: Float64Array }
}

/**
 * Builds policies that together visit all directions of the features: in each round the reward of a pair is whether it
 * is little explored yet, clip((phi' Gamma^-1 phi - threshold) / ramp + 1, 0, 1), and the policy is greedy on optimistic
 * values regressed on all past trajectories. The covariance contains I / rounds.
 *
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function policyCover<S>(world: World<S>, options: PolicyCoverOptions = {}): PolicyCover<S> {
  return calling('policyCover', () => {
    optionsOf(world, 'world')
    const size = { integer: true, min: 1, max: 1e6 }
    const H = number(world.horizon, 'world.horizon', size)
    const A = number(world.actions, 'world.actions', size)
    const d = number(world.dimension, 'world.dimension', size)
    for (const name of ['features', 'start', 'step'] as const) callback(world[name] as () => unknown, `world.${name}`)
    const given = optionsOf(options, 'options', ['rounds', 'episodes', 'threshold', 'ramp', 'xi', 'random'])
    const { rounds = 30, episodes = 5, threshold = 0.5, ramp = 0.01, xi = 0.3, random: seed = 0 } = given
    number(rounds, 'rounds', { integer: true, min: 1, max: 1e6 })
    number(episodes, 'episodes', { integer: true, min: 1, max: 1e6 })
    number(threshold, 'threshold', { nonnegative: true })
    number(ramp, 'ramp', { positive: true })
    number(xi, 'xi', { nonnegative: true })
    const random = randomFrom(seed, 'random')
    const rowsOf = (layer: number, state: S) =>
      table(world.features(layer, state), `world.features(${layer}, state)`, [A, d])

    const gram = new Float64Array(H * d * d)
    for (let i = 0; i < H * d; i++) gram[i * d + (i % d)] = 1
    const inverses: Float64Array[] = []
    const weights: Float64Array[] = []
    const log: CoverRound[] = []
    /** Of each trajectory and layer: the features of all actions, and the action taken. */
    const past: { rows: Float64Array[]; actions: number[] }[] = []
    const q = new Float64Array(A)
    const reward = new Float64Array(A)

    /** Writes the optimistic values of a round into q and returns the first largest one's action. */
    const evaluate = (round: number, layer: number, rows: Float64Array): number => {
      let best = 0
      for (let a = 0; a < A; a++) {
        // Negative by rounding at most.
        const n = Math.max(0, quadratic(d, inverses[round], layer * d * d, rows, a * d))
        reward[a] = Math.min(1, Math.max(0, (n - threshold) / ramp + 1))
        q[a] = Math.min(H, reward[a] + xi * Math.sqrt(n) + inner(d, rows, a * d, weights[round], layer * d))
        if (q[a] > q[best]) best = a
      }
      return best
    }

    for (let round = 0; round < rounds; round++) {
      const inverse = new Float64Array(H * d * d)
      const memory = new Float64Array(d * d)
      for (let h = 0; h < H; h++)
        if (!invertSymmetric(d, gram, inverse, h * d * d, memory))
          refuse('world.features', 'of length about 1', 'some so long that their squares overflow')
      const what = new Float64Array(H * d)
      inverses.push(inverse)
      weights.push(what)
      for (let h = H - 2; h >= 0; h--) {
        const sum = new Float64Array(d)
        for (const { rows, actions } of past) {
          const value = q[evaluate(round, h + 1, rows[h + 1])] / episodes
          for (let i = 0; i < d; i++) sum[i] += value * rows[h][actions[h] * d + i]
        }
        product(d, inverse, h * d * d, sum, 0, what, h * d)
      }
      for (let n = 0; n < episodes; n++) {
        const trajectory: (typeof past)[number] = { rows: [], actions: [] }
        let state = world.start(random)
        for (let h = 0; h < H; h++) {
          const rows = rowsOf(h, state)
          const action = evaluate(round, h, rows)
          trajectory.rows.push(rows)
          trajectory.actions.push(action)
          addOuter(d, 1 / episodes, rows, action * d, gram, h * d * d)
          if (h < H - 1) state = world.step(h, state, action, random)
        }
        past.push(trajectory)
      }
      log.push({ weights: ndarray(what.slice(), [H, d]), gram: ndarray(gram.slice(), [H, d, d]) })
    }

    const at = (method: string, round: number, layer: number, state: S): number => {
      number(round, `policyCover.${method}: round`, { integer: true, min: 0, max: rounds - 1 })
      number(layer, `policyCover.${method}: layer`, { integer: true, min: 0, max: H - 1 })
      return evaluate(round, layer, rowsOf(layer, state))
    }
    return {
      rounds,
      covariance: ndarray(
        gram.map((g) => g / rounds),
        [H, d, d],
      ),
      log,
      policy(round, layer, state) {
        const best = at('policy', round, layer, state)
        return Float64Array.from({ length: A }, (_, a) => Number(a === best))
      },
      values(round, layer, state) {
        at('values', round, layer, state)
        return { q: q.slice(), reward: reward.slice() }
      },
    }
  })
}
