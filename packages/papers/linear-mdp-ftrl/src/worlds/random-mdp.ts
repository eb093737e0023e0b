import { calling, number, options as optionsOf, type Random, randomFrom } from '@opt/core'
import { type LinearMdp, linearMdp } from './linear-mdp.ts'

/** Options of {@link randomMdp}. */
export interface RandomMdpOptions {
  /** H. Default 3. */
  horizon?: number
  /** S. Default 10. */
  states?: number
  /** A. Default 4. */
  actions?: number
  /** d. Default 5. */
  dimension?: number
  /** A seed or a generator. Default 0. */
  random?: number | Random
}

/**
 * Draws a linear MDP: features and next states are random distributions, over the d coordinates and over the S states,
 * with a few large entries each; it starts in state 0.
 *
 * @throws TypeError or RangeError when an option is wrong.
 */
export function randomMdp(options: RandomMdpOptions = {}): LinearMdp {
  return calling('randomMdp', () => {
    const {
      horizon = 3,
      states = 10,
      actions = 4,
      dimension = 5,
      random: seed = 0,
    } = optionsOf(options, 'options', ['horizon', 'states', 'actions', 'dimension', 'random'])
    for (const [name, value] of Object.entries({ horizon, states, actions, dimension }))
      number(value, name, { integer: true, min: 1, max: 1e4 })
    const random = randomFrom(seed, 'random')
    const distribution = (n: number): number[] => {
      const p = Array.from({ length: n }, () => {
        const square = random.uniform(0.01, 1) * random.uniform(0.01, 1)
        return square * square
      })
      const sum = p.reduce((total, v) => total + v, 0)
      return p.map((v) => v / sum)
    }
    const list = <T>(length: number, make: () => T): T[] => Array.from({ length }, make)
    return linearMdp({
      features: list(horizon, () => list(states, () => list(actions, () => distribution(dimension)))),
      nextStates: list(horizon - 1, () => list(dimension, () => distribution(states))),
    })
  })
}
